//! What can be handed over is; a close hands over what is left and the goodbye, and waits for nothing.

use super::{
    Action, Core, LinkId, Millis, NEVER, Transport,
    connection::Connection,
    engine::{Engine, Phase, Wire},
};
use crate::codec::engine::Frame;

#[derive(Debug, Default)]
pub(super) struct Farewell;

#[allow(clippy::unused_self, reason = "with `linger` there is something to remember")]
impl Farewell {
    pub(super) fn is_stalled(&self) -> bool {
        false
    }
}

#[derive(Debug, Default)]
pub(super) struct Closing;

#[allow(clippy::unused_self, reason = "with `linger` there is something to remember")]
impl Closing {
    pub(super) fn owner(&mut self, _: LinkId) -> Option<&mut Engine> {
        None
    }

    pub(super) fn tick(&mut self, _: &mut Wire) {}

    pub(super) fn next_wake(&self) -> Millis {
        NEVER
    }

    pub(super) fn sweep(&mut self) {}

    pub(super) fn is_empty(&self) -> bool {
        true
    }
}

impl Core {
    pub(super) fn retire(&mut self) {
        self.connection = Connection::None { gave_up: false };
    }
}

#[allow(clippy::unused_self, reason = "with `linger` there is something to wait for")]
impl Engine {
    pub(super) fn wrote(&mut self, _: Millis, _: &[Frame]) {}

    pub(super) fn drained(&mut self, _: &mut Wire) {}

    pub(super) fn batch(&self) -> usize {
        usize::MAX
    }

    pub(super) fn take_batch(&mut self) -> Vec<Frame> {
        std::mem::take(&mut self.pending)
    }

    pub(super) fn close(&mut self, cx: &mut Wire, farewell: Vec<Frame>) {
        if self.phase != Phase::Open {
            return self.cut(cx);
        }
        self.abort_probe(cx);
        for frame in farewell {
            self.pending.push(frame);
        }
        if self.transport == Transport::Polling {
            self.pending.push(Frame::Text("1".into()));
        }
        let batch = self.take_batch();
        self.send(cx, batch);
        cx.actions.push(Action::Close(self.link));
        self.phase = Phase::Closed;
    }

    pub(super) fn finish_close(&mut self, _: &mut Wire) {}

    pub(super) fn settled(&mut self, _: &mut Wire) {}
}
