//! The manager: one connection at a time, and the namespaces on it.

use std::{sync::Arc, time::Duration};

use super::{
    AckFailure, AckToken, Action, Auth, Change, Config, Endpoint, Input, LinkId, Millis, Notice,
    NsId, Queue, Reason, ReplyTo, Status, Transport,
    backoff::Backoff,
    engine::{Context, Engine, Event, Phase},
    namespace::{Namespace, PendingAck, Queued, Stage},
    outbox::{Held, Outgoing, Role},
};
use crate::codec::{Binary, Decoder, Kind, Packet, ParseError, encode, json};

/// How much may come for a namespace before its CONNECT is answered.
const MAX_EARLY: usize = 1000;

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

#[derive(Debug)]
enum Connection {
    None {
        gave_up: bool,
    },
    Engine {
        engine: Engine,
        attempt: u32,
    },
    Waiting {
        until: Millis,
        attempt: u32,
        delay: Millis,
    },
}

/// The whole client, without I/O.
#[derive(Debug)]
pub struct Core {
    config: Config,
    endpoint: Endpoint,
    now: Millis,
    connection: Connection,
    /// Closed on purpose, but with something left to say.
    closing: Vec<Engine>,
    namespaces: Vec<Namespace>,
    outbox: Queue<Outgoing>,
    decoder: Decoder,
    backoff: Backoff,
    held: Held,
    /// The WebSocket failed where polling did not: polling goes first from now on.
    prefer_polling: bool,
    /// What failed last.
    trouble: Option<Arc<str>>,
    /// Not before this is there anything to look for in acks and buffers.
    next_expiry: Option<Millis>,
    next_link: u32,
    actions: Queue<Action>,
    notices: Queue<Notice>,
}

macro_rules! context {
    ($core:ident) => {
        Context {
            now: $core.now,
            endpoint: &$core.endpoint,
            actions: &mut $core.actions,
            next_link: &mut $core.next_link,
            timeout: $core.config.timeout,
        }
    };
}

impl Core {
    /// A client that does nothing yet.
    pub fn new(endpoint: Endpoint, config: Config) -> Self {
        Self {
            backoff: Backoff::new(config.seed),
            config,
            endpoint,
            now: 0,
            connection: Connection::None { gave_up: false },
            closing: Vec::new(),
            namespaces: Vec::new(),
            outbox: Queue::default(),
            decoder: Decoder::default(),
            held: Held::default(),
            prefer_polling: false,
            trouble: None,
            next_expiry: None,
            next_link: 0,
            actions: Queue::default(),
            notices: Queue::default(),
        }
    }

