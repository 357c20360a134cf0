use std::{sync::Arc, time::Duration};

use super::{Reason, Transport};

/// A change of the connection or of one of its namespaces.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// The connection is open.
    Open {
        /// Over which transport.
        transport: Transport,
        /// The session's id: a secret.
        sid: Arc<str>,
    },
    /// It moved from polling to a WebSocket.
    Upgrade,
    /// A namespace was entered.
    Connect {
        /// Which.
        namespace: Arc<str>,
        /// The socket's id in it.
        id: Arc<str>,
        /// Whether the server restored the session and sent what was missed.
        recovered: bool,
    },
    /// A namespace was refused, or the connection for which it waits could not be opened.
    ConnectError {
        /// Which.
        namespace: Arc<str>,
        /// The server's words, or the transport's.
        message: Arc<str>,
        /// What the server sent with its refusal, as JSON.
        data: Option<Arc<str>>,
        /// Whether the server refused: then the namespace is not tried again by itself.
        refused: bool,
    },
    /// A namespace is over.
    Disconnect {
        /// Which.
        namespace: Arc<str>,
        /// Why; [`Reason::returns`] says whether it is entered again by itself.
        reason: Reason,
    },
    /// The connection is over.
    Close {
        /// Why.
        reason: Reason,
    },
    /// An attempt to reconnect will be made.
    Waiting {
        /// Its number, from 1.
        attempt: u32,
        /// After this wait.
        delay: Duration,
    },
    /// An attempt to reconnect begins.
    ReconnectAttempt {
        /// Its number.
        attempt: u32,
        /// The wait that came before it.
        delay: Duration,
    },
    /// It succeeded.
    Reconnect {
        /// Its number.
        attempt: u32,
    },
    /// It failed.
    ReconnectError {
        /// Why.
        message: Arc<str>,
    },
    /// The last attempt that was allowed has failed.
    ReconnectFailed,
}
