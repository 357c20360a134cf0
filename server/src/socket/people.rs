//! Who is here, who writes, what one has read.

use super::event::{Answer, Asked, events};
use protocol::event::{self, Done, People, ReadTo, WhoIsHere};

events! {
    WhoAmI = event::WHOAMI, |session, _ask: Asked| -> event::WhoAmI {
        let user = session.chat.whoami(&session.who).await?;
        Ok(Answer::Now(event::WhoAmI { user, server: crate::server_info() }))
    }

    Presence = event::PRESENCE, |session, ask: WhoIsHere| -> People {
        session.chat.online(&session.who, &ask).await.map(Answer::Now)
    }

    Typing = event::TYPING, |session, ask: event::Typing| -> Done {
        session.chat.typing(&session.who, &ask).await?;
        Ok(Answer::Now(Done {}))
    }

    Read = event::READ, |session, ask: event::Read| -> ReadTo {
        session.chat.mark_read(&session.who, &ask).await.map(Answer::Now)
    }
}
