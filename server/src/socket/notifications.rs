//! What one is told although the room isn't open.

use super::event::{Answer, events};
use protocol::event::{self, Done, ListNotifications, Notifications};

events! {
    List = event::LIST, |session, ask: Option<ListNotifications>| -> Notifications {
        session.chat.notifications(&session.who, &ask.unwrap_or_default()).await.map(Answer::Now)
    }

    Dismiss = event::DISMISS, |session, ask: event::Dismiss| -> Done {
        session.chat.dismiss(&session.who, &ask).await?;
        Ok(Answer::Now(Done {}))
    }
}
