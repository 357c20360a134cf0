//! One Engine.IO connection: open, upgrade, heartbeat, close.

use super::{
    Action, Endpoint, Input, LinkId, Millis, NEVER, Reason, Transport, Wait, linger::Farewell,
    upgrade::Upgrade,
};
use crate::codec::{
    ParseError,
    engine::{Frame, Handshake, Part, encode_payload, next_part, read},
};

/// As much as may be under way on a WebSocket before the rest has to wait its turn.
pub(super) const IN_FLIGHT: usize = 64 << 10;
/// The body of a POST where the server names no limit.
const PAYLOAD: usize = 1_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Opening,
    Open,
    Closing,
    Closed,
}

#[derive(Debug)]
pub(super) enum Event {
    Open {
        sid: String,
    },
    Upgrade,
    Message(String),
    Binary(crate::codec::Binary),
    /// It did not open.
    Failed {
        message: String,
        retry_after: Option<Wait>,
    },
    /// It was open and is not any more.
    Closed(Reason),
}

/// What engines share: the time, the way to the server, and what is to be done.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) now: Millis,
    pub(super) endpoint: Endpoint,
    pub(super) actions: Vec<Action>,
    pub(super) last_link: u32,
    pub(super) timeout: Millis,
    /// In the order to try them.
    pub(super) transports: Vec<Transport>,
}

impl Wire {
    pub(super) fn link(&mut self) -> LinkId {
        self.last_link = self.last_link.wrapping_add(1);
        LinkId(self.last_link)
    }
}

#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is about something else")]
pub(super) struct Engine {
    pub(super) phase: Phase,
    pub(super) transport: Transport,
    pub(super) events: Vec<Event>,
    /// How many transports have been tried.
    tried: usize,
    pub(super) link: LinkId,
    pub(super) upgrade: Upgrade,
    /// A GET is under way.
    pub(super) polling: bool,
    /// A POST is under way.
    pub(super) posting: bool,
    pub(super) pending: Vec<Frame>,
    pub(super) farewell: Farewell,
    sid: String,
    pub(super) max_payload: usize,
    /// The whole attempt's end while opening, the close's while closing.
    pub(super) deadline: Millis,
    /// This transport's share of it, the probe's end when open.
    pub(super) step: Millis,
    heartbeat: Millis,
    interval: Millis,
}

impl Engine {
    pub(super) fn open(cx: &mut Wire, upgrade: bool) -> Self {
        let mut engine = Self {
            phase: Phase::Opening,
            transport: Transport::Polling,
            events: Vec::new(),
            tried: 0,
            link: LinkId(0),
            upgrade: Upgrade::new(upgrade, cx),
            polling: false,
            posting: false,
            pending: Vec::new(),
            farewell: Farewell::default(),
            sid: String::new(),
            max_payload: PAYLOAD,
            deadline: cx.now.saturating_add(cx.timeout),
            step: NEVER,
            heartbeat: NEVER,
            interval: 0,
        };
        engine.try_next(cx);
        engine
    }

    /// Whether a transport before the one in use has failed.
    pub(super) fn fell_back(&self) -> bool {
        self.tried > 1
    }

    fn try_next(&mut self, cx: &mut Wire) -> bool {
        let left = cx.transports.get(self.tried..).unwrap_or_default();
        let Some(&transport) = left.first() else {
            return false;
        };
        let share = self.deadline.saturating_sub(cx.now) / left.len() as u64;
        self.tried += 1;
        self.transport = transport;
        self.link = cx.link();
        self.step = cx.now.saturating_add(share);
        match transport {
            Transport::WebSocket => {
                let url = cx.endpoint.url(transport, None);
                cx.actions.push(Action::Connect(self.link, url));
            }
            Transport::Polling => self.poll(cx),
        }
        true
    }

    pub(super) fn url(&self, cx: &Wire, transport: Transport) -> String {
        cx.endpoint
            .url(transport, Some(&self.sid).filter(|sid| !sid.is_empty()).map(String::as_str))
    }

    pub(super) fn poll(&mut self, cx: &mut Wire) {
        self.polling = true;
        let url = self.url(cx, self.transport);
        cx.actions.push(Action::Get(self.link, url));
    }

    pub(super) fn owns(&self, link: LinkId) -> bool {
        link == self.link || self.probe() == Some(link)
    }

    pub(super) fn next_wake(&self) -> Millis {
        match self.phase {
            Phase::Opening => self.step,
            Phase::Open => self.step.min(self.heartbeat),
            Phase::Closing => self.step.min(self.deadline),
            Phase::Closed => NEVER,
        }
    }

    pub(super) fn tick(&mut self, cx: &mut Wire) {
        let due = |at: Millis| at <= cx.now;
        match self.phase {
            Phase::Opening if due(self.step) => self.fail(cx, "timeout".into(), None),
            Phase::Open if due(self.heartbeat) => self.end(cx, Reason::PingTimeout),
            Phase::Closing if due(self.deadline) => self.cut(cx),
            Phase::Open | Phase::Closing if due(self.step) => {
                if self.probe().is_some() {
                    self.cancel_upgrade(cx);
                } else {
                    self.settled(cx);
                }
            }
            _ => {}
        }
    }

