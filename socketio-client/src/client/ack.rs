use std::{
    future::Future,
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use serde::de::DeserializeOwned;

use super::{Answer, Handle, lock::Lock, millis};
use crate::{
    codec::Packet,
    core::{AckFailure, AckToken, EmitError},
};

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
    waiting: Result<Waiting, Option<EmitError>>,
    expected: PhantomData<fn() -> T>,
}

struct Waiting {
    handle: Arc<Handle>,
    token: AckToken,
    slot: Arc<Lock<Slot>>,
}

#[derive(Default)]
pub(super) struct Slot {
    result: Option<Result<Packet, AckFailure>>,
    reader: Option<Waker>,
}

impl Slot {
    pub(super) fn fill(slot: &Lock<Self>, result: Result<Packet, AckFailure>) {
        let mut slot = slot.lock();
        slot.result = Some(result);
        if let Some(reader) = slot.reader.take() {
            reader.wake();
        }
    }
}

impl<T> Ack<T> {
    pub(super) fn waiting(handle: Arc<Handle>, token: AckToken, slot: Arc<Lock<Slot>>) -> Self {
        Self { waiting: Ok(Waiting { handle, token, slot }), expected: PhantomData }
    }

    pub(super) fn refused(error: EmitError) -> Self {
        Self { waiting: Err(Some(error)), expected: PhantomData }
    }

    /// Waits no longer than this, counted from now; with retries, each time.
    pub fn timeout(self, timeout: Duration) -> Self {
        if let Ok(waiting) = &self.waiting {
            let token = waiting.token;
            let timeout = millis(timeout);
            waiting.handle.hub.with_core(|core, now| core.set_ack_timeout(now, token, timeout));
        }
        self
    }

    fn poll_packet(&mut self, cx: &mut Context<'_>) -> Poll<Result<Packet, AckError>> {
        match &mut self.waiting {
            Ok(waiting) => {
                let mut slot = waiting.slot.lock();
                if let Some(result) = slot.result.take() {
                    return Poll::Ready(result.map_err(AckError::from));
                }
                slot.reader = Some(cx.waker().clone());
                Poll::Pending
            }
            Err(error) => {
                Poll::Ready(Err(error.take().map_or(AckError::Disconnected, AckError::Emit)))
            }
        }
    }
}

impl<T: DeserializeOwned> Future for Ack<T> {
    type Output = Result<T, AckError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_packet(cx).map(|packet| Answer::new(packet?).get(0).map_err(AckError::Decode))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if self.handle.hub.take_ack(self.token).is_some() {
            let token = self.token;
            self.handle.hub.with_core(|core, _| core.forget_ack(token));
        }
    }
}

impl<T> std::fmt::Debug for Ack<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ack")
    }
}
