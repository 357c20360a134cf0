//! What moderators do and see.

use super::Session;
use super::event::{Answer, events};
use chat::Error;
use protocol::event::{
    self, AllPeople, AllRooms, AuditPage, Done, ListAll, ListAudit, OfUser, SessionsOf,
};
use std::time::Duration;
use tokio::time::sleep;

/// Those who are moderators no longer, wherever that was decided, hear no more after so long.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Sends its owner out when they are no moderator any more.
pub(crate) async fn watch(session: Session) {
    while session.socket.connected() {
        if let Err(Error::Refused(_)) = session.chat.may_oversee(&session.who).await {
            let _ = session.socket.disconnect();
            return;
        }
        sleep(LOOK_EVERY).await;
    }
}

events! {
    Kick = event::KICK, |session, ask: event::Kick| -> Done {
        session.chat.kick(&session.who, &ask).await?;
        Ok(Answer::Now(Done {}))
    }

    Ban = event::BAN, |session, ask: event::Ban| -> Done {
        session.chat.ban(&session.who, &ask).await?;
        Ok(Answer::Now(Done {}))
    }

    Unban = event::UNBAN, |session, ask: event::Unban| -> Done {
        session.chat.unban(&session.who, &ask).await?;
        Ok(Answer::Now(Done {}))
    }

    Mute = event::MUTE, |session, ask: event::Mute| -> Done {
        session.chat.mute(&session.who, &ask).await?;
        Ok(Answer::Now(Done {}))
    }

    SetRole = event::SET_ROLE, |session, ask: event::SetRole| -> Done {
        session.chat.set_role(&session.who, &ask).await?;
        Ok(Answer::Now(Done {}))
    }

    Announce = event::ANNOUNCE, |session, ask: event::Announce| -> Done {
        session.chat.announce_to_all(&session.who, &ask).await?;
        Ok(Answer::Now(Done {}))
    }

    Revoke = event::REVOKE, |session, ask: event::Revoke| -> Done {
        session.chat.revoke_of(&session.who, &ask).await?;
        Ok(Answer::Now(Done {}))
    }

    Sessions = event::SESSIONS, |session, ask: OfUser| -> SessionsOf {
        session.chat.sessions_of(&session.who, ask).await.map(Answer::Now)
    }

    ListPeople = event::LIST_PEOPLE, |session, ask: Option<ListAll>| -> AllPeople {
        session.chat.list_people(&session.who, &ask.unwrap_or_default()).await.map(Answer::Now)
    }

    ListRooms = event::LIST_ROOMS, |session, ask: Option<ListAll>| -> AllRooms {
        session.chat.list_rooms(&session.who, &ask.unwrap_or_default()).await.map(Answer::Now)
    }

    Audit = event::AUDIT, |session, ask: Option<ListAudit>| -> AuditPage {
        session.chat.audit(&session.who, &ask.unwrap_or_default()).await.map(Answer::Now)
    }
}
