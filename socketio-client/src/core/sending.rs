//! Events out, answers both ways, and the retry queue.

use super::{
    AckFailure, AckToken, Core, EmitOptions, Millis, NEVER, Notice, NsId,
    namespace::PendingAck,
    outbox::{Held, Outgoing, Role},
};
use crate::codec::{Attachments, Kind, Packet, encode};

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
        attachments: Attachments,
        options: EmitOptions,
    ) -> Result<(), EmitError> {
        // The timers of a page in the background sleep; its emits are the first to know the time.
        self.tick(now);
        self.check_room(
            arguments.len() + attachments.iter().map(|bytes| bytes.len()).sum::<usize>(),
        )?;
        if self.drops(ns, options) {
            return Ok(());
        }
        if let Some((arguments, attachments)) = self.enqueue(ns, arguments, attachments, options) {
            self.send(ns, &arguments, attachments, options);
        }
        self.settle();
        Ok(())
    }

    fn send(&mut self, ns: NsId, arguments: &str, attachments: Attachments, options: EmitOptions) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        let expiry = options.expiry(self.wire.now);
        let timeout = options.timeout.or(self.config.ack_timeout);
        let mut deadline = NEVER;
        let ack = options.ack.map(|token| {
            deadline = timeout.map_or(NEVER, |timeout| self.wire.now.saturating_add(timeout));
            namespace.register_ack(Some(token), deadline)
        });
        let text = encode(Kind::Event, &namespace.name, ack, arguments, attachments.len());
        let event = Outgoing { ns, text, attachments, role: Role::Event { ack, expiry } };
        self.held.add(event.size());
        self.outbox.push(event);
        self.watch(deadline);
        self.watch(expiry.at());
    }

    /// Sets how long to wait for an ack that is pending.
    pub fn set_ack_timeout(&mut self, now: Millis, token: AckToken, timeout: Millis) {
        self.wire.now = self.wire.now.max(now);
        let deadline = self.wire.now.saturating_add(timeout);
        for namespace in &mut self.namespaces {
            let trying = namespace.retrying.set_timeout(token, timeout);
            for ack in namespace.acks.iter_mut().rev() {
                if ack.token == Some(token) || trying == Some(ack.id) {
                    ack.deadline = deadline;
                }
            }
        }
        self.watch(deadline);
    }

    /// Nobody waits for this ack any more.
    pub fn forget_ack(&mut self, token: AckToken) {
        for namespace in &mut self.namespaces {
            if let Some(at) = namespace.acks.iter().position(|ack| ack.token == Some(token)) {
                namespace.acks.remove(at);
            }
            namespace.retrying.forget(token);
        }
    }

    pub(super) fn check_room(&self, bytes: usize) -> Result<(), EmitError> {
        let Held { count, bytes: waiting } = self.held;
        if count >= self.config.max_buffered || waiting + bytes > self.config.max_buffered_bytes {
            return Err(EmitError::BufferFull { count, bytes: waiting });
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn acked(&mut self, ns: NsId, packet: Packet) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        let Some(ack) = packet.id.and_then(|id| namespace.take_ack(id)) else {
            return;
        };
        if let Some(token) = self.whose(ns, &ack, true) {
            self.notices.push(Notice::Ack { token, result: Ok(packet) });
        }
        self.drain_queue(ns);
    }

    pub(super) fn ack_failed(&mut self, ns: NsId, ack: &PendingAck, failure: AckFailure) {
        if let Some(token) = self.whose(ns, ack, false) {
            self.notices.push(Notice::Ack { token, result: Err(failure) });
        }
    }
}
