use std::{sync::Arc, time::Duration};

use crate::core::{Core, Millis, Notice, Reason, State, Transport};

/// How the connection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientState {
    /// There is none and none is wanted.
    Idle,
    /// An attempt is under way.
    Opening {
        /// Its number; 0 is the first, before anything failed.
        attempt: u32,
    },
    /// Open. Whether a namespace is entered says its own [`status`](super::Namespace::status).
    Open {
        /// Over which transport.
        transport: Transport,
    },
    /// The connection was lost or could not be opened; the next attempt comes later.
    Waiting {
        /// Its number, from 1.
        attempt: u32,
        /// The whole wait.
        delay: Duration,
        /// What is left of it.
        left: Duration,
        /// What failed last.
        error: Option<Arc<str>>,
    },
    /// As many attempts as were allowed have failed. [`try_now`](super::Client::try_now) begins anew.
    GaveUp {
        /// What failed last.
        error: Option<Arc<str>>,
    },
}

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

/// What went wrong last, for the state.
#[derive(Default)]
pub(super) struct Trouble(Option<Arc<str>>);

pub(super) fn state(core: &Core, trouble: &Trouble, now: Millis) -> ClientState {
    match core.state() {
        State::Idle => ClientState::Idle,
        State::Opening { attempt } => ClientState::Opening { attempt },
        State::Open { transport } => ClientState::Open { transport },
        State::Waiting { attempt, delay, until } => ClientState::Waiting {
            attempt,
            delay: Duration::from_millis(delay),
            left: Duration::from_millis(until.saturating_sub(now)),
            error: trouble.0.clone(),
        },
        State::GaveUp => ClientState::GaveUp { error: trouble.0.clone() },
    }
}

pub(super) fn read(notice: Notice, core: &Core, trouble: &mut Trouble) -> Option<Change> {
    Some(match notice {
        Notice::Open { transport, sid } => {
            trouble.0 = None;
            Change::Open { transport, sid: sid.into() }
        }
        Notice::Upgrade => Change::Upgrade,
        Notice::Connect { ns, id, recovered } => {
            Change::Connect { namespace: core.name(ns)?, id: id.into(), recovered }
        }
        Notice::ConnectError { ns, message, data, refused } => {
            let message: Arc<str> = message.into();
            trouble.0 = Some(message.clone());
            let data = data.map(Arc::from);
            Change::ConnectError { namespace: core.name(ns)?, message, data, refused }
        }
        Notice::Disconnect { ns, reason } => {
            Change::Disconnect { namespace: core.name(ns)?, reason }
        }
        Notice::Close(reason) => {
            trouble.0 = Some(reason.as_str().into());
            Change::Close { reason }
        }
        Notice::Waiting { attempt, delay } => {
            Change::Waiting { attempt, delay: Duration::from_millis(delay) }
        }
        Notice::ReconnectAttempt { attempt, delay } => {
            Change::ReconnectAttempt { attempt, delay: Duration::from_millis(delay) }
        }
        Notice::Reconnect { attempt } => Change::Reconnect { attempt },
        Notice::ReconnectError { message } => Change::ReconnectError { message: message.into() },
        Notice::ReconnectFailed => Change::ReconnectFailed,
        Notice::Event { .. } | Notice::Ack { .. } | Notice::AskAuth { .. } => return None,
    })
}
