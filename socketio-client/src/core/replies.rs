//! Answers to the server's events. Without the feature `replies`, `without/replies.rs` stands here.

use super::{
    Core, Millis, NsId,
    namespace::Namespace,
    outbox::{Outgoing, Role},
};
use crate::codec::{Attachments, Kind, encode};

/// The address by which an event is answered: good only on the connection that brought it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReplyTo {
    ns: NsId,
    epoch: u32,
    id: u64,
}

/// Counts the times that a namespace was entered, so that no answer goes to another connection.
#[derive(Debug, Default)]
pub(super) struct Epoch(u32);

impl Epoch {
    pub(super) fn end(&mut self) {
        self.0 = self.0.wrapping_add(1);
    }
}

impl Namespace {
    pub(super) fn reply_to(&self, ns: NsId, id: Option<u64>) -> Option<ReplyTo> {
        id.map(|id| ReplyTo { ns, epoch: self.epoch.0, id })
    }
}

impl Core {
    /// Answers an event, unless the connection that brought it is gone.
    pub fn reply(&mut self, now: Millis, to: ReplyTo, arguments: &str, attachments: Attachments) {
        self.tick(now);
        let Some(namespace) = self.namespaces.get(to.ns.0) else {
            return;
        };
        if namespace.connected() && namespace.epoch.0 == to.epoch {
            let text =
                encode(Kind::Ack, &namespace.name, Some(to.id), arguments, attachments.len());
            self.outbox.push(Outgoing { ns: to.ns, text, attachments, role: Role::Control });
            self.settle();
        }
    }
}
