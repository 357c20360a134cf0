//! What time takes away: acks that are overdue, events that are stale, the rest of a namespace.

use super::{
    AckFailure, Core, Millis, Notice, NsId, State, earlier,
    namespace::{PendingAck, Stage},
    outbox::{Outgoing, Role},
};

impl Core {
    /// Acks that are overdue, events that are stale, namespaces that have rested.
    pub(super) fn expire(&mut self) {
        if self.next_expiry.is_none_or(|at| at > self.wire.now) {
            return;
        }
        self.next_expiry = None;
        for at in 0..self.namespaces.len() {
            self.expire_in(NsId(at));
        }
    }

    pub(super) fn expire_in(&mut self, ns: NsId) {
        let now = self.wire.now;
        let open = matches!(self.state(), State::Open { .. });
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        if let Stage::Resting { until } = namespace.stage
            && until <= now
        {
            namespace.stage = Stage::Waiting;
        }
        let late = |at: Option<Millis>| at.is_some_and(|at| at <= now);
        let mut next: Option<Millis> = None;
        let mut overdue = Vec::new();
        namespace.acks.retain(|ack| {
            if late(ack.deadline) {
                overdue.push(PendingAck { id: ack.id, token: ack.token, deadline: None });
                return false;
            }
            next = earlier(next, ack.deadline);
            true
        });
        let mut stale = Vec::new();
        let held = &mut self.held;
        let mut keep = |event: &mut Outgoing| {
            let Role::Event { ack, expires } = event.role else {
                return true;
            };
            if event.ns != ns {
                return true;
            }
            let is_overdue = |id| overdue.binary_search_by_key(&id, |late| late.id).is_ok();
            let unwanted = ack.is_some_and(is_overdue);
            if late(expires) || unwanted {
                held.remove(event.size());
                stale.extend(ack.filter(|_| !unwanted));
                return false;
            }
            next = earlier(next, expires);
            true
        };
        namespace.buffer.retain(&mut keep);
        self.outbox.retain(&mut keep);
        overdue.extend(stale.into_iter().filter_map(|id| namespace.take_ack(id)));
        let mut expired = Vec::new();
        namespace.queue.retain(&mut |queued| {
            if late(queued.expires) {
                held.remove(queued.size());
                expired.extend(queued.token);
                return false;
            }
            next = earlier(next, queued.expires);
            true
        });
        if let Stage::Resting { until } = namespace.stage {
            next = earlier(next, Some(until));
        }
        self.watch(next);
        for ack in overdue {
            self.ack_failed(ns, &ack, AckFailure::Timeout);
        }
        for token in expired {
            self.notices.push_back(Notice::Ack { token, result: Err(AckFailure::Timeout) });
        }
        if open {
            self.enter(ns);
        }
        self.drain_queue(ns);
    }

    pub(super) fn watch(&mut self, at: Option<Millis>) {
        self.next_expiry = earlier(self.next_expiry, at);
    }
}
