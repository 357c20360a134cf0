//! What is said: sending, changing, reading, finding.

use super::event::{Answer, events};
use protocol::event::{self, Page, Sent, Synced};

events! {
    Message = event::MESSAGE, |session, message: event::Send| -> Sent {
        let pending = session.chat.send(&session.who, message).await?;
        Ok(Answer::Later(Box::pin(pending.durable())))
    }

    EditMessage = event::EDIT_MESSAGE, |session, ask: event::Edit| -> Sent {
        let pending = session.chat.edit(&session.who, &ask).await?;
        Ok(Answer::Later(Box::pin(pending.durable())))
    }

    DeleteMessage = event::DELETE_MESSAGE, |session, ask: event::OfMessage| -> Sent {
        let pending = session.chat.delete(&session.who, &ask).await?;
        Ok(Answer::Later(Box::pin(pending.durable())))
    }

    History = event::HISTORY, |session, ask: event::History| -> Page {
        session.chat.history(&session.who, &ask).await.map(Answer::Now)
    }

    Sync = event::SYNC, |session, ask: event::Sync| -> Synced {
        session.chat.sync(&session.who, &ask).await.map(Answer::Now)
    }

    Search = event::SEARCH, |session, ask: event::Search| -> Page {
        session.chat.search(&session.who, &ask).await.map(Answer::Now)
    }
}
