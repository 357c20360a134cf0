//! The server's events are not answered.

use super::{NsId, namespace::Namespace};

/// There is none without the feature `replies`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReplyTo {}

#[derive(Debug, Default)]
pub(super) struct Epoch;

#[allow(clippy::unused_self, reason = "with `replies` there is something to count")]
impl Epoch {
    pub(super) fn end(&mut self) {}
}

#[allow(clippy::unused_self, reason = "with `replies` there is something to know")]
impl Namespace {
    pub(super) fn reply_to(&self, _: NsId, _: Option<u64>) -> Option<ReplyTo> {
        None
    }
}
