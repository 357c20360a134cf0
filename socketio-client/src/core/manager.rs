//! One connection at a time: opened, lost, opened again.
//!
//! What is `inline(never)` here is called once; folded into its caller, it makes a page half a kilobyte larger.

use std::{sync::Arc, time::Duration};

use super::{
    Change, Core, Notice, NsId, Reason, Wait,
    connection::Connection,
    early::Early,
    engine::{Engine, Event},
    namespace::{Namespace, Stage},
    outbox::{Role, sift},
    patience,
};
use crate::codec::Decoder;

impl Core {
    pub(super) fn open(&mut self, attempt: u32) {
        self.set_order();
        self.decoder = Decoder::default();
        let engine = Engine::open(&mut self.wire, self.config.upgrade);
        self.connection = Connection::Engine { engine, attempt };
    }

    pub(super) fn attempt(&mut self) {
        if let Connection::Waiting { attempt, delay, .. } = self.connection {
            self.narrate(|| Change::ReconnectAttempt {
                attempt,
                delay: Duration::from_millis(delay),
            });
            self.open(attempt);
        }
    }

    /// Sees to everything that one input may have set off.
    pub(super) fn settle(&mut self) {
        if let Connection::Engine { engine, .. } = &mut self.connection {
            for event in std::mem::take(&mut engine.events) {
                // What comes after the end of a connection is for nobody.
                if let Connection::Engine { .. } = self.connection {
                    self.engine_event(event);
                }
            }
        }
        self.flush();
        self.closing.sweep();
    }

    pub(super) fn engine_event(&mut self, event: Event) {
        match event {
            Event::Open { sid } => self.opened(sid),
            Event::Upgrade => self.narrate(|| Change::Upgrade),
            Event::Message(text) => {
                let packet = self.decoder.text(text);
                self.decoded(packet);
            }
            Event::Binary(bytes) => {
                let packet = self.decoder.binary(bytes);
                self.decoded(packet);
            }
            Event::Failed { message, retry_after } => self.failed(&message, retry_after),
            Event::Closed(reason) => self.lost(reason),
        }
    }

    #[inline(never)]
    pub(super) fn opened(&mut self, sid: String) {
        let Connection::Engine { engine, attempt } = &self.connection else {
            return;
        };
        let (transport, attempt) = (engine.transport, *attempt);
        let fell_back = engine.fell_back();
        self.prefer(transport, fell_back);
        self.backoff.reset();
        self.trouble = None;
        self.narrate(|| Change::Open { transport, sid: sid.into() });
        if attempt > 0 {
            self.narrate(|| Change::Reconnect { attempt });
        }
        for at in 0..self.namespaces.len() {
            self.enter(NsId(at));
        }
    }

    #[inline(never)]
    pub(super) fn failed(&mut self, message: &str, retry_after: Option<Wait>) {
        let Connection::Engine { attempt, .. } = self.connection else {
            return;
        };
        let message: Arc<str> = message.into();
        self.trouble = Some(message.clone());
        for namespace in self.namespaces.iter().filter(|ns| ns.active()) {
            self.notices.push(Notice::Change(Change::ConnectError {
                namespace: namespace.name.clone(),
                message: message.clone(),
                data: None,
                refused: false,
            }));
        }
        if attempt > 0 {
            self.narrate(|| Change::ReconnectError { message });
        }
        self.backoff.not_before(retry_after);
        self.wait_or_rest();
    }

    pub(super) fn lost(&mut self, reason: Reason) {
        for at in 0..self.namespaces.len() {
            let ns = NsId(at);
            let Some(namespace) = self.namespaces.get_mut(at) else {
                continue;
            };
            let connected = namespace.connected();
            match namespace.stage {
                Stage::Idle | Stage::Leaving => namespace.stage = Stage::Idle,
                Stage::Resting => {}
                _ => namespace.stage = Stage::Waiting,
            }
            self.end_session(ns, connected.then_some(reason));
        }
        sift(&mut self.outbox, &mut |packet| packet.is_event());
        self.trouble = Some(reason.as_str().into());
        self.narrate(|| Change::Close { reason });
        self.wait_or_rest();
    }

    pub(super) fn wait_or_rest(&mut self) {
        let wanted = self.namespaces.iter().any(Namespace::active);
        let exhausted = wanted && patience::is_exhausted(&self.config, self.backoff.attempts);
        self.connection = Connection::None { gave_up: exhausted };
        if !wanted || !self.config.reconnection {
            return;
        }
        if exhausted {
            self.backoff.reset();
            self.narrate(|| Change::ReconnectFailed);
            return;
        }
        let delay = self.backoff.next(&self.config);
        let attempt = self.backoff.attempts;
        self.connection =
            Connection::Waiting { until: self.wire.now.saturating_add(delay), attempt, delay };
        self.narrate(|| Change::Waiting { attempt, delay: Duration::from_millis(delay) });
    }

    pub(super) fn close_if_unused(&mut self) {
        if self.namespaces.iter().any(Namespace::active) {
            return;
        }
        for namespace in &mut self.namespaces {
            namespace.stage = Stage::Idle;
            namespace.early = Early::default();
        }
        self.backoff.reset();
        match &mut self.connection {
            Connection::None { .. } => {
                self.connection = Connection::None { gave_up: false };
                return;
            }
            Connection::Waiting { .. } => {}
            Connection::Engine { engine, .. } => {
                let mut farewell = Vec::new();
                for packet in &mut self.outbox {
                    packet.push_frames(match packet.role {
                        Role::Event { .. } => continue,
                        Role::Farewell => &mut farewell,
                        Role::Control => &mut engine.pending,
                    });
                }
                engine.close(&mut self.wire, farewell);
            }
        }
        self.retire();
        sift(&mut self.outbox, &mut |packet| packet.is_event());
        self.narrate(|| Change::Close { reason: Reason::ForcedClose });
    }

    /// Hands over what the transport takes.
    pub(super) fn flush(&mut self) {
        let Connection::Engine { engine, .. } = &mut self.connection else {
            return;
        };
        while engine.writable() {
            let mut room = engine.batch();
            let mut full = false;
            let connected = |ns: NsId| self.namespaces.get(ns.0).is_some_and(Namespace::connected);
            sift(&mut self.outbox, &mut |packet| {
                if full || packet.is_event() && !connected(packet.ns) {
                    return true;
                }
                let len = packet.polling_len();
                full = len > room && !engine.pending.is_empty();
                if full {
                    return true;
                }
                room = room.saturating_sub(len);
                if packet.is_event() {
                    self.held.remove(packet.size());
                }
                packet.push_frames(&mut engine.pending);
                false
            });
            if engine.pending.is_empty() {
                return;
            }
            engine.write(&mut self.wire);
        }
    }
}
