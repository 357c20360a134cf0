//! Each event is sent once, however late.

use super::{AckToken, Core, Millis, NEVER, NsId, namespace::PendingAck};
use crate::codec::Attachments;

/// How one event is to be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EmitOptions {
    /// Wants an answer, under this name.
    pub ack: Option<AckToken>,
    /// How long to wait for it.
    pub timeout: Option<Millis>,
}

#[allow(clippy::unused_self, reason = "with `delivery` there is something to say")]
impl EmitOptions {
    pub(super) fn expiry(&self, _: Millis) -> Expiry {
        Expiry
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expiry;

#[allow(clippy::unused_self, reason = "with `delivery` there is something to say")]
impl Expiry {
    pub(super) fn at(self) -> Millis {
        NEVER
    }

    pub(super) fn late(self, _: Millis) -> bool {
        false
    }
}

#[derive(Debug, Default)]
pub(super) struct Retrying;

#[allow(clippy::unused_self, reason = "with `delivery` there is something to say")]
impl Retrying {
    pub(super) fn count(&self) -> usize {
        0
    }

    pub(super) fn set_timeout(&mut self, _: AckToken, _: Millis) -> Option<u64> {
        None
    }

    pub(super) fn forget(&mut self, _: AckToken) {}
}

#[allow(clippy::unused_self, reason = "with `delivery` there is something to do")]
impl Core {
    pub(super) fn drops(&mut self, _: NsId, _: EmitOptions) -> bool {
        false
    }

    pub(super) fn enqueue(
        &mut self,
        _: NsId,
        payload: String,
        attachments: Attachments,
        _: EmitOptions,
    ) -> Option<(String, Attachments)> {
        Some((payload, attachments))
    }

    pub(super) fn drain_queue(&mut self, _: NsId) {}

    pub(super) fn drop_stale(&mut self) {}

    pub(super) fn withdraw(&mut self, _: NsId, _: u64) {}

    pub(super) fn expire_queue(&mut self, _: NsId) {}

    pub(super) fn whose(&mut self, _: NsId, ack: &PendingAck, _: bool) -> Option<AckToken> {
        ack.token
    }
}
