use super::Session;
use super::event::{Answer, Event};
use chat::Error;
use protocol::event::{self, Synced};

pub(crate) struct Sync;

impl Event for Sync {
    const NAME: &'static str = event::SYNC;
    type Payload = event::Sync;
    type Answer = Synced;

    async fn handle(session: &Session, ask: event::Sync) -> Result<Answer<Synced>, Error> {
        session.chat.sync(&session.who, &ask).await.map(Answer::Now)
    }
}
