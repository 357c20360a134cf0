//! What time takes away: acks that are overdue, events that are stale, the rest of a namespace.

use super::{
    AckFailure, Core, Millis, NEVER, NsId, connection::Connection, engine::Phase, namespace::Stage,
};

impl Core {
    /// Acks that are overdue, events that are stale, namespaces that have rested.
    pub(super) fn expire(&mut self) {
        if self.next_expiry > self.wire.now {
            return;
        }
        self.next_expiry = NEVER;
        self.drop_stale();
        for at in 0..self.namespaces.len() {
            self.expire_in(NsId(at));
        }
    }

    fn expire_in(&mut self, ns: NsId) {
        let now = self.wire.now;
        while let Some(namespace) = self.namespaces.get_mut(ns.0) {
            let Some(at) = namespace.acks.iter().position(|ack| ack.deadline <= now) else {
                for ack in &namespace.acks {
                    self.next_expiry = self.next_expiry.min(ack.deadline);
                }
                break;
            };
            let ack = namespace.acks.remove(at);
            self.withdraw(ns, ack.id);
            self.ack_failed(ns, &ack, AckFailure::Timeout);
        }
        self.expire_queue(ns);
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        if namespace.stage == Stage::Resting {
            let until = namespace.until;
            if until <= now {
                namespace.stage = Stage::Waiting;
            } else {
                self.watch(until);
            }
        }
        if let Connection::Engine { engine, .. } = &self.connection
            && engine.phase == Phase::Open
        {
            self.enter(ns);
        }
        self.drain_queue(ns);
    }

    pub(super) fn watch(&mut self, at: Millis) {
        self.next_expiry = self.next_expiry.min(at);
    }
}
