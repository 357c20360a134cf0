use super::Session;
use super::event::{Answer, Event};
use chat::Error;
use protocol::event::{self, Page};

pub(crate) struct History;

impl Event for History {
    const NAME: &'static str = event::HISTORY;
    type Payload = event::History;
    type Answer = Page;

    async fn handle(session: &Session, ask: event::History) -> Result<Answer<Page>, Error> {
        session.chat.history(&session.who, &ask).await.map(Answer::Now)
    }
}
