use super::reading::page_size;
use crate::chat::Chat;
use crate::error::Error;
use crate::people::Identity;
use protocol::ApiError;
use protocol::event::{Dismiss, ListNotifications, Notifications};

impl Chat {
    /// What one was told and has not dismissed.
    pub async fn notifications(
        &self,
        who: &Identity,
        ask: &ListNotifications,
    ) -> Result<Notifications, Error> {
        let limit = page_size(ask.limit)?;
        self.person(who).await?;
        Ok(Notifications {
            notifications: self.house.store.notifications(who.user.id, limit).await?,
        })
    }

    pub async fn dismiss(&self, who: &Identity, ask: &Dismiss) -> Result<(), Error> {
        self.person(who).await?;
        if self.house.store.dismiss(who.user.id, ask.id).await? {
            Ok(())
        } else {
            Err(ApiError::not_found("notification").into())
        }
    }
}