    /// What to do next.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
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
        let closing = self.closing.iter().filter_map(Engine::next_wake);
        closing.chain(connection).chain(self.next_expiry).min()
    }

    /// Lets time pass.
    pub fn tick(&mut self, now: Millis) {
        self.now = self.now.max(now);
        for engine in &mut self.closing {
            engine.tick(&mut context!(self));
        }
        match &mut self.connection {
            Connection::Engine { engine, .. } => engine.tick(&mut context!(self)),
            Connection::Waiting { until, .. } if *until <= self.now => self.attempt(),
            _ => {}
        }
        self.expire();
        self.settle();
    }

    /// Takes what a transport says.
    pub fn handle(&mut self, now: Millis, link: LinkId, input: Input) {
        self.now = self.now.max(now);
        let current = match &mut self.connection {
            Connection::Engine { engine, .. } if engine.owns(link) => Some(engine),
            _ => self.closing.iter_mut().find(|engine| engine.owns(link)),
        };
        if let Some(engine) = current {
            engine.handle(&mut context!(self), link, input);
            self.settle();
        }
    }

    /// How the connection stands.
    pub fn state(&self) -> State {
        match &self.connection {
            Connection::None { gave_up: true } => State::GaveUp,
            Connection::None { gave_up: false } => State::Idle,
            Connection::Engine { engine, .. } if engine.phase == Phase::Open => State::Open {
                transport: engine.transport,
            },
            Connection::Engine { attempt, .. } => State::Opening { attempt: *attempt },
            Connection::Waiting {
                until,
                attempt,
                delay,
            } => State::Waiting {
                attempt: *attempt,
                delay: *delay,
                until: *until,
            },
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
        self.namespaces
            .iter()
            .map(|ns| ns.acks.len() + ns.queue.iter().count())
            .sum()
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
        self.namespaces
            .get(ns.0)
            .map_or(Status::Disconnected, Namespace::status)
    }

    /// What it shows from the next time on.
    pub fn set_auth(&mut self, ns: NsId, auth: Auth) {
        if let Some(ns) = self.namespaces.get_mut(ns.0) {
            ns.auth = auth;
        }
    }

    /// Enters a namespace, and opens the connection where there is none.
    pub fn connect(&mut self, now: Millis, ns: NsId) {
        self.now = self.now.max(now);
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
        self.now = self.now.max(now);
        self.leave(ns);
        self.close_if_unused();
        self.settle();
    }

    /// Closes for good: what was emitted on connected namespaces still leaves.
    pub fn close(&mut self, now: Millis) {
        self.now = self.now.max(now);
        for at in 0..self.namespaces.len() {
            self.leave(NsId(at));
        }
        self.close_if_unused();
        self.settle();
    }

    /// Cuts the connection as a lost network does; the server is told nothing.
    pub fn drop_connection(&mut self, now: Millis) {
        self.now = self.now.max(now);
        if let Connection::Engine { engine, .. } = &mut self.connection {
            engine.end(&mut context!(self), Reason::TransportClose);
        }
        self.settle();
    }

    /// The machine has lost its network: a connection to another machine is as good as gone.
    pub fn offline(&mut self, now: Millis) {
        if !self.endpoint.is_local() {
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
                self.notices.push_back(Notice::Ack {
                    token,
                    result: Err(AckFailure::Disconnected),
                });
            }
            return Ok(());
        }
        let timeout = options.timeout.or(ack_timeout);
        let after = |time: Option<Millis>| time.map(|time| self.now.saturating_add(time));
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
            let ack = options
                .ack
                .map(|token| namespace.register_ack(Some(token), deadline));
            let text = encode(
                Kind::Event,
                &namespace.name,
                ack,
                &arguments,
                attachments.len(),
            );
            let event = Outgoing {
                ns,
                text,
                attachments,
                role: Role::Event { ack, expires },
            };
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
        self.now = self.now.max(now);
        let deadline = self.now.saturating_add(timeout);
        for namespace in &mut self.namespaces {
            for queued in namespace
                .queue
                .iter_mut()
                .filter(|queued| queued.token == Some(token))
            {
                queued.timeout = Some(timeout);
                let trying = queued.trying;
                for ack in namespace
                    .acks
                    .iter_mut()
                    .filter(|ack| Some(ack.id) == trying)
                {
                    ack.deadline = Some(deadline);
                }
            }
            for ack in namespace
                .acks
                .iter_mut()
                .rev()
                .filter(|ack| ack.token == Some(token))
            {
                ack.deadline = Some(deadline);
            }
        }
        self.watch(Some(deadline));
    }

    /// Nobody waits for this ack any more.
    pub fn forget_ack(&mut self, token: AckToken) {
        for namespace in &mut self.namespaces {
            namespace.acks.retain(|ack| ack.token != Some(token));
            for queued in namespace
                .queue
                .iter_mut()
                .filter(|queued| queued.token == Some(token))
            {
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
            let text = encode(
                Kind::Ack,
                &namespace.name,
                Some(to.id),
                arguments,
                attachments.len(),
            );
            self.outbox.push_back(Outgoing {
                ns: to.ns,
                text,
                attachments,
                role: Role::Control,
            });
            self.settle();
        }
    }

    /// Gives the auth that [`Notice::AskAuth`] asked for: a JSON object as text, or nothing.
    pub fn provide_auth(&mut self, now: Millis, ns: NsId, auth: &str) {
        self.now = self.now.max(now);
        if let Some(namespace) = self.namespaces.get_mut(ns.0)
            && namespace.stage == Stage::Asking
        {
            self.send_connect(ns, auth);
            self.settle();
        }
    }

    fn check_room(&self, bytes: usize) -> Result<(), EmitError> {
        let Held {
            count,
            bytes: waiting,
        } = self.held;
        if count >= self.config.max_buffered || waiting + bytes > self.config.max_buffered_bytes {
            return Err(EmitError::BufferFull {
                count,
                bytes: waiting,
            });
        }
        Ok(())
    }

    fn watch(&mut self, at: Option<Millis>) {
        self.next_expiry = self.next_expiry.into_iter().chain(at).min();
    }

    fn writable(&self) -> bool {
        match &self.connection {
            Connection::Engine { engine, .. } => self.outbox.is_empty() && engine.writable(),
            _ => false,
        }
    }

    fn order(&self) -> Vec<Transport> {
        let mut order = self.config.transports.clone();
        if self.prefer_polling && order.last() == Some(&Transport::Polling) {
            order.reverse();
        }
        order
    }

    fn open(&mut self, attempt: u32) {
        let order = self.order();
        self.decoder = Decoder::default();
        let engine = Engine::open(&mut context!(self), &order, self.config.upgrade);
        self.connection = Connection::Engine { engine, attempt };
    }

    fn tell(&mut self, change: Change) {
        self.notices.push_back(Notice::Change(change));
    }

    fn attempt(&mut self) {
        if let Connection::Waiting { attempt, delay, .. } = self.connection {
            let delay = Duration::from_millis(delay);
            self.tell(Change::ReconnectAttempt { attempt, delay });
            self.open(attempt);
        }
    }

    /// Sees to everything that one input may have set off.
    fn settle(&mut self) {
        while let Connection::Engine { engine, .. } = &mut self.connection {
            let Some(event) = engine.events.pop_front() else {
                break;
            };
            self.engine_event(event);
        }
        self.flush();
        self.closing.retain(|engine| engine.phase != Phase::Closed);
    }

    fn engine_event(&mut self, event: Event) {
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
            Event::Failed {
                message,
                retry_after,
            } => self.failed(&message, retry_after),
            Event::Closed(reason) => self.lost(reason),
        }
    }

    fn opened(&mut self, sid: String) {
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
        self.tell(Change::Open {
            transport,
            sid: sid.into(),
        });
        if attempt > 0 {
            self.tell(Change::Reconnect { attempt });
        }
        for at in 0..self.namespaces.len() {
            self.enter(NsId(at));
        }
    }

    fn failed(&mut self, message: &str, retry_after: Option<Millis>) {
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

    fn lost(&mut self, reason: Reason) {
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

    fn wait_or_rest(&mut self) {
        let wanted = self.namespaces.iter().any(Namespace::active);
        let exhausted = self
            .config
            .attempts
            .is_some_and(|most| self.backoff.attempts >= most);
        self.connection = Connection::None {
            gave_up: wanted && exhausted,
        };
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
        self.connection = Connection::Waiting {
            until: self.now.saturating_add(delay),
            attempt,
            delay,
        };
        self.tell(Change::Waiting {
            attempt,
            delay: Duration::from_millis(delay),
        });
    }

    /// What ends with a namespace's connection: acks under way fail, unsent events wait again.
    fn end_session(&mut self, ns: NsId, reason: Option<Reason>) {
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
    fn reclaim(&mut self, ns: NsId) {
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

    fn leave(&mut self, ns: NsId) {
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
    fn disown(&mut self, ns: NsId) {
        for packet in self.outbox.iter_mut().filter(|packet| packet.ns == ns) {
            if packet.is_event() {
                self.held.remove(packet.size());
            }
            packet.role = Role::Control;
            packet.ns = NsId(usize::MAX);
        }
    }

    fn close_if_unused(&mut self) {
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
                    packet.push_frames(if last {
                        &mut farewell
                    } else {
                        engine.pending()
                    });
                }
                engine.close(&mut context!(self), farewell.into_vec());
                self.closing.push(engine);
            }
        }
        self.outbox.clear();
        self.tell(Change::Close {
            reason: Reason::ForcedClose,
        });
    }

    fn enter(&mut self, ns: NsId) {
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

    fn send_connect(&mut self, ns: NsId, auth: &str) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        namespace.stage = Stage::Connecting;
        let payload = namespace.connect_payload(auth);
        let text = encode(Kind::Connect, &namespace.name, None, &payload, 0);
        self.outbox.push_back(Outgoing {
            ns,
            text,
            attachments: Vec::new(),
            role: Role::Control,
        });
    }

    /// Hands over what the transport takes.
    fn flush(&mut self) {
        let Connection::Engine { engine, .. } = &mut self.connection else {
            return;
        };
        while !self.outbox.is_empty() && engine.writable() {
            let mut room = engine.batch();
            while let Some(packet) = self.outbox.pop_front() {
                let event = packet.is_event();
                let size = packet.size();
                if packet.expired(self.now) {
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
            engine.write(&mut context!(self));
        }
    }

    fn decoded(&mut self, packet: Result<Option<Packet>, ParseError>) {
        let fine = match packet {
            Ok(Some(packet)) => self.packet(packet),
            Ok(None) => true,
            Err(_) => false,
        };
        if !fine && let Connection::Engine { engine, .. } = &mut self.connection {
            engine.cut(&mut context!(self));
            self.lost(Reason::ParseError);
        }
    }

    /// Takes a packet; `false` when it breaks the protocol.
    fn packet(&mut self, packet: Packet) -> bool {
        let Some(at) = self
            .namespaces
            .iter()
            .position(|ns| *ns.name == *packet.namespace)
        else {
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

    fn connected(&mut self, ns: NsId, packet: &Packet) {
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
        namespace.stage = Stage::Connected {
            id: Arc::clone(&id),
            recovered,
        };
        let early = std::mem::take(&mut namespace.early);
        while let Some(event) = namespace.buffer.pop_front() {
            self.outbox.push_back(event);
        }
        let change = Change::Connect {
            namespace: namespace.name.clone(),
            id,
            recovered,
        };
        self.tell(change);
        for packet in early {
            self.event(ns, packet);
        }
        self.drain_queue(ns);
    }

    /// It was left while the CONNECT was on its way.
    fn connected_too_late(&mut self, ns: NsId) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        let again = namespace.stage == Stage::Leaving { again: true };
        namespace.stage = if again { Stage::Waiting } else { Stage::Idle };
        let text = encode(Kind::Disconnect, &namespace.name, None, "", 0);
        self.outbox.push_back(Outgoing {
            ns,
            text,
            attachments: Vec::new(),
            role: Role::Control,
        });
        self.enter(ns);
    }

    fn refused(&mut self, ns: NsId, packet: &Packet) {
        let message = json::string(&packet.payload)
            .or_else(|| json::member(&packet.payload, "message").and_then(json::string))
            .unwrap_or_default();
        let data = json::member(&packet.payload, "data").map(String::from);
        self.refuse(ns, message, data);
    }

    fn refuse(&mut self, ns: NsId, message: String, data: Option<String>) {
        let rest = data
            .as_deref()
            .and_then(|data| json::natural(json::member(data, "retryAfter")?.as_bytes()))
            .map(|delay| self.now.saturating_add(delay.min(3_600_000)));
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

    fn event(&mut self, ns: NsId, packet: Packet) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        if namespace.pid.is_some()
            && let Some(offset) = json::elements(&packet.payload)
                .last()
                .and_then(json::string)
        {
            namespace.offset = Some(offset);
        }
        let epoch = namespace.epoch;
        let reply = packet.id.map(|id| ReplyTo { ns, epoch, id });
        self.notices.push_back(Notice::Event { ns, packet, reply });
    }

    fn acked(&mut self, ns: NsId, packet: Packet) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        let Some(ack) = packet.id.and_then(|id| namespace.take_ack(id)) else {
            return;
        };
        let mut token = ack.token;
        if namespace
            .queue
            .first_mut()
            .is_some_and(|head| head.trying == Some(ack.id))
            && let Some(queued) = namespace.queue.pop_front()
        {
            self.held.remove(queued.size());
            token = queued.token;
        }
        if let Some(token) = token {
            self.notices.push_back(Notice::Ack {
                token,
                result: Ok(packet),
            });
        }
        self.drain_queue(ns);
    }

    fn ack_failed(&mut self, ns: NsId, ack: &PendingAck, failure: AckFailure) {
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
            self.notices.push_back(Notice::Ack {
                token,
                result: Err(failure),
            });
        }
    }

    /// Sends the head of the retry queue, when nothing of it is under way.
    fn drain_queue(&mut self, ns: NsId) {
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
        let deadline = head.timeout.map(|timeout| self.now.saturating_add(timeout));
        let id = namespace.next_ack;
        head.tries = head.tries.saturating_add(1);
        head.trying = Some(id);
        // Once sent it may have arrived, and must arrive: it does not expire any more.
        head.expires = None;
        let attachments = head.attachments.clone();
        let text = encode(
            Kind::Event,
            &namespace.name,
            Some(id),
            &head.payload,
            attachments.len(),
        );
        namespace.register_ack(None, deadline);
        self.outbox.push_back(Outgoing {
            ns,
            text,
            attachments,
            role: Role::Queued,
        });
        self.watch(deadline);
    }

    /// Acks that are overdue, events that are stale, namespaces that have rested.
    fn expire(&mut self) {
        if self.next_expiry.is_none_or(|at| at > self.now) {
            return;
        }
        self.next_expiry = None;
        for at in 0..self.namespaces.len() {
            self.expire_in(NsId(at));
        }
    }

    fn expire_in(&mut self, ns: NsId) {
        let now = self.now;
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
                overdue.push(PendingAck {
                    id: ack.id,
                    token: ack.token,
                    deadline: None,
                });
                return false;
            }
            next = next.into_iter().chain(ack.deadline).min();
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
            let unwanted = overdue.iter().any(|late| Some(late.id) == ack);
            if late(expires) || unwanted {
                held.remove(event.size());
                stale.extend(ack.filter(|_| !unwanted));
                return false;
            }
            next = next.into_iter().chain(expires).min();
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
            next = next.into_iter().chain(queued.expires).min();
            true
        });
        if let Stage::Resting { until } = namespace.stage {
            next = next.into_iter().chain([until]).min();
        }
        self.watch(next);
        for ack in overdue {
            self.ack_failed(ns, &ack, AckFailure::Timeout);
        }
        for token in expired {
            self.notices.push_back(Notice::Ack {
                token,
                result: Err(AckFailure::Timeout),
            });
        }
        if open {
            self.enter(ns);
        }
        self.drain_queue(ns);
    }
}

const V2: &str = "It seems you are trying to reach a Socket.IO server in v2.x with a v3.x client, but they are not compatible (more information here: https://socket.io/docs/v3/migrating-from-2-x-to-3-0/)";