    pub(super) fn handle(&mut self, cx: &mut Wire, link: LinkId, input: Input) {
        if self.phase == Phase::Closed {
            return;
        }
        if self.probe() == Some(link) {
            return self.handle_probe(cx, input);
        }
        match input {
            Input::Opened => {}
            Input::Frame(Frame::Text(text)) => self.receive(cx, read(&text)),
            Input::Frame(Frame::Binary(bytes)) => self.receive(cx, Ok(Part::Binary(bytes))),
            Input::Drained => self.drained(cx),
            Input::Polled(body) => self.polled(cx, &body),
            Input::Settled => self.settled(cx),
            Input::Posted => {
                self.posting = false;
                self.finish_pause(cx);
                self.write(cx);
            }
            Input::Failed { message, retry_after } => match self.phase {
                Phase::Opening => self.fail(cx, message, retry_after),
                _ => self.end(cx, Reason::TransportError),
            },
            Input::Closed => self.end(cx, Reason::TransportClose),
        }
    }

    fn polled(&mut self, cx: &mut Wire, body: &str) {
        self.polling = false;
        let link = self.link;
        let mut rest = Some(body);
        while let Some(part) = next_part(&mut rest) {
            self.receive(cx, read(part));
            if self.phase == Phase::Closed || self.link != link {
                return;
            }
        }
        self.finish_pause(cx);
        if self.link == link && self.phase != Phase::Closed && !self.pausing() {
            self.poll(cx);
        }
    }

    fn receive(&mut self, cx: &mut Wire, packet: Result<Part<'_>, ParseError>) {
        match (self.phase, packet) {
            (Phase::Opening, Ok(Part::Open(text))) => self.opened(cx, text),
            (Phase::Closed, _) => {}
            (Phase::Opening, _) | (_, Err(_) | Ok(Part::Open(_))) => {
                self.end(cx, Reason::ParseError);
            }
            (_, Ok(Part::Close)) => self.end(cx, Reason::TransportClose),
            (_, Ok(Part::Ping)) => {
                self.heartbeat = cx.now.saturating_add(self.interval);
                self.pending.push(Frame::Text("3".into()));
                self.write(cx);
            }
            (Phase::Open, Ok(Part::Message(text))) => {
                self.events.push(Event::Message(text.into()));
            }
            (Phase::Open, Ok(Part::Binary(bytes))) => self.events.push(Event::Binary(bytes)),
            _ => {}
        }
    }

    fn opened(&mut self, cx: &mut Wire, text: &str) {
        let Ok(handshake) = Handshake::decode(text) else {
            return self.end(cx, Reason::ParseError);
        };
        self.phase = Phase::Open;
        self.step = NEVER;
        self.interval = handshake.ping_interval + handshake.ping_timeout;
        self.heartbeat = cx.now.saturating_add(self.interval);
        self.max_payload = handshake.max_payload.unwrap_or(PAYLOAD);
        self.sid.clone_from(&handshake.sid);
        self.events.push(Event::Open { sid: handshake.sid });
        if self.transport == Transport::Polling && handshake.websocket && !self.fell_back() {
            self.begin_upgrade(cx);
        }
    }

    /// Whether what is pushed now is handed to the transport at once.
    pub(super) fn writable(&self) -> bool {
        self.phase == Phase::Open && self.pending.is_empty() && self.can_send()
    }

    fn can_send(&self) -> bool {
        match self.transport {
            Transport::WebSocket => !self.farewell.is_stalled(),
            Transport::Polling => !self.posting && !self.pausing(),
        }
    }

    /// Hands over what is pending, as far as the transport takes it.
    pub(super) fn write(&mut self, cx: &mut Wire) {
        if matches!(self.phase, Phase::Open | Phase::Closing) && self.can_send() {
            let batch = self.take_batch();
            if !batch.is_empty() {
                self.send(cx, batch);
            }
        }
        if self.phase == Phase::Closing && self.pending.is_empty() {
            self.finish_close(cx);
        }
    }

    pub(super) fn send(&mut self, cx: &mut Wire, batch: Vec<Frame>) {
        self.wrote(cx.now, &batch);
        match self.transport {
            Transport::WebSocket => {
                cx.actions.push(Action::Send(self.link, batch));
            }
            Transport::Polling => {
                self.posting = true;
                let url = self.url(cx, Transport::Polling);
                cx.actions.push(Action::Post(self.link, url, encode_payload(&batch)));
            }
        }
    }

    /// As a lost network does.
    pub(super) fn cut(&mut self, cx: &mut Wire) {
        if self.phase == Phase::Closed {
            return;
        }
        cx.actions.push(Action::Abort(self.link));
        self.abort_probe(cx);
        self.phase = Phase::Closed;
    }

    pub(super) fn end(&mut self, cx: &mut Wire, reason: Reason) {
        match self.phase {
            Phase::Opening => return self.fail(cx, reason.as_str().into(), None),
            Phase::Open => self.events.push(Event::Closed(reason)),
            Phase::Closing | Phase::Closed => {}
        }
        self.cut(cx);
    }

    fn fail(&mut self, cx: &mut Wire, message: String, retry_after: Option<Wait>) {
        cx.actions.push(Action::Abort(self.link));
        self.polling = false;
        // A server that asks for time is not asked again by other means.
        if retry_after.is_none() && self.try_next(cx) {
            return;
        }
        self.phase = Phase::Closed;
        self.events.push(Event::Failed { message, retry_after });
    }
}
