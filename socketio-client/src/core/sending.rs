//! Events out, answers both ways, and the retry queue.

use super::{
    AckFailure, AckToken, Core, Millis, Notice, NsId, ReplyTo,
    namespace::{PendingAck, Queued},
    outbox::{Held, Outgoing, Role},
};
use crate::codec::{Binary, Kind, Packet, encode};

/// Why an event was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmitError {
    /// The name belongs to the library.
    #[error("`{0}` is a reserved event name: choose another")]
    Reserved(String),
    /// Too much waits already.
    #[error("the buffer is full: {count} events, {bytes} bytes wait for the server")]
    BufferFull {
        /// Events that wait.
        count: usize,
        /// Their size.
        bytes: usize,
    },
    /// The arguments cannot be written as JSON.
    #[error("the arguments cannot be serialised: {0}")]
    Serialize(#[from] serde_json::Error),
}

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

impl Core {
    /// Sends an event: `arguments` is a JSON array, the name first.
    ///
    /// # Errors
    /// When the name is reserved or too much waits already.
    pub fn emit(
        &mut self,
        now: Millis,
        ns: NsId,
        arguments: String,
        attachments: Vec<Binary>,
        options: EmitOptions,
    ) -> Result<(), EmitError> {
        // The timers of a page in the background sleep; its emits are the first to know the time.
        self.tick(now);
        self.check_room(
            arguments.len() + attachments.iter().map(|bytes| bytes.len()).sum::<usize>(),
        )?;
        let writable = self.writable();
        let retries = self.config.retries.is_some();
        let ack_timeout = self.config.ack_timeout;
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return Ok(());
        };
        if options.volatile && !(writable && namespace.connected()) {
            if let Some(token) = options.ack {
                self.notices
                    .push_back(Notice::Ack { token, result: Err(AckFailure::Disconnected) });
            }
            return Ok(());
        }
        let timeout = options.timeout.or(ack_timeout);
        let after = |time: Option<Millis>| time.map(|time| self.wire.now.saturating_add(time));
        let expires = after(options.expires);
        if retries && !options.volatile {
            let token = options.ack;
            let queued = Queued {
                payload: arguments,
                attachments,
                token,
                timeout,
                expires,
                tries: 0,
                trying: None,
            };
            self.held.add(queued.size());
            namespace.queue.push_back(queued);
            self.watch(expires);
            self.drain_queue(ns);
        } else {
            let deadline = after(timeout).filter(|_| options.ack.is_some());
            let ack = options.ack.map(|token| namespace.register_ack(Some(token), deadline));
            let text = encode(Kind::Event, &namespace.name, ack, &arguments, attachments.len());
            let event = Outgoing { ns, text, attachments, role: Role::Event { ack, expires } };
            self.held.add(event.size());
            if namespace.connected() {
                self.outbox.push_back(event);
            } else {
                namespace.buffer.push_back(event);
            }
            self.watch(deadline);
            self.watch(expires);
        }
        self.settle();
        Ok(())
    }

    /// Sets how long to wait for an ack that is pending.
    pub fn set_ack_timeout(&mut self, now: Millis, token: AckToken, timeout: Millis) {
        self.wire.now = self.wire.now.max(now);
        let deadline = self.wire.now.saturating_add(timeout);
        for namespace in &mut self.namespaces {
            for queued in namespace.queue.iter_mut().filter(|queued| queued.token == Some(token)) {
                queued.timeout = Some(timeout);
                let trying = queued.trying;
                for ack in namespace.acks.iter_mut().filter(|ack| Some(ack.id) == trying) {
                    ack.deadline = Some(deadline);
                }
            }
            for ack in namespace.acks.iter_mut().rev().filter(|ack| ack.token == Some(token)) {
                ack.deadline = Some(deadline);
            }
        }
        self.watch(Some(deadline));
    }

    /// Nobody waits for this ack any more.
    pub fn forget_ack(&mut self, token: AckToken) {
        for namespace in &mut self.namespaces {
            namespace.acks.retain(|ack| ack.token != Some(token));
            for queued in namespace.queue.iter_mut().filter(|queued| queued.token == Some(token)) {
                queued.token = None;
            }
        }
    }

    /// Answers an event, unless the connection that brought it is gone.
    pub fn reply(&mut self, now: Millis, to: ReplyTo, arguments: &str, attachments: Vec<Binary>) {
        self.tick(now);
        let Some(namespace) = self.namespaces.get(to.ns.0) else {
            return;
        };
        if namespace.connected() && namespace.epoch == to.epoch {
            let text =
                encode(Kind::Ack, &namespace.name, Some(to.id), arguments, attachments.len());
            self.outbox.push_back(Outgoing { ns: to.ns, text, attachments, role: Role::Control });
            self.settle();
        }
    }

    pub(super) fn check_room(&self, bytes: usize) -> Result<(), EmitError> {
        let Held { count, bytes: waiting } = self.held;
        if count >= self.config.max_buffered || waiting + bytes > self.config.max_buffered_bytes {
            return Err(EmitError::BufferFull { count, bytes: waiting });
        }
        Ok(())
    }

    pub(super) fn acked(&mut self, ns: NsId, packet: Packet) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        let Some(ack) = packet.id.and_then(|id| namespace.take_ack(id)) else {
            return;
        };
        let mut token = ack.token;
        if namespace.queue.first_mut().is_some_and(|head| head.trying == Some(ack.id))
            && let Some(queued) = namespace.queue.pop_front()
        {
            self.held.remove(queued.size());
            token = queued.token;
        }
        if let Some(token) = token {
            self.notices.push_back(Notice::Ack { token, result: Ok(packet) });
        }
        self.drain_queue(ns);
    }

    pub(super) fn ack_failed(&mut self, ns: NsId, ack: &PendingAck, failure: AckFailure) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        let mut token = ack.token;
        if let Some(queued) = namespace.queue.first_mut()
            && queued.trying == Some(ack.id)
        {
            queued.trying = None;
            let most = self.config.retries.map_or(0, |retries| retries.times);
            if queued.tries > most {
                token = queued.token;
                let size = queued.size();
                self.held.remove(size);
                namespace.queue.pop_front();
            }
        }
        if let Some(token) = token {
            self.notices.push_back(Notice::Ack { token, result: Err(failure) });
        }
    }

    /// Sends the head of the retry queue, when nothing of it is under way.
    pub(super) fn drain_queue(&mut self, ns: NsId) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        let connected = namespace.connected();
        let Some(head) = namespace.queue.first_mut() else {
            return;
        };
        if !connected || head.trying.is_some() {
            return;
        }
        let deadline = head.timeout.map(|timeout| self.wire.now.saturating_add(timeout));
        let id = namespace.next_ack;
        head.tries = head.tries.saturating_add(1);
        head.trying = Some(id);
        // Once sent it may have arrived, and must arrive: it does not expire any more.
        head.expires = None;
        let attachments = head.attachments.clone();
        let text = encode(Kind::Event, &namespace.name, Some(id), &head.payload, attachments.len());
        namespace.register_ack(None, deadline);
        self.outbox.push_back(Outgoing { ns, text, attachments, role: Role::Queued });
        self.watch(deadline);
    }
}
