//! The client without I/O: input in, output out, time handed in.
//!
//! A driver feeds [`Core::handle`] with what its transports say, calls [`Core::tick`] when
//! [`Core::next_wake`] has come, and carries out every [`Action`]. What the user should hear comes out as
//! [`Notice`]s. Nothing here reads a clock, sleeps, or touches a socket, so a test can run years of bad
//! network in a second.

#[cfg_attr(not(feature = "auth"), path = "../without/auth.rs")]
mod auth;
mod backoff;
mod change;
mod config;
mod connection;
#[cfg_attr(not(feature = "delivery"), path = "../without/delivery.rs")]
mod delivery;
#[cfg_attr(not(feature = "early"), path = "../without/early.rs")]
mod early;
mod endpoint;
mod engine;
mod expiry;
#[cfg_attr(not(feature = "linger"), path = "../without/linger.rs")]
mod linger;
mod manager;
mod namespace;
mod outbox;
#[cfg_attr(not(feature = "patience"), path = "../without/patience.rs")]
pub(crate) mod patience;
#[cfg_attr(not(feature = "recovery"), path = "../without/recovery.rs")]
mod recovery;
#[cfg_attr(not(feature = "replies"), path = "../without/replies.rs")]
mod replies;
mod sending;
mod session;
#[cfg_attr(not(feature = "story"), path = "../without/story.rs")]
mod story;
#[cfg_attr(not(feature = "upgrade"), path = "../without/upgrade.rs")]
mod upgrade;

#[cfg(feature = "auth")]
pub use auth::Auth;
#[cfg(not(feature = "auth"))]
use auth::Auth;
pub use change::Change;
pub use config::{Config, ConfigError, Retries, Transport};
pub use connection::{Core, State};
pub use delivery::EmitOptions;
pub use endpoint::Endpoint;
pub use namespace::Status;
pub use patience::Wait;
pub use replies::ReplyTo;
pub use sending::EmitError;

use crate::codec::{Packet, engine::Frame};

/// Milliseconds since any fixed moment.
pub type Millis = u64;

/// A moment that does not come.
pub(crate) const NEVER: Millis = Millis::MAX;

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
        retry_after: Option<Wait>,
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
    #[cfg(feature = "auth")]
    /// The namespace needs its `auth` now: answer with [`Core::provide_auth`].
    AskAuth {
        /// Which.
        ns: NsId,
    },
}
