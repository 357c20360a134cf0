//! Events that are dropped when they are late, and events that are sent until they are answered. Without the
//! feature `delivery`, `without/delivery.rs` stands here.

use std::collections::VecDeque;

use super::{
    AckFailure, AckToken, Core, Millis, NEVER, Notice, NsId,
    connection::Connection,
    namespace::PendingAck,
    outbox::{Outgoing, Role, sift},
};
use crate::codec::{Attachments, Kind, encode};

/// How one event is to be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EmitOptions {
    /// Wants an answer, under this name.
    pub ack: Option<AckToken>,
    /// How long to wait for it.
    pub timeout: Option<Millis>,
    /// Better never than late: dropped unless it can leave at once.
    pub volatile: bool,
    /// Dropped when it still waits after this time.
    pub expires: Option<Millis>,
}

impl EmitOptions {
    pub(super) fn expiry(&self, now: Millis) -> Expiry {
        Expiry(self.expires.map_or(NEVER, |time| now.saturating_add(time)))
    }
}

/// When an event has waited too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expiry(Millis);

impl Expiry {
    pub(super) fn at(self) -> Millis {
        self.0
    }

    pub(super) fn late(self, now: Millis) -> bool {
        self.0 <= now
    }
}

/// An event that is sent until it is answered.
#[derive(Debug)]
struct Queued {
    payload: String,
    attachments: Attachments,
    token: Option<AckToken>,
    timeout: Option<Millis>,
    expiry: Expiry,
    tries: u32,
    /// The ack of the try that is under way.
    trying: Option<u64>,
}

impl Queued {
    fn size(&self) -> usize {
        self.payload.len() + self.attachments.iter().map(|bytes| bytes.len()).sum::<usize>()
    }
}

/// A namespace's events of that kind.
#[derive(Debug, Default)]
pub(super) struct Retrying(VecDeque<Queued>);

impl Retrying {
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn set_timeout(&mut self, token: AckToken, timeout: Millis) -> Option<u64> {
        let queued = self.0.iter_mut().find(|queued| queued.token == Some(token))?;
        queued.timeout = Some(timeout);
        queued.trying
    }

    pub(super) fn forget(&mut self, token: AckToken) {
        for queued in self.0.iter_mut().filter(|queued| queued.token == Some(token)) {
            queued.token = None;
        }
    }
}

impl Core {
    /// Whether this event may not wait but would have to.
    pub(super) fn drops(&mut self, ns: NsId, options: EmitOptions) -> bool {
        let ready = match &self.connection {
            Connection::Engine { engine, .. } => self.is_connected(ns) && engine.writable(),
            _ => false,
        };
        if !options.volatile || ready {
            return false;
        }
        if let Some(token) = options.ack {
            self.notices.push(Notice::Ack { token, result: Err(AckFailure::Disconnected) });
        }
        true
    }

    /// Takes an event that is to be sent again and again; gives back one that is not.
    pub(super) fn enqueue(
        &mut self,
        ns: NsId,
        payload: String,
        attachments: Attachments,
        options: EmitOptions,
    ) -> Option<(String, Attachments)> {
        if self.config.retries.is_none() || options.volatile {
            return Some((payload, attachments));
        }
        let timeout = options.timeout.or(self.config.ack_timeout);
        let expiry = options.expiry(self.wire.now);
        let token = options.ack;
        let queued =
            Queued { payload, attachments, token, timeout, expiry, tries: 0, trying: None };
        let namespace = self.namespaces.get_mut(ns.0)?;
        self.held.add(queued.size());
        namespace.retrying.0.push_back(queued);
        self.watch(expiry.at());
        self.drain_queue(ns);
        None
    }

    /// Sends the head of the retry queue, when nothing of it is under way.
    pub(super) fn drain_queue(&mut self, ns: NsId) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        let connected = namespace.connected();
        let Some(head) = namespace.retrying.0.front_mut() else {
            return;
        };
        if !connected || head.trying.is_some() {
            return;
        }
        let deadline = head.timeout.map_or(NEVER, |timeout| self.wire.now.saturating_add(timeout));
        let id = namespace.next_ack;
        head.tries = head.tries.saturating_add(1);
        head.trying = Some(id);
        // Once sent it may have arrived, and must arrive: it does not expire any more.
        head.expiry = Expiry(NEVER);
        let attachments = head.attachments.clone();
        let text = encode(Kind::Event, &namespace.name, Some(id), &head.payload, attachments.len());
        namespace.register_ack(None, deadline);
        // The queue keeps its own copy, so this one is of no use on another connection.
        self.outbox.push(Outgoing { ns, text, attachments, role: Role::Control });
        self.watch(deadline);
    }

    /// Drops the events that have waited too long; their acks fail as timeouts.
    pub(super) fn drop_stale(&mut self) {
        let (now, held) = (self.wire.now, &mut self.held);
        let mut next = NEVER;
        let mut stale = Vec::new();
        self.outbox.retain(|event| {
            let Role::Event { ack, expiry } = event.role else {
                return true;
            };
            if expiry.late(now) {
                held.remove(event.size());
                stale.extend(ack.map(|id| (event.ns, id)));
                return false;
            }
            next = next.min(expiry.at());
            true
        });
        self.watch(next);
        for (ns, id) in stale {
            let ack = self.namespaces.get_mut(ns.0).and_then(|namespace| namespace.take_ack(id));
            if let Some(ack) = ack {
                self.ack_failed(ns, &ack, AckFailure::Timeout);
            }
        }
    }

    /// An event whose answer nobody waits for any more need not leave.
    pub(super) fn withdraw(&mut self, ns: NsId, id: u64) {
        let held = &mut self.held;
        sift(&mut self.outbox, &mut |packet| {
            let late = packet.ns == ns && packet.ack() == Some(id);
            if late {
                held.remove(packet.size());
            }
            !late
        });
    }

    pub(super) fn expire_queue(&mut self, ns: NsId) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        let (now, held) = (self.wire.now, &mut self.held);
        let mut next = NEVER;
        let mut expired = Vec::new();
        namespace.retrying.0.retain_mut(|queued| {
            if queued.expiry.late(now) {
                held.remove(queued.size());
                expired.extend(queued.token);
                return false;
            }
            next = next.min(queued.expiry.at());
            true
        });
        self.watch(next);
        for token in expired {
            self.notices.push(Notice::Ack { token, result: Err(AckFailure::Timeout) });
        }
    }

    /// Who is to hear how this ack ended: nobody, as long as its event is tried again.
    pub(super) fn whose(&mut self, ns: NsId, ack: &PendingAck, answered: bool) -> Option<AckToken> {
        let most = self.config.retries.map_or(0, |retries| retries.times);
        let queue = &mut self.namespaces.get_mut(ns.0)?.retrying.0;
        let Some(head) = queue.front_mut().filter(|head| head.trying == Some(ack.id)) else {
            return ack.token;
        };
        head.trying = None;
        if !answered && head.tries <= most {
            return ack.token;
        }
        let queued = queue.pop_front()?;
        self.held.remove(queued.size());
        queued.token
    }
}
