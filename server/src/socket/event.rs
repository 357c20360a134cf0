//! What an event is to the server: a name, a payload, a handler, an answer.

use super::Session;
use chat::Error;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use protocol::reply::Reply;
use protocol::{ApiError, Reason};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{AckSender, Event as EventName, SocketRef, TryData};
use socketioxide::handler::FromMessageParts;
use socketioxide::socket::Socket;
use std::convert::Infallible;
use std::sync::Arc;

pub(crate) trait Event {
    const NAME: &'static str;
    type Payload: DeserializeOwned + Send;
    type Answer: Serialize + Send + 'static;

    fn handle(
        session: &Session,
        payload: Self::Payload,
    ) -> impl Future<Output = Result<Answer<Self::Answer>, Error>> + Send;
}

pub(crate) enum Answer<T> {
    Now(T),
    /// Its place in line is taken; the next event may begin.
    Later(BoxFuture<'static, Result<T, Error>>),
}

/// A line in the table of events.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) run: for<'a> fn(&'a Session, Value, Responder) -> BoxFuture<'a, Unanswered>,
}

/// What is left to do for an event when the next one may begin.
pub(crate) type Unanswered = Option<BoxFuture<'static, ()>>;

pub(crate) const fn entry<E: Event + 'static>() -> Entry {
    Entry {
        name: E::NAME,
        run: |session, payload, responder| Box::pin(run::<E>(session, payload, responder)),
    }
}

async fn run<E: Event>(session: &Session, payload: Value, responder: Responder) -> Unanswered {
    let payload = match serde_json::from_value(payload) {
        Ok(payload) => payload,
        Err(error) => {
            responder.answer::<E::Answer>(Err(malformed(E::NAME, &error).into()));
            return None;
        }
    };
    match E::handle(session, payload).await {
        Ok(Answer::Now(answer)) => responder.answer(Ok(answer)),
        Err(error) => responder.answer::<E::Answer>(Err(error)),
        Ok(Answer::Later(later)) => {
            return Some(later.map(|result| responder.answer(result)).boxed());
        }
    }
    None
}

fn malformed(event: &str, error: &serde_json::Error) -> ApiError {
    ApiError::invalid("payload", Reason::Malformed, format!("`{event}` can't be read: {error}"))
}

/// An event as it arrived.
pub(crate) struct Envelope {
    pub(crate) event: String,
    pub(crate) payload: Value,
    pub(crate) responder: Responder,
}

impl FromMessageParts<LocalAdapter> for Envelope {
    type Error = Infallible;

    fn from_message_parts(
        socket: &Arc<Socket<LocalAdapter>>,
        value: &mut socketioxide_core::Value,
        ack: &Option<i64>,
    ) -> Result<Self, Infallible> {
        let event = EventName::from_message_parts(socket, value, ack);
        let TryData(payload) = TryData::from_message_parts(socket, value, ack)?;
        let responder = Responder {
            ack: AckSender::from_message_parts(socket, value, ack)?,
            wanted: ack.is_some(),
            socket: SocketRef::from(Arc::clone(socket)),
        };
        Ok(Self {
            event: event.map(|event| event.0).unwrap_or_default(),
            // An event without arguments has no payload; handlers that need one will say so.
            payload: payload.unwrap_or(Value::Null),
            responder,
        })
    }
}

/// The way back: the ack where the client asked for one, else an `error` event for a failure.
pub(crate) struct Responder {
    ack: AckSender,
    wanted: bool,
    socket: SocketRef,
}

impl Responder {
    pub(crate) fn answer<T: Serialize>(self, result: Result<T, Error>) {
        let result = result.map_err(ApiError::from);
        let sent = if self.wanted {
            self.ack.send(&Reply(result))
        } else if let Err(error) = result {
            self.socket.emit(protocol::event::ERROR, &error)
        } else {
            return;
        };
        if let Err(error) = sent {
            tracing::debug!(%error, "the answer was not delivered");
        }
    }
}
