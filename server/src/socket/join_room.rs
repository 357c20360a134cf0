use super::Session;
use super::event::{Answer, Event};
use chat::Error;
use protocol::event::{self, InRoom, Joined};

pub(crate) struct JoinRoom;

impl Event for JoinRoom {
    const NAME: &'static str = event::JOIN_ROOM;
    type Payload = InRoom;
    type Answer = Joined;

    async fn handle(session: &Session, ask: InRoom) -> Result<Answer<Joined>, Error> {
        let room = session.chat.join(&session.who, &ask.room).await?;
        // Listen first, read then: what is said in between is heard twice rather than not at all.
        session.socket.join(room.to_string());
        session.chat.view(&session.who, room).await.map(Answer::Now)
    }
}
