//! The manager: one connection at a time, and the namespaces on it.

use std::sync::Arc;

use super::{
    Action, Change, Config, Endpoint, Input, LinkId, Millis, NEVER, Notice, NsId, Reason, Status,
    Transport,
    backoff::Backoff,
    engine::{Engine, Phase, Wire},
    linger::Closing,
    namespace::{Namespace, Stage},
    outbox::{Held, Outgoing},
};
use crate::codec::Decoder;

/// How the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// There is none and none is wanted.
    Idle,
    /// An attempt is under way.
    Opening {
        /// Its number; 0 is the first, before anything failed.
        attempt: u32,
    },
    /// Open.
    Open {
        /// Over which transport.
        transport: Transport,
    },
    /// The next attempt comes later.
    Waiting {
        /// Its number.
        attempt: u32,
        /// The whole wait.
        delay: Millis,
        /// When it ends, on the driver's clock.
        until: Millis,
    },
    /// As many attempts as were allowed have failed.
    GaveUp,
}

#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one of it")]
pub(super) enum Connection {
    None { gave_up: bool },
    Engine { engine: Engine, attempt: u32 },
    Waiting { until: Millis, attempt: u32, delay: Millis },
}

/// The whole client, without I/O.
#[derive(Debug)]
pub struct Core {
    pub(super) config: Config,
    pub(super) wire: Wire,
    pub(super) connection: Connection,
    pub(super) closing: Closing,
    pub(super) namespaces: Vec<Namespace>,
    pub(super) outbox: Vec<Outgoing>,
    pub(super) decoder: Decoder,
    pub(super) backoff: Backoff,
    pub(super) held: Held,
    /// The WebSocket failed where polling did not: polling goes first from now on.
    pub(super) prefer_polling: bool,
    /// What failed last.
    pub(super) trouble: Option<Arc<str>>,
    /// Not before this is there anything to look for in acks and buffers.
    pub(super) next_expiry: Millis,
    pub(super) notices: Vec<Notice>,
}

impl Core {
    /// A client that does nothing yet.
    pub fn new(endpoint: Endpoint, config: Config) -> Self {
        let wire = Wire {
            now: 0,
            endpoint,
            actions: Vec::new(),
            last_link: 0,
            timeout: config.timeout,
            transports: config.transports.clone(),
        };
        Self {
            backoff: Backoff::new(config.seed),
            config,
            wire,
            connection: Connection::None { gave_up: false },
            closing: Closing::default(),
            namespaces: Vec::new(),
            outbox: Vec::new(),
            decoder: Decoder::default(),
            held: Held::default(),
            prefer_polling: false,
            trouble: None,
            next_expiry: NEVER,
            notices: Vec::new(),
        }
    }

    /// What to do next.
    pub fn poll_action(&mut self) -> Option<Action> {
        let actions = &mut self.wire.actions;
        if actions.is_empty() { None } else { Some(actions.remove(0)) }
    }

