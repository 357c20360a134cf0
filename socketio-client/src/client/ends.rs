//! Waiting for an end. Without the feature `linger`, `without/ends.rs` stands here.

use std::{
    future::Future,
    task::{Context, Poll, Waker},
};

use super::{Client, Hub};
use crate::core::{Core, State};

/// Who waits for one.
#[derive(Default)]
pub(super) struct Waiters(Vec<Waker>);

impl Waiters {
    pub(super) fn wake(self) {
        for waker in self.0 {
            waker.wake();
        }
    }
}

impl Hub {
    fn poll_until(&self, cx: &mut Context<'_>, done: &impl Fn(&Core, bool) -> bool) -> Poll<()> {
        let mut inner = self.lock();
        if done(&inner.core, inner.idle) {
            return Poll::Ready(());
        }
        inner.waiting.0.push(cx.waker().clone());
        Poll::Pending
    }
}

impl Client {
    /// Ends when no answer is expected any more, or there is no connection that could bring it.
    pub fn answered(&self) -> impl Future<Output = ()> + use<> {
        self.until(|core, _| {
            core.pending_acks() == 0 || !matches!(core.state(), State::Open { .. })
        })
    }

    /// Ends when nothing that can leave is waiting any more; the retry queue counts.
    pub fn flushed(&self) -> impl Future<Output = ()> + use<> {
        self.until(|core, _| core.is_flushed())
    }

    /// Ends when there is no connection and none is wanted, and every byte that was sent has left.
    pub fn closed(&self) -> impl Future<Output = ()> + use<> {
        self.until(|core, idle| core.is_quiet() && idle)
    }

    fn until<F: Fn(&Core, bool) -> bool>(&self, done: F) -> impl Future<Output = ()> + use<F> {
        let handle = self.handle.clone();
        std::future::poll_fn(move |cx| handle.hub.poll_until(cx, &done))
    }
}
