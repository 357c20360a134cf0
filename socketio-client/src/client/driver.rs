use std::{
    sync::Arc,
    task::{Context, Poll},
};

use super::Hub;
use crate::core::{Action, Input, LinkId, Millis};

/// The transports and the timer of a platform.
pub(crate) trait Io {
    /// Carries out an action of the core.
    fn perform(&mut self, action: Action);
    /// What a transport has to say.
    fn poll_input(&mut self, cx: &mut Context<'_>) -> Option<(LinkId, Input)>;
    /// Arms the timer; ready when the time has come already.
    fn poll_timer(&mut self, cx: &mut Context<'_>, at: Millis) -> Poll<()>;
    /// Whether nothing is under way.
    fn is_idle(&self) -> bool;
}

/// So much is done at a time before others get their turn.
const BUDGET: usize = 128;

/// Runs the client; ready when nobody holds it any more.
pub(crate) fn drive(hub: &Arc<Hub>, io: &mut impl Io, cx: &mut Context<'_>) -> Poll<()> {
    hub.attend(cx);
    for _ in 0..BUDGET {
        see_to(hub, io);
        if let Some((link, input)) = io.poll_input(cx) {
            hub.input(link, input);
        } else if io.poll_timer(cx, hub.wake_at()).is_ready() {
            hub.attend(cx);
        } else {
            return if hub.rest(io.is_idle()) { Poll::Ready(()) } else { Poll::Pending };
        }
    }
    cx.waker().wake_by_ref();
    Poll::Pending
}

fn see_to(hub: &Arc<Hub>, io: &mut impl Io) {
    loop {
        for action in hub.take_actions() {
            io.perform(action);
        }
        if !hub.dispatch() {
            return;
        }
    }
}
