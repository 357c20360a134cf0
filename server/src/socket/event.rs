//! What an event is to the server: a name, a payload, a handler, an answer.

use super::Session;
use crate::schemas::Schemas;
use crate::stats::Counters;
use chat::Error;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use protocol::reply::Reply;
use protocol::{ApiError, Reason};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use socketioxide::SendError;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{AckSender, Event as EventName, SocketRef, TryData};
use socketioxide::handler::FromMessageParts;
use socketioxide::socket::Socket;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

pub(crate) trait Event {
    const NAME: &'static str;
    type Payload: DeserializeOwned + ToSchema + Send;
    type Answer: Serialize + ToSchema + Send + 'static;

    fn handle(
        session: &Session,
        payload: Self::Payload,
    ) -> impl Future<Output = Result<Answer<Self::Answer>, Error>> + Send;
}

/// A payload that doesn't matter, because the event's name says it all.
#[derive(Deserialize)]
#[serde(from = "IgnoredAny")]
pub(crate) struct Asked;

impl From<IgnoredAny> for Asked {
    fn from(_: IgnoredAny) -> Self {
        Self
    }
}

impl ToSchema for Asked {}

impl PartialSchema for Asked {
    fn schema() -> RefOr<Schema> {
        utoipa::openapi::schema::empty().into()
    }
}

/// One event after the other: `Name = WIRE_NAME, |session, payload: Payload| -> Answer { … }`.
macro_rules! events {
    ($($name:ident = $wire:expr, |$session:ident, $ask:ident: $payload:ty| -> $answer:ty $handle:block)*) => {$(
        pub(crate) struct $name;

        impl $crate::socket::event::Event for $name {
            const NAME: &'static str = $wire;
            type Payload = $payload;
            type Answer = $answer;

            async fn handle(
                $session: &$crate::socket::Session,
                $ask: $payload,
            ) -> Result<$crate::socket::event::Answer<$answer>, chat::Error> $handle
        }
    )*};
}
pub(crate) use events;

pub(crate) enum Answer<T> {
    Now(T),
    /// Its place in line is taken; the next event may begin.
    Later(BoxFuture<'static, Result<T, Error>>),
}

/// A line in the table of events.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    /// For the documentation: what it does, what it carries, what its ack adds.
    pub(crate) says: &'static str,
    pub(crate) payload: fn(&mut Schemas) -> Value,
    pub(crate) answer: fn(&mut Schemas) -> Value,
    pub(crate) run: for<'a> fn(&'a Session, Value, Responder) -> BoxFuture<'a, Unanswered>,
}

/// What is left to do for an event when the next one may begin.
pub(crate) type Unanswered = Option<BoxFuture<'static, ()>>;

pub(crate) const fn entry<E: Event + 'static>(says: &'static str) -> Entry {
    Entry {
        name: E::NAME,
        says,
        payload: Schemas::of::<E::Payload>,
        answer: Schemas::granted::<E::Answer>,
        run: |session, payload, responder| Box::pin(run::<E>(session, payload, responder)),
    }
}

/// A line in the table of what clients are told.
pub(crate) struct Told {
    pub(crate) name: &'static str,
    pub(crate) says: &'static str,
    pub(crate) payload: fn(&mut Schemas) -> Value,
}

pub(crate) const fn told<T: ToSchema>(name: &'static str, says: &'static str) -> Told {
    Told { name, says, payload: Schemas::of::<T> }
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
            came: Instant::now(),
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
    came: Instant,
    socket: SocketRef,
}

impl Responder {
    pub(crate) fn answer<T: Serialize>(self, result: Result<T, Error>) {
        self.answer_or(result, |error, socket| socket.emit(protocol::event::ERROR, error));
    }

    /// The same, where a failure is told in other words.
    pub(crate) fn answer_or<T: Serialize>(
        self,
        result: Result<T, Error>,
        tell: impl FnOnce(&ApiError, &SocketRef) -> Result<(), SendError>,
    ) {
        let result = result.map_err(ApiError::from);
        let sent = if self.wanted {
            if let Some(counters) = self.socket.extensions.get::<Arc<Counters>>() {
                counters.answered(self.came.elapsed());
            }
            self.ack.send(&Reply(result))
        } else if let Err(error) = result {
            tell(&error, &self.socket)
        } else {
            return;
        };
        if let Err(error) = sent {
            tracing::debug!(%error, "the answer was not delivered");
        }
    }
}
