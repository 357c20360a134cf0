use super::Session;
use super::event::{Answer, Event};
use chat::Error;
use protocol::event::{self, InRoom, People};

pub(crate) struct Presence;

impl Event for Presence {
    const NAME: &'static str = event::PRESENCE;
    type Payload = InRoom;
    type Answer = People;

    async fn handle(session: &Session, ask: InRoom) -> Result<Answer<People>, Error> {
        session.chat.online(&session.who, &ask.room).await.map(Answer::Now)
    }
}
