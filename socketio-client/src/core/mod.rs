//! The client without I/O: input in, output out, time handed in.
//!
//! A driver feeds [`Core::handle`] with what its transports say, calls [`Core::tick`] when
//! [`Core::next_wake`] has come, and carries out every [`Action`]. What the user should hear comes out as
//! [`Notice`]s. Nothing here reads a clock, sleeps, or touches a socket, so a test can run years of bad
//! network in a second.

mod backoff;
mod change;
mod config;
mod connection;
mod endpoint;
mod engine;
mod expiry;
mod manager;
mod namespace;
mod outbox;
mod queue;
mod sending;
mod session;

pub use change::Change;
pub use config::{Config, ConfigError, Retries, Transport};
pub use connection::{Core, State};
pub use endpoint::Endpoint;
pub use namespace::{Auth, Status};
pub(crate) use queue::Queue;
pub use sending::{EmitError, EmitOptions};

use crate::codec::{Packet, engine::Frame};

/// Milliseconds since any fixed moment.
pub type Millis = u64;

/// One transport: a WebSocket, or the GETs and POSTs of one polling session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkId(pub u32);

/// A namespace of this client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NsId(pub(crate) usize);

/// The name under which the answer to an event comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AckToken(pub u64);

/// What a transport has to say.
#[derive(Debug, Clone)]
pub enum Input {
    /// The WebSocket is open.
    Opened,
    /// A WebSocket message.
    Frame(Frame),
    /// What was sent over the WebSocket has left, or nearly.
    Drained,
    /// The body of a GET.
    Polled(String),
    /// A POST was taken.
    Posted,
    /// The server has probably seen to all that was sent.
    Settled,
    /// The transport failed.
    Failed {
        /// What happened, in few words.
        message: String,
        /// How long the server asked to be left alone.
        retry_after: Option<Millis>,
    },
    /// The WebSocket was closed.
    Closed,
}

/// What a driver has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Open a WebSocket.
    Connect(LinkId, String),
    /// Send messages over it, and say [`Input::Drained`] when they have left.
    Send(LinkId, Vec<Frame>),
    /// Find out when the server has seen to all that was sent, for [`Input::Settled`].
    Settle(LinkId),
    /// GET a URL, for [`Input::Polled`].
    Get(LinkId, String),
    /// POST a body, for [`Input::Posted`].
    Post(LinkId, String, String),
    /// Close the WebSocket when all has been sent.
    Close(LinkId),
    /// Forget the link, whatever is under way on it.
    Abort(LinkId),
}

/// Why a namespace or the connection ended, in the JavaScript client's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The server put the client out of the namespace. It is not entered again by itself.
    ServerDisconnect,
    /// This side left.
    ClientDisconnect,
    /// The server was not heard of in time.
    PingTimeout,
    /// The connection was closed, or the network went.
    TransportClose,
    /// The connection failed.
    TransportError,
    /// The server sent what is not Socket.IO.
    ParseError,
    /// The whole connection was closed on purpose.
    ForcedClose,
}

impl Reason {
    /// The JavaScript client's words.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::ServerDisconnect => "io server disconnect",
            Reason::ClientDisconnect => "io client disconnect",
            Reason::PingTimeout => "ping timeout",
            Reason::TransportClose => "transport close",
            Reason::TransportError => "transport error",
            Reason::ParseError => "parse error",
            Reason::ForcedClose => "forced close",
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why an acknowledgement did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum AckFailure {
    /// It did not come in time, or the event expired in the buffer.
    #[error("timeout")]
    Timeout,
    /// The connection went first: whether the event arrived is not known.
    #[error("disconnected")]
    Disconnected,
}

/// The address by which an event is answered: good only on the connection that brought it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReplyTo {
    pub(crate) ns: NsId,
    pub(crate) epoch: u32,
    pub(crate) id: u64,
}

/// What the user should hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A change of the connection or of a namespace.
    Change(Change),
    /// An event.
    Event {
        /// In which namespace.
        ns: NsId,
        /// The event.
        packet: Packet,
        /// Where the answer goes, when the server wants one.
        reply: Option<ReplyTo>,
    },
    /// The answer to an event, or its failure.
    Ack {
        /// Whose.
        token: AckToken,
        /// The answer's packet.
        result: Result<Packet, AckFailure>,
    },
    /// The namespace needs its `auth` now: answer with [`Core::provide_auth`].
    AskAuth {
        /// Which.
        ns: NsId,
    },
}

/// The earlier of two moments, where there are any.
pub(crate) fn earlier(one: Option<Millis>, other: Option<Millis>) -> Option<Millis> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if one < other { one } else { other }),
        (one, None) => one,
        (None, other) => other,
    }
}

#[cfg(any(feature = "browser", feature = "native"))]
/// The wait that a `Retry-After` header asks for, where it is given in seconds.
pub(crate) fn retry_after(header: &str) -> Option<Millis> {
    Some(crate::codec::json::natural(header.trim().as_bytes())?.saturating_mul(1000))
}
