use super::Session;
use super::event::{Answer, Event};
use chat::Error;
use protocol::event::{self, ServerInfo};
use serde::de::IgnoredAny;

pub(crate) struct WhoAmI;

impl Event for WhoAmI {
    const NAME: &'static str = event::WHOAMI;
    type Payload = IgnoredAny;
    type Answer = event::WhoAmI;

    async fn handle(session: &Session, _: IgnoredAny) -> Result<Answer<event::WhoAmI>, Error> {
        let server =
            ServerInfo { name: "Beseda".into(), version: env!("CARGO_PKG_VERSION").into() };
        Ok(Answer::Now(event::WhoAmI { user: session.who.user.clone(), server }))
    }
}
