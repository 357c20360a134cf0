use std::{
    future::Future,
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use super::{Answer, FromAnswer, Handle, millis};
use crate::core::{AckFailure, AckToken, EmitError};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AckError {
    /// It did not come in time.
    #[error("timeout")]
    Timeout,
    /// The connection went first: whether the event arrived is not known.
    #[error("disconnected")]
    Disconnected,
    /// The event was not taken.
    #[error(transparent)]
    Emit(#[from] EmitError),
    /// The answer is not what was expected.
    #[error("the answer cannot be read: {0}")]
    Decode(serde_json::Error),
}

impl From<AckFailure> for AckError {
    fn from(failure: AckFailure) -> Self {
        match failure {
            AckFailure::Timeout => AckError::Timeout,
            AckFailure::Disconnected => AckError::Disconnected,
        }
    }
}

/// The answer to come. The event is on its way already; dropping this only stops waiting.
#[must_use = "without waiting for the answer, `emit` does the same"]
pub struct Ack<T> {
    waiting: Waiting,
    expected: PhantomData<fn() -> T>,
}

struct Waiting {
    handle: Arc<Handle>,
    token: AckToken,
}

impl<T> Ack<T> {
    pub(super) fn new(handle: Arc<Handle>, token: AckToken) -> Self {
        Self { waiting: Waiting { handle, token }, expected: PhantomData }
    }

    /// Waits no longer than this, counted from now; with retries, each time.
    pub fn timeout(self, timeout: Duration) -> Self {
        let Waiting { handle, token } = &self.waiting;
        handle.hub.with_core(|core, now| core.set_ack_timeout(now, *token, millis(timeout)));
        self
    }
}

impl<T: FromAnswer> Future for Ack<T> {
    type Output = Result<T, AckError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Waiting { handle, token } = &self.waiting;
        let answer = handle.hub.poll_answer(*token, cx);
        answer.map(|packet| T::from_answer(Answer::new(packet?)))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.handle.hub.forget(self.token);
    }
}

impl<T> std::fmt::Debug for Ack<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ack")
    }
}
