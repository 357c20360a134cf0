//! What one is told although the room isn't open.

use super::answer::{Answer, Granted};
use super::ask::{Ask, Asker};
use axum::extract::State;
use chat::Chat;
use protocol::event::{Dismiss, Done, ListNotifications, Notifications};

pub(super) async fn list(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<ListNotifications>,
) -> Answer<Notifications> {
    Ok(Granted(chat.notifications(&who, &ask).await?))
}

pub(super) async fn dismiss(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<Dismiss>,
) -> Answer<Done> {
    chat.dismiss(&who, &ask).await?;
    Ok(Granted(Done {}))
}
