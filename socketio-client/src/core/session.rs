//! A namespace's time on a connection: entered, refused, left, put out.

use std::sync::Arc;

use super::{
    AckFailure, Auth, Change, Core, Millis, Notice, NsId, Reason, ReplyTo,
    connection::Connection,
    namespace::Stage,
    outbox::{Outgoing, Role},
};
use crate::codec::{Kind, Packet, ParseError, encode, json};

/// How much may come for a namespace before its CONNECT is answered.
const MAX_EARLY: usize = 1000;

const V2: &str = "It seems you are trying to reach a Socket.IO server in v2.x with a v3.x client, but they are not compatible (more information here: https://socket.io/docs/v3/migrating-from-2-x-to-3-0/)";

impl Core {
    pub(super) fn enter(&mut self, ns: NsId) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        if namespace.stage != Stage::Waiting {
            return;
        }
        match &namespace.auth {
            Auth::None => self.send_connect(ns, ""),
            Auth::Value(auth) => {
                let auth = auth.clone();
                self.send_connect(ns, &auth);
            }
            Auth::Ask => {
                namespace.stage = Stage::Asking;
                self.notices.push_back(Notice::AskAuth { ns });
            }
        }
    }

    pub(super) fn send_connect(&mut self, ns: NsId, auth: &str) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        namespace.stage = Stage::Connecting;
        let payload = namespace.connect_payload(auth);
        let text = encode(Kind::Connect, &namespace.name, None, &payload, 0);
        self.outbox.push_back(Outgoing { ns, text, attachments: Vec::new(), role: Role::Control });
    }

    pub(super) fn decoded(&mut self, packet: Result<Option<Packet>, ParseError>) {
        let fine = match packet {
            Ok(Some(packet)) => self.packet(packet),
            Ok(None) => true,
            Err(_) => false,
        };
        if !fine && let Connection::Engine { engine, .. } = &mut self.connection {
            engine.cut(&mut self.wire);
            self.lost(Reason::ParseError);
        }
    }

    /// Takes a packet; `false` when it breaks the protocol.
    pub(super) fn packet(&mut self, packet: Packet) -> bool {
        let Some(at) = self.namespaces.iter().position(|ns| *ns.name == *packet.namespace) else {
            return true;
        };
        let ns = NsId(at);
        let Some(namespace) = self.namespaces.get_mut(at) else {
            return true;
        };
        match (packet.kind, &namespace.stage) {
            (Kind::Connect, Stage::Connecting) => self.connected(ns, &packet),
            (Kind::Connect, Stage::Leaving { .. }) => self.connected_too_late(ns),
            (Kind::ConnectError, Stage::Connecting) => self.refused(ns, &packet),
            (Kind::ConnectError | Kind::Disconnect, &Stage::Leaving { again }) => {
                namespace.stage = if again { Stage::Waiting } else { Stage::Idle };
                self.enter(ns);
            }
            (Kind::Disconnect, Stage::Connecting) => {
                self.refuse(ns, Reason::ServerDisconnect.as_str().into(), None);
            }
            (Kind::Disconnect, Stage::Connected { .. }) => {
                namespace.stage = Stage::Idle;
                self.end_session(ns, Some(Reason::ServerDisconnect));
                self.close_if_unused();
            }
            (Kind::Event, Stage::Connected { .. }) => self.event(ns, packet),
            (Kind::Event, Stage::Connecting) => {
                namespace.early.push(packet);
                return namespace.early.len() <= MAX_EARLY;
            }
            (Kind::Ack, Stage::Connected { .. }) => self.acked(ns, packet),
            _ => {}
        }
        true
    }

    pub(super) fn connected(&mut self, ns: NsId, packet: &Packet) {
        let member = |name| json::member(&packet.payload, name).and_then(json::string);
        let Some(id) = member("sid").map(Arc::from) else {
            return self.refuse(ns, V2.into(), None);
        };
        let pid = member("pid");
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        let recovered = pid.is_some() && namespace.pid == pid;
        if !recovered {
            namespace.offset = None;
        }
        namespace.pid = pid;
        namespace.stage = Stage::Connected { id: Arc::clone(&id), recovered };
        let early = std::mem::take(&mut namespace.early);
        while let Some(event) = namespace.buffer.pop_front() {
            self.outbox.push_back(event);
        }
        let change = Change::Connect { namespace: namespace.name.clone(), id, recovered };
        self.tell(change);
        for packet in early {
            self.event(ns, packet);
        }
        self.drain_queue(ns);
    }

    /// It was left while the CONNECT was on its way.
    pub(super) fn connected_too_late(&mut self, ns: NsId) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        let again = namespace.stage == Stage::Leaving { again: true };
        namespace.stage = if again { Stage::Waiting } else { Stage::Idle };
        let text = encode(Kind::Disconnect, &namespace.name, None, "", 0);
        self.outbox.push_back(Outgoing { ns, text, attachments: Vec::new(), role: Role::Control });
        self.enter(ns);
    }

    pub(super) fn refused(&mut self, ns: NsId, packet: &Packet) {
        let message = json::string(&packet.payload)
            .or_else(|| json::member(&packet.payload, "message").and_then(json::string))
            .unwrap_or_default();
        let data = json::member(&packet.payload, "data").map(String::from);
        self.refuse(ns, message, data);
    }

    pub(super) fn refuse(&mut self, ns: NsId, message: String, data: Option<String>) {
        let rest = data
            .as_deref()
            .and_then(|data| json::natural(json::member(data, "retryAfter")?.as_bytes()))
            .map(|delay| self.wire.now.saturating_add(delay.min(3_600_000)));
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        namespace.stage = rest.map_or(Stage::Idle, |until| Stage::Resting { until });
        namespace.early.clear();
        let change = Change::ConnectError {
            namespace: namespace.name.clone(),
            message: message.into(),
            data: data.map(Arc::from),
            refused: rest.is_none(),
        };
        self.watch(rest);
        self.tell(change);
        self.close_if_unused();
    }

    pub(super) fn event(&mut self, ns: NsId, packet: Packet) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        if namespace.pid.is_some()
            && let Some(offset) = json::elements(&packet.payload).last().and_then(json::string)
        {
            namespace.offset = Some(offset);
        }
        let epoch = namespace.epoch;
        let reply = packet.id.map(|id| ReplyTo { ns, epoch, id });
        self.notices.push_back(Notice::Event { ns, packet, reply });
    }

    pub(super) fn leave(&mut self, ns: NsId) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        match namespace.stage {
            Stage::Connected { .. } => {
                namespace.stage = Stage::Idle;
                namespace.pid = None;
                namespace.offset = None;
                let text = encode(Kind::Disconnect, &namespace.name, None, "", 0);
                self.disown(ns);
                let role = Role::Farewell;
                let ns_over = NsId(usize::MAX);
                self.outbox.push_back(Outgoing {
                    ns: ns_over,
                    text,
                    attachments: Vec::new(),
                    role,
                });
                self.end_session(ns, Some(Reason::ClientDisconnect));
            }
            Stage::Connecting | Stage::Leaving { .. } => {
                namespace.stage = Stage::Leaving { again: false };
            }
            _ => namespace.stage = Stage::Idle,
        }
    }

    /// What a namespace said before it left still leaves: it is not to be reclaimed.
    pub(super) fn disown(&mut self, ns: NsId) {
        for packet in self.outbox.iter_mut().filter(|packet| packet.ns == ns) {
            if packet.is_event() {
                self.held.remove(packet.size());
            }
            packet.role = Role::Control;
            packet.ns = NsId(usize::MAX);
        }
    }

    /// What ends with a namespace's connection: acks under way fail, unsent events wait again.
    pub(super) fn end_session(&mut self, ns: NsId, reason: Option<Reason>) {
        self.reclaim(ns);
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        namespace.early.clear();
        namespace.epoch = namespace.epoch.wrapping_add(1);
        let orphans = namespace.orphans();
        if let Some(reason) = reason {
            let namespace = namespace.name.clone();
            self.tell(Change::Disconnect { namespace, reason });
        }
        for ack in orphans {
            self.ack_failed(ns, &ack, AckFailure::Disconnected);
        }
    }

    /// Takes a namespace's packets out of the outbox; events go back to the head of its buffer.
    pub(super) fn reclaim(&mut self, ns: NsId) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        let mut outbox = std::mem::take(&mut self.outbox);
        let mut mine = Vec::new();
        while let Some(packet) = outbox.pop_front() {
            if packet.ns != ns {
                self.outbox.push_back(packet);
            } else if packet.is_event() {
                mine.push(packet);
            }
        }
        while let Some(event) = mine.pop() {
            namespace.buffer.push_front(event);
        }
    }

    /// Gives the auth that [`Notice::AskAuth`] asked for: a JSON object as text, or nothing.
    pub fn provide_auth(&mut self, now: Millis, ns: NsId, auth: &str) {
        self.wire.now = self.wire.now.max(now);
        if let Some(namespace) = self.namespaces.get_mut(ns.0)
            && namespace.stage == Stage::Asking
        {
            self.send_connect(ns, auth);
            self.settle();
        }
    }
}