    /// All that is to do next.
    pub fn take_actions(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.wire.actions)
    }

    /// What failed last, as long as nothing is open.
    pub fn trouble(&self) -> Option<Arc<str>> {
        self.trouble.clone()
    }

    /// What to tell the user next.
    pub fn poll_notice(&mut self) -> Option<Notice> {
        if self.notices.is_empty() { None } else { Some(self.notices.remove(0)) }
    }

    /// All that the user is to be told next.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    /// When [`tick`](Self::tick) is due.
    pub fn next_wake(&self) -> Option<Millis> {
        Some(self.wake_at()).filter(|&at| at < NEVER)
    }

    pub(crate) fn wake_at(&self) -> Millis {
        let connection = match &self.connection {
            Connection::None { .. } => NEVER,
            Connection::Engine { engine, .. } => engine.next_wake(),
            Connection::Waiting { until, .. } => *until,
        };
        connection.min(self.next_expiry).min(self.closing.next_wake())
    }

    /// Lets time pass.
    pub fn tick(&mut self, now: Millis) {
        self.wire.now = self.wire.now.max(now);
        self.closing.tick(&mut self.wire);
        match &mut self.connection {
            Connection::Engine { engine, .. } => engine.tick(&mut self.wire),
            Connection::Waiting { until, .. } if *until <= self.wire.now => self.attempt(),
            _ => {}
        }
        self.expire();
        self.settle();
    }

    /// Takes what a transport says.
    pub fn handle(&mut self, now: Millis, link: LinkId, input: Input) {
        self.wire.now = self.wire.now.max(now);
        self.expire();
        let current = match &mut self.connection {
            Connection::Engine { engine, .. } if engine.owns(link) => Some(engine),
            _ => self.closing.owner(link),
        };
        if let Some(engine) = current {
            engine.handle(&mut self.wire, link, input);
            self.settle();
        }
    }

    /// How the connection stands.
    pub fn state(&self) -> State {
        match &self.connection {
            Connection::None { gave_up: true } => State::GaveUp,
            Connection::None { gave_up: false } => State::Idle,
            Connection::Engine { engine, .. } if engine.phase == Phase::Open => {
                State::Open { transport: engine.transport }
            }
            Connection::Engine { attempt, .. } => State::Opening { attempt: *attempt },
            Connection::Waiting { until, attempt, delay } => {
                State::Waiting { attempt: *attempt, delay: *delay, until: *until }
            }
        }
    }

    /// Whether nothing is open and nothing is left to say.
    pub fn is_quiet(&self) -> bool {
        matches!(self.connection, Connection::None { .. }) && self.closing.is_empty()
    }

    /// How many events wait for the transport, the retry queue included.
    pub fn buffered(&self) -> usize {
        self.held.count
    }

    /// Whether nothing waits that could leave: what namespaces hold that were left does not count.
    pub fn is_flushed(&self) -> bool {
        let wanted = |ns: NsId| self.namespaces.get(ns.0).is_none_or(Namespace::active);
        let waits = |ns: &Namespace| ns.active() && ns.retrying.count() > 0;
        !self.outbox.iter().any(|packet| wanted(packet.ns)) && !self.namespaces.iter().any(waits)
    }

    /// How many acks are still expected.
    pub fn pending_acks(&self) -> usize {
        self.namespaces.iter().map(|ns| ns.acks.len() + ns.retrying.count()).sum()
    }

    /// The namespace of this name, known from now on.
    pub fn namespace(&mut self, name: &str) -> NsId {
        let known = self.namespaces.iter().position(|ns| &*ns.name == name);
        NsId(known.unwrap_or_else(|| {
            self.namespaces.push(Namespace::new(name));
            self.namespaces.len() - 1
        }))
    }

    /// Its name.
    pub fn name(&self, ns: NsId) -> Option<Arc<str>> {
        Some(self.namespaces.get(ns.0)?.name.clone())
    }

    /// Whether it is entered.
    pub fn is_connected(&self, ns: NsId) -> bool {
        self.namespaces.get(ns.0).is_some_and(Namespace::connected)
    }

    /// How it stands.
    pub fn status(&self, ns: NsId) -> Status {
        self.namespaces.get(ns.0).map_or(Status::Disconnected, Namespace::status)
    }

    /// Enters a namespace, and opens the connection where there is none.
    pub fn connect(&mut self, now: Millis, ns: NsId) {
        self.wire.now = self.wire.now.max(now);
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        match namespace.stage {
            Stage::Idle | Stage::Resting => namespace.stage = Stage::Waiting,
            Stage::Leaving => namespace.stage = Stage::Returning,
            _ => {}
        }
        match &self.connection {
            Connection::None { .. } => self.open(0),
            Connection::Engine { engine, .. } if engine.phase == Phase::Open => self.enter(ns),
            _ => {}
        }
        self.settle();
    }

    /// Leaves a namespace; when it was the last, the connection closes.
    pub fn disconnect(&mut self, now: Millis, ns: NsId) {
        self.wire.now = self.wire.now.max(now);
        self.leave(ns);
        self.close_if_unused();
        self.settle();
    }

    /// Closes for good: what was emitted on connected namespaces still leaves.
    pub fn close(&mut self, now: Millis) {
        self.wire.now = self.wire.now.max(now);
        for at in 0..self.namespaces.len() {
            self.leave(NsId(at));
        }
        self.close_if_unused();
        self.settle();
    }

    /// Cuts the connection as a lost network does; the server is told nothing.
    pub fn drop_connection(&mut self, now: Millis) {
        self.wire.now = self.wire.now.max(now);
        if let Connection::Engine { engine, .. } = &mut self.connection {
            engine.end(&mut self.wire, Reason::TransportClose);
        }
        self.settle();
    }

    /// The machine has lost its network: a connection to another machine is as good as gone.
    pub fn offline(&mut self, now: Millis) {
        if !self.wire.endpoint.is_local() {
            self.drop_connection(now);
        }
    }

    /// Tries at once where the client waits to try again.
    pub fn try_now(&mut self, now: Millis) {
        self.tick(now);
        let wanted = self.namespaces.iter().any(Namespace::active);
        match self.connection {
            Connection::Waiting { .. } => self.attempt(),
            Connection::None { .. } if wanted => self.open(0),
            _ => {}
        }
        self.settle();
    }

    pub(super) fn tell(&mut self, change: Change) {
        self.notices.push(Notice::Change(change));
    }
}
