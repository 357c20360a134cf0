//! The manager: one connection at a time, and the namespaces on it.

use std::sync::Arc;

use super::{
    Action, Auth, Change, Config, Endpoint, Input, LinkId, Millis, Notice, NsId, Queue, Reason,
    Status, Transport,
    backoff::Backoff,
    earlier,
    engine::{Engine, Phase, Wire},
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
    /// Closed on purpose, but with something left to say.
    pub(super) closing: Vec<Engine>,
    pub(super) namespaces: Vec<Namespace>,
    pub(super) outbox: Queue<Outgoing>,
    pub(super) decoder: Decoder,
    pub(super) backoff: Backoff,
    pub(super) held: Held,
    /// The WebSocket failed where polling did not: polling goes first from now on.
    pub(super) prefer_polling: bool,
    /// What failed last.
    pub(super) trouble: Option<Arc<str>>,
    /// Not before this is there anything to look for in acks and buffers.
    pub(super) next_expiry: Option<Millis>,
    pub(super) notices: Queue<Notice>,
}

impl Core {
    /// A client that does nothing yet.
    pub fn new(endpoint: Endpoint, config: Config) -> Self {
        let wire = Wire {
            now: 0,
            endpoint,
            actions: Queue::default(),
            last_link: 0,
            timeout: config.timeout,
        };
        Self {
            backoff: Backoff::new(config.seed),
            config,
            wire,
            connection: Connection::None { gave_up: false },
            closing: Vec::new(),
            namespaces: Vec::new(),
            outbox: Queue::default(),
            decoder: Decoder::default(),
            held: Held::default(),
            prefer_polling: false,
            trouble: None,
            next_expiry: None,
            notices: Queue::default(),
        }
    }

    /// What to do next.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.wire.actions.pop_front()
    }

    /// What failed last, as long as nothing is open.
    pub fn trouble(&self) -> Option<Arc<str>> {
        self.trouble.clone()
    }

    /// What to tell the user next.
    pub fn poll_notice(&mut self) -> Option<Notice> {
        self.notices.pop_front()
    }

    /// When [`tick`](Self::tick) is due.
    pub fn next_wake(&self) -> Option<Millis> {
        let connection = match &self.connection {
            Connection::None { .. } => None,
            Connection::Engine { engine, .. } => engine.next_wake(),
            Connection::Waiting { until, .. } => Some(*until),
        };
        let first = earlier(connection, self.next_expiry);
        self.closing.iter().fold(first, |first, engine| earlier(first, engine.next_wake()))
    }

    /// Lets time pass.
    pub fn tick(&mut self, now: Millis) {
        self.wire.now = self.wire.now.max(now);
        for engine in &mut self.closing {
            engine.tick(&mut self.wire);
        }
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
        let current = match &mut self.connection {
            Connection::Engine { engine, .. } if engine.owns(link) => Some(engine),
            _ => self.closing.iter_mut().find(|engine| engine.owns(link)),
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
        let waits = |ns: &Namespace| ns.active() && !(ns.buffer.is_empty() && ns.queue.is_empty());
        self.outbox.is_empty() && !self.namespaces.iter().any(waits)
    }

    /// How many acks are still expected.
    pub fn pending_acks(&self) -> usize {
        self.namespaces.iter().map(|ns| ns.acks.len() + ns.queue.iter().count()).sum()
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

    /// How it stands.
    pub fn status(&self, ns: NsId) -> Status {
        self.namespaces.get(ns.0).map_or(Status::Disconnected, Namespace::status)
    }

    /// What it shows from the next time on.
    pub fn set_auth(&mut self, ns: NsId, auth: Auth) {
        if let Some(ns) = self.namespaces.get_mut(ns.0) {
            ns.auth = auth;
        }
    }

    /// Enters a namespace, and opens the connection where there is none.
    pub fn connect(&mut self, now: Millis, ns: NsId) {
        self.wire.now = self.wire.now.max(now);
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        match namespace.stage {
            Stage::Idle | Stage::Resting { .. } => namespace.stage = Stage::Waiting,
            Stage::Leaving { .. } => namespace.stage = Stage::Leaving { again: true },
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

    /// The next attempt comes no sooner than this after a loss: for servers that say when to come back.
    pub fn retry_after(&mut self, delay: Millis) {
        self.backoff.not_before(delay);
    }

    pub(super) fn tell(&mut self, change: Change) {
        self.notices.push_back(Notice::Change(change));
    }
}
