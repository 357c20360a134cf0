//! What moderators do.

use super::answer::{Answer, Granted};
use super::ask::{Ask, Asker};
use axum::extract::State;
use chat::Chat;
use protocol::event::{Announce, AuditPage, Ban, Done, Kick, ListAudit, Mute, SetRole, Unban};

pub(super) async fn kick(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<Kick>,
) -> Answer<Done> {
    chat.kick(&who, &ask).await?;
    Ok(Granted(Done {}))
}

pub(super) async fn ban(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<Ban>,
) -> Answer<Done> {
    chat.ban(&who, &ask).await?;
    Ok(Granted(Done {}))
}

pub(super) async fn unban(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<Unban>,
) -> Answer<Done> {
    chat.unban(&who, &ask).await?;
    Ok(Granted(Done {}))
}

pub(super) async fn mute(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<Mute>,
) -> Answer<Done> {
    chat.mute(&who, &ask).await?;
    Ok(Granted(Done {}))
}

pub(super) async fn set_role(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<SetRole>,
) -> Answer<Done> {
    chat.set_role(&who, &ask).await?;
    Ok(Granted(Done {}))
}

pub(super) async fn announce(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<Announce>,
) -> Answer<Done> {
    chat.announce_to_all(&who, &ask).await?;
    Ok(Granted(Done {}))
}

pub(super) async fn audit(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<ListAudit>,
) -> Answer<AuditPage> {
    Ok(Granted(chat.audit(&who, &ask).await?))
}
