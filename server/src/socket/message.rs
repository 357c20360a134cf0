use super::Session;
use super::event::{Answer, Event};
use chat::Error;
use protocol::event::{self, Send, Sent};

pub(crate) struct Message;

impl Event for Message {
    const NAME: &'static str = event::MESSAGE;
    type Payload = Send;
    type Answer = Sent;

    async fn handle(session: &Session, message: Send) -> Result<Answer<Sent>, Error> {
        let pending = session.chat.send(&session.who, message).await?;
        Ok(Answer::Later(Box::pin(pending.durable())))
    }
}
