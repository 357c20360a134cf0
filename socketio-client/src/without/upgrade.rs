//! A transport that opened stays for as long as it holds. So the WebSocket goes first at each attempt, even where
//! it failed before: otherwise there would be no way back to it.

use super::{
    Core, Input, LinkId, Transport,
    engine::{Engine, Wire},
};

#[derive(Debug)]
pub(super) struct Upgrade;

impl Upgrade {
    pub(super) fn new(_: bool, _: &Wire) -> Self {
        Self
    }
}

#[allow(clippy::unused_self, reason = "with `upgrade` there is something to do")]
impl Engine {
    pub(super) fn probe(&self) -> Option<LinkId> {
        None
    }

    pub(super) fn pausing(&self) -> bool {
        false
    }

    pub(super) fn begin_upgrade(&mut self, _: &mut Wire) {}

    pub(super) fn handle_probe(&mut self, _: &mut Wire, _: Input) {}

    pub(super) fn cancel_upgrade(&mut self, _: &mut Wire) {}

    pub(super) fn finish_pause(&mut self, _: &mut Wire) {}

    pub(super) fn abort_probe(&mut self, _: &mut Wire) {}
}

#[allow(clippy::unused_self, reason = "with `upgrade` there is something to remember")]
impl Core {
    pub(super) fn prefer(&mut self, _: Transport, _: bool) {}

    pub(super) fn set_order(&mut self) {}
}
