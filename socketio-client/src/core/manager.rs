//! One connection at a time: opened, lost, opened again.

use std::{sync::Arc, time::Duration};

use super::{
    Change, Core, Millis, Notice, NsId, Queue, Reason, Transport,
    connection::Connection,
    engine::{Engine, Event, Phase},
    namespace::{Namespace, Stage},
    outbox::Role,
};
use crate::codec::Decoder;

impl Core {
    pub(super) fn open(&mut self, attempt: u32) {
        let order = self.order();
        self.decoder = Decoder::default();
        let engine = Engine::open(&mut self.wire, &order, self.config.upgrade);
        self.connection = Connection::Engine { engine, attempt };
    }

    pub(super) fn attempt(&mut self) {
        if let Connection::Waiting { attempt, delay, .. } = self.connection {
            let delay = Duration::from_millis(delay);
            self.tell(Change::ReconnectAttempt { attempt, delay });
            self.open(attempt);
        }
    }

    /// Sees to everything that one input may have set off.
    pub(super) fn settle(&mut self) {
        while let Connection::Engine { engine, .. } = &mut self.connection {
            let Some(event) = engine.events.pop_front() else {
                break;
            };
            self.engine_event(event);
        }
        self.flush();
        self.closing.retain(|engine| engine.phase != Phase::Closed);
    }

    pub(super) fn engine_event(&mut self, event: Event) {
        match event {
            Event::Open { sid } => self.opened(sid),
            Event::Upgrade => self.tell(Change::Upgrade),
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

    pub(super) fn opened(&mut self, sid: String) {
        let Connection::Engine { engine, attempt } = &self.connection else {
            return;
        };
        let (transport, attempt) = (engine.transport, *attempt);
        if self.config.transports.first() == Some(&Transport::WebSocket) {
            self.prefer_polling =
                transport == Transport::Polling && (engine.fell_back() || self.prefer_polling);
        }
        self.backoff.reset();
        self.trouble = None;
        self.tell(Change::Open { transport, sid: sid.into() });
        if attempt > 0 {
            self.tell(Change::Reconnect { attempt });
        }
        for at in 0..self.namespaces.len() {
            self.enter(NsId(at));
        }
    }

    pub(super) fn failed(&mut self, message: &str, retry_after: Option<Millis>) {
        let Connection::Engine { attempt, .. } = self.connection else {
            return;
        };
        let message: Arc<str> = message.into();
        self.trouble = Some(message.clone());
        for namespace in self.namespaces.iter().filter(|ns| ns.active()) {
            self.notices.push_back(Notice::Change(Change::ConnectError {
                namespace: namespace.name.clone(),
                message: message.clone(),
                data: None,
                refused: false,
            }));
        }
        if attempt > 0 {
            self.tell(Change::ReconnectError { message });
        }
        if let Some(delay) = retry_after {
            self.backoff.not_before(delay);
        }
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
                Stage::Idle | Stage::Leaving { again: false } => namespace.stage = Stage::Idle,
                Stage::Resting { .. } => {}
                _ => namespace.stage = Stage::Waiting,
            }
            self.end_session(ns, connected.then_some(reason));
        }
        self.outbox.clear();
        self.trouble = Some(reason.as_str().into());
        self.tell(Change::Close { reason });
        self.wait_or_rest();
    }

    pub(super) fn wait_or_rest(&mut self) {
        let wanted = self.namespaces.iter().any(Namespace::active);
        let exhausted = self.config.attempts.is_some_and(|most| self.backoff.attempts >= most);
        self.connection = Connection::None { gave_up: wanted && exhausted };
        if !wanted || !self.config.reconnection {
            return;
        }
        if exhausted {
            self.backoff.reset();
            self.tell(Change::ReconnectFailed);
            return;
        }
        let delay = self.backoff.next(&self.config);
        let attempt = self.backoff.attempts;
        self.connection =
            Connection::Waiting { until: self.wire.now.saturating_add(delay), attempt, delay };
        self.tell(Change::Waiting { attempt, delay: Duration::from_millis(delay) });
    }

    pub(super) fn close_if_unused(&mut self) {
        if self.namespaces.iter().any(Namespace::active) {
            return;
        }
        for namespace in &mut self.namespaces {
            namespace.stage = Stage::Idle;
            namespace.early.clear();
        }
        let connection =
            std::mem::replace(&mut self.connection, Connection::None { gave_up: false });
        self.backoff.reset();
        match connection {
            Connection::None { .. } => return,
            Connection::Waiting { .. } => {}
            Connection::Engine { mut engine, .. } => {
                let mut farewell = Queue::default();
                while let Some(packet) = self.outbox.pop_front() {
                    let last = packet.role == Role::Farewell;
                    packet.push_frames(if last { &mut farewell } else { engine.pending() });
                }
                engine.close(&mut self.wire, farewell.into_vec());
                self.closing.push(engine);
            }
        }
        self.outbox.clear();
        self.tell(Change::Close { reason: Reason::ForcedClose });
    }

    pub(super) fn order(&self) -> Vec<Transport> {
        let mut order = self.config.transports.clone();
        if self.prefer_polling && order.last() == Some(&Transport::Polling) {
            order.reverse();
        }
        order
    }

    pub(super) fn writable(&self) -> bool {
        match &self.connection {
            Connection::Engine { engine, .. } => self.outbox.is_empty() && engine.writable(),
            _ => false,
        }
    }

    /// Hands over what the transport takes.
    pub(super) fn flush(&mut self) {
        let Connection::Engine { engine, .. } = &mut self.connection else {
            return;
        };
        while !self.outbox.is_empty() && engine.writable() {
            let mut room = engine.batch();
            while let Some(packet) = self.outbox.pop_front() {
                let event = packet.is_event();
                let size = packet.size();
                if packet.expired(self.wire.now) {
                    self.held.remove(size);
                    continue;
                }
                let len = packet.polling_len();
                if len > room && !engine.pending().is_empty() {
                    self.outbox.push_front(packet);
                    break;
                }
                room = room.saturating_sub(len);
                if event {
                    self.held.remove(size);
                }
                packet.push_frames(engine.pending());
            }
            engine.write(&mut self.wire);
        }
    }
}
