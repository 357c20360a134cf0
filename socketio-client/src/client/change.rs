use std::{sync::Arc, time::Duration};

use crate::core::{Core, Millis, State, Transport};

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

pub(super) fn state(core: &Core, now: Millis) -> ClientState {
    match core.state() {
        State::Idle => ClientState::Idle,
        State::Opening { attempt } => ClientState::Opening { attempt },
        State::Open { transport } => ClientState::Open { transport },
        State::Waiting { attempt, delay, until } => ClientState::Waiting {
            attempt,
            delay: Duration::from_millis(delay),
            left: Duration::from_millis(until.saturating_sub(now)),
            error: core.trouble(),
        },
        State::GaveUp => ClientState::GaveUp { error: core.trouble() },
    }
}
