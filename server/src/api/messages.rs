//! What is said.

use super::answer::{Answer, Granted};
use super::ask::{Ask, Asker, Said};
use axum::extract::State;
use chat::Chat;
use protocol::event::{Edit, History, OfMessage, Page, Read, ReadTo, Sent, Sync, Synced};

pub(super) async fn history(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<History>,
) -> Answer<Page> {
    Ok(Granted(chat.history(&who, &ask).await?))
}

pub(super) async fn send(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Said(message): Said,
) -> Answer<Sent> {
    Ok(Granted(chat.send(&who, message).await?.durable().await?))
}

pub(super) async fn edit(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<Edit>,
) -> Answer<Sent> {
    Ok(Granted(chat.edit(&who, &ask).await?.durable().await?))
}

pub(super) async fn delete(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<OfMessage>,
) -> Answer<Sent> {
    Ok(Granted(chat.delete(&who, &ask).await?.durable().await?))
}

pub(super) async fn read(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<Read>,
) -> Answer<ReadTo> {
    Ok(Granted(chat.mark_read(&who, &ask).await?))
}

pub(super) async fn sync(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<Sync>,
) -> Answer<Synced> {
    Ok(Granted(chat.sync(&who, &ask).await?))
}
