//! What has left over a WebSocket, and whether the server has read it.

use web_sys::WebSocket;

use super::now;
use crate::core::{Input, Millis};

/// The browser buffers without end; this much may wait in it before the core is told that it drained.
const BUFFERED: u32 = 64 << 10;
/// A page cannot ping: this long after the last byte has left, the server is taken to have read it.
const SETTLING: Millis = 100;
/// How often to look whether it has.
const DRAIN_CHECK: Millis = 50;

#[derive(Default)]
pub(super) struct Drain {
    sending: bool,
    settling: Option<Millis>,
}

impl Drain {
    pub(super) fn sent(&mut self) {
        self.sending = true;
    }

    /// The clock runs from the last byte on.
    pub(super) fn settle(&mut self) {
        self.settling = Some(now() + SETTLING);
    }

    /// When to look again.
    pub(super) fn next_look(&self) -> Option<Millis> {
        (self.sending || self.settling.is_some()).then(|| now() + DRAIN_CHECK)
    }

    pub(super) fn look(&mut self, socket: &WebSocket) -> Option<Input> {
        let buffered = socket.buffered_amount();
        if self.sending && buffered < BUFFERED {
            self.sending = false;
            return Some(Input::Drained);
        }
        if buffered > 0 {
            return None;
        }
        self.settling.take_if(|at| *at <= now()).map(|_| Input::Settled)
    }
}
