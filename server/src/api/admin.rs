//! What moderators do and see.

use super::answer::{Answer, Granted};
use super::ask::{Ask, Asker};
use axum::extract::State;
use chat::Chat;
use protocol::event::{
    AllPeople, AllRooms, Announce, AuditPage, Ban, Done, Kick, ListAll, ListAudit, Mute, OfUser,
    Revoke, SessionsOf, SetRole, Unban,
};

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

pub(super) async fn revoke(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<Revoke>,
) -> Answer<Done> {
    chat.revoke_of(&who, &ask).await?;
    Ok(Granted(Done {}))
}

pub(super) async fn sessions(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<OfUser>,
) -> Answer<SessionsOf> {
    Ok(Granted(chat.sessions_of(&who, ask).await?))
}

pub(super) async fn people(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<ListAll>,
) -> Answer<AllPeople> {
    Ok(Granted(chat.list_people(&who, &ask).await?))
}

pub(super) async fn rooms(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<ListAll>,
) -> Answer<AllRooms> {
    Ok(Granted(chat.list_rooms(&who, &ask).await?))
}

pub(super) async fn audit(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<ListAudit>,
) -> Answer<AuditPage> {
    Ok(Granted(chat.audit(&who, &ask).await?))
}
