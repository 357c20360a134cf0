//! The browser takes what it is given, and nobody asks what becomes of it.

use web_sys::WebSocket;

use crate::core::{Input, Millis};

#[derive(Default)]
pub(super) struct Drain;

#[allow(clippy::unused_self, reason = "with `linger` there is something to ask")]
impl Drain {
    pub(super) fn sent(&mut self) {}

    pub(super) fn settle(&mut self) {}

    pub(super) fn next_look(&self) -> Option<Millis> {
        None
    }

    pub(super) fn look(&mut self, _: &WebSocket) -> Option<Input> {
        None
    }
}
