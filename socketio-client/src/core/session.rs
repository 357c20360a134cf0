//! A namespace's time on a connection: entered, refused, left, put out.
//!
//! What is `inline(never)` here is called once; folded into its caller, it makes a page half a kilobyte larger.

use std::sync::Arc;

use super::{
    AckFailure, Change, Core, NEVER, Notice, NsId, Reason,
    connection::Connection,
    early::Early,
    namespace::{PendingAck, Stage},
    outbox::{Outgoing, Role, sift},
    patience,
};
use crate::codec::{Attachments, Kind, OTHER_VERSION, Packet, ParseError, encode, json};

impl Core {
    pub(super) fn enter(&mut self, ns: NsId) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        if namespace.stage != Stage::Waiting {
            return;
        }
        self.present(ns);
    }

    pub(super) fn send_connect(&mut self, ns: NsId, auth: &str) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        namespace.stage = Stage::Connecting;
        let payload = namespace.recovery.connect_payload(auth);
        self.say(ns, Kind::Connect, &payload, Role::Control);
    }

    #[inline(never)]
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
    #[inline(never)]
    pub(super) fn packet(&mut self, packet: Packet) -> bool {
        let Some(at) = self.namespaces.iter().position(|ns| *ns.name == *packet.namespace) else {
            return true;
        };
        let ns = NsId(at);
        let Some(namespace) = self.namespaces.get_mut(at) else {
            return true;
        };
        match (packet.kind, namespace.stage) {
            (Kind::Connect, Stage::Connecting) => self.connected(ns, &packet),
            (Kind::Connect, Stage::Leaving | Stage::Returning) => {
                self.say(ns, Kind::Disconnect, "", Role::Control);
                self.left(ns);
            }
            (Kind::ConnectError, Stage::Connecting) => self.refused(ns, &packet),
            (Kind::ConnectError | Kind::Disconnect, Stage::Leaving | Stage::Returning) => {
                self.left(ns);
            }
            (Kind::Disconnect, Stage::Connecting) => {
                self.refuse(ns, Reason::ServerDisconnect.as_str().into(), None);
            }
            (Kind::Disconnect, Stage::Connected) => {
                namespace.stage = Stage::Idle;
                self.end_session(ns, Some(Reason::ServerDisconnect));
                self.close_if_unused();
            }
            (Kind::Event, Stage::Connected) => self.event(ns, packet),
            (Kind::Event, Stage::Connecting) => {
                return namespace.early.keep(packet);
            }
            (Kind::Ack, Stage::Connected) => self.acked(ns, packet),
            _ => {}
        }
        true
    }

    /// Sends a packet of the protocol's own.
    fn say(&mut self, ns: NsId, kind: Kind, payload: &str, role: Role) {
        if let Some(namespace) = self.namespaces.get(ns.0) {
            let text = encode(kind, &namespace.name, None, payload, 0);
            self.outbox.push(Outgoing { ns, text, attachments: Attachments::default(), role });
        }
    }

    #[inline(never)]
    pub(super) fn connected(&mut self, ns: NsId, packet: &Packet) {
        let sid = json::member(&packet.payload, "sid").and_then(json::string);
        let Some(id) = sid.map(Arc::from) else {
            return self.refuse(ns, OTHER_VERSION.into(), None);
        };
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        let recovered = namespace.recovery.connected(&packet.payload);
        namespace.stage = Stage::Connected;
        namespace.id = Some(Arc::clone(&id));
        namespace.recovered = recovered;
        let early = std::mem::take(&mut namespace.early);
        let change = Change::Connect { namespace: namespace.name.clone(), id, recovered };
        self.tell(change);
        for packet in early {
            self.event(ns, packet);
        }
        self.drain_queue(ns);
    }

    /// What it was left for while the CONNECT was on its way is over.
    fn left(&mut self, ns: NsId) {
        if let Some(namespace) = self.namespaces.get_mut(ns.0) {
            let again = namespace.stage == Stage::Returning;
            namespace.stage = if again { Stage::Waiting } else { Stage::Idle };
        }
        self.enter(ns);
    }

    #[inline(never)]
    pub(super) fn refused(&mut self, ns: NsId, packet: &Packet) {
        let message = json::string(&packet.payload)
            .or_else(|| json::member(&packet.payload, "message").and_then(json::string))
            .unwrap_or_default();
        // Whom nothing but the message concerns can do without.
        let data = if cfg!(any(feature = "story", feature = "patience")) {
            json::member(&packet.payload, "data").map(String::from)
        } else {
            None
        };
        self.refuse(ns, message, data);
    }

    #[inline(never)]
    pub(super) fn refuse(&mut self, ns: NsId, message: String, data: Option<String>) {
        let rest = patience::of_refusal(data.as_deref());
        let rest = rest.map(|wait| self.wire.now.saturating_add(patience::millis(wait)));
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        namespace.stage = if rest.is_some() { Stage::Resting } else { Stage::Idle };
        namespace.until = rest.unwrap_or(NEVER);
        namespace.early = Early::default();
        let change = Change::ConnectError {
            namespace: namespace.name.clone(),
            message: message.into(),
            data: data.map(Arc::from),
            refused: rest.is_none(),
        };
        self.watch(rest.unwrap_or(NEVER));
        self.tell(change);
        self.close_if_unused();
    }

    #[inline(never)]
    pub(super) fn event(&mut self, ns: NsId, packet: Packet) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        namespace.recovery.heard(&packet.payload);
        let reply = namespace.reply_to(ns, packet.id);
        self.notices.push(Notice::Event { ns, packet, reply });
    }

    pub(super) fn leave(&mut self, ns: NsId) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        match namespace.stage {
            Stage::Connected => {
                namespace.stage = Stage::Idle;
                namespace.recovery.forget();
                self.say(ns, Kind::Disconnect, "", Role::Farewell);
                self.disown(ns);
                self.end_session(ns, Some(Reason::ClientDisconnect));
            }
            Stage::Connecting | Stage::Returning => namespace.stage = Stage::Leaving,
            Stage::Leaving => {}
            _ => namespace.stage = Stage::Idle,
        }
    }

    /// What a namespace said before it left still leaves.
    pub(super) fn disown(&mut self, ns: NsId) {
        for packet in self.outbox.iter_mut().filter(|packet| packet.ns == ns) {
            if packet.is_event() {
                self.held.remove(packet.size());
                packet.role = Role::Control;
            }
            packet.ns = NsId(usize::MAX);
        }
    }

    /// What ends with a namespace's connection: acks under way fail; events that have not left stay.
    pub(super) fn end_session(&mut self, ns: NsId, reason: Option<Reason>) {
        sift(&mut self.outbox, &mut |packet| packet.ns != ns || packet.is_event());
        let mine = |packet: &Outgoing| if packet.ns == ns { packet.ack() } else { None };
        // They wait in the order of their ids.
        let waiting = self.outbox.iter().find_map(mine).unwrap_or(u64::MAX);
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        namespace.early = Early::default();
        namespace.epoch.end();
        if let Some(reason) = reason {
            let namespace = namespace.name.clone();
            self.tell(Change::Disconnect { namespace, reason });
        }
        // One that nobody waits for belongs to a try, which is over.
        let over = |ack: &PendingAck| ack.id < waiting || ack.token.is_none();
        while let Some(namespace) = self.namespaces.get_mut(ns.0)
            && let Some(at) = namespace.acks.iter().position(over)
        {
            let ack = namespace.acks.remove(at);
            self.ack_failed(ns, &ack, AckFailure::Disconnected);
        }
    }
}
