//! One Engine.IO connection: open, upgrade, heartbeat, close.

use super::{Action, Endpoint, Input, LinkId, Millis, Queue, Reason, Transport, earlier};
use crate::codec::engine::{Frame, Handshake, Packet, decode, decode_payload, encode_payload};

/// As much as may be under way on a WebSocket before the rest has to wait its turn.
const IN_FLIGHT: usize = 64 << 10;
/// How long a close waits for the server to see to what came before it.
const SETTLE: Millis = 1000;
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
        retry_after: Option<Millis>,
    },
    /// It was open and is not any more.
    Closed(Reason),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Upgrade {
    None,
    /// The WebSocket is opening. The server may know of it already, and to take it back would cost the
    /// session with some servers, events under way included.
    Opening(LinkId),
    /// It has been asked `2probe`.
    Probing(LinkId),
    /// It answered; the last GET and POST have to end before packets may flow over it.
    Pausing(LinkId),
}

/// What engines share: the time, the way to the server, and what is to be done.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) now: Millis,
    pub(super) endpoint: Endpoint,
    pub(super) actions: Queue<Action>,
    pub(super) last_link: u32,
    pub(super) timeout: Millis,
}

impl Wire {
    fn link(&mut self) -> LinkId {
        self.last_link = self.last_link.wrapping_add(1);
        LinkId(self.last_link)
    }
}

#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is about something else")]
pub(super) struct Engine {
    pub(super) phase: Phase,
    pub(super) transport: Transport,
    pub(super) events: Queue<Event>,
    /// The transports to try when this one does not open, the next one last.
    fallbacks: Vec<Transport>,
    fell_back: bool,
    link: LinkId,
    upgrade: Upgrade,
    may_upgrade: bool,
    /// A GET is under way.
    polling: bool,
    /// A POST is under way.
    posting: bool,
    /// Bytes under way on the WebSocket.
    in_flight: usize,
    pending: Queue<Frame>,
    /// What is said last. A Node server drops events that it has read but not yet handed on when a
    /// DISCONNECT comes right behind them, so this waits until they are through.
    farewell: Option<Vec<Frame>>,
    last_write: Option<Millis>,
    sid: String,
    max_payload: usize,
    /// The whole attempt's end while opening, the close's while closing.
    deadline: Millis,
    /// This transport's share of it, the probe's end when open.
    step: Option<Millis>,
    heartbeat: Option<Millis>,
    interval: Millis,
}

impl Engine {
    pub(super) fn open(cx: &mut Wire, transports: &[Transport], upgrade: bool) -> Self {
        let mut engine = Self {
            phase: Phase::Opening,
            transport: Transport::Polling,
            events: Queue::default(),
            fallbacks: transports.iter().rev().copied().collect(),
            fell_back: false,
            link: LinkId(0),
            upgrade: Upgrade::None,
            may_upgrade: upgrade && transports.contains(&Transport::WebSocket),
            polling: false,
            posting: false,
            in_flight: 0,
            pending: Queue::default(),
            farewell: None,
            last_write: None,
            sid: String::new(),
            max_payload: PAYLOAD,
            deadline: cx.now.saturating_add(cx.timeout),
            step: None,
            heartbeat: None,
            interval: 0,
        };
        engine.try_next(cx);
        engine
    }

    /// Whether a transport before the one in use has failed.
    pub(super) fn fell_back(&self) -> bool {
        self.fell_back
    }

    fn try_next(&mut self, cx: &mut Wire) -> bool {
        let Some(transport) = self.fallbacks.pop() else {
            return false;
        };
        self.transport = transport;
        self.link = cx.link();
        let share = self.deadline.saturating_sub(cx.now) / (self.fallbacks.len() as u64 + 1);
        self.step = Some(cx.now.saturating_add(share));
        match transport {
            Transport::WebSocket => {
                let url = cx.endpoint.url(transport, None);
                cx.actions.push_back(Action::Connect(self.link, url));
            }
            Transport::Polling => self.poll(cx),
        }
        true
    }

    fn url(&self, cx: &Wire, transport: Transport) -> String {
        cx.endpoint
            .url(transport, Some(&self.sid).filter(|sid| !sid.is_empty()).map(String::as_str))
    }

    fn poll(&mut self, cx: &mut Wire) {
        self.polling = true;
        let url = self.url(cx, self.transport);
        cx.actions.push_back(Action::Get(self.link, url));
    }

    pub(super) fn owns(&self, link: LinkId) -> bool {
        link == self.link || self.probe() == Some(link)
    }

    fn probe(&self) -> Option<LinkId> {
        match self.upgrade {
            Upgrade::None => None,
            Upgrade::Opening(link) | Upgrade::Probing(link) | Upgrade::Pausing(link) => Some(link),
        }
    }

    pub(super) fn next_wake(&self) -> Option<Millis> {
        match self.phase {
            Phase::Opening => self.step,
            Phase::Open => earlier(self.heartbeat, self.step),
            Phase::Closing => Some(self.step.unwrap_or(self.deadline)),
            Phase::Closed => None,
        }
    }

    pub(super) fn tick(&mut self, cx: &mut Wire) {
        let due = |at: Option<Millis>| at.is_some_and(|at| at <= cx.now);
        match self.phase {
            Phase::Opening if due(self.step) => self.fail(cx, "timeout".into(), None),
            Phase::Open if due(self.heartbeat) => self.end(cx, Reason::PingTimeout),
            Phase::Open if due(self.step) => self.cancel_upgrade(cx),
            Phase::Closing if self.deadline <= cx.now => self.cut(cx),
            Phase::Closing if due(self.step) => match self.upgrade {
                Upgrade::None => self.settled(cx),
                _ => self.cancel_upgrade(cx),
            },
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
            Input::Frame(frame) => match decode(frame) {
                Ok(packet) => self.receive(cx, packet),
                Err(_) => self.end(cx, Reason::ParseError),
            },
            Input::Drained => {
                self.in_flight = 0;
                self.write(cx);
            }
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
        for packet in decode_payload(body) {
            match packet {
                Ok(packet) => self.receive(cx, packet),
                Err(_) => self.end(cx, Reason::ParseError),
            }
            if self.phase == Phase::Closed || self.link != link {
                return;
            }
        }
        self.finish_pause(cx);
        let paused = matches!(self.upgrade, Upgrade::Pausing(_));
        if self.link == link && self.phase != Phase::Closed && !paused {
            self.poll(cx);
        }
    }

    fn receive(&mut self, cx: &mut Wire, packet: Packet) {
        match (self.phase, packet) {
            (Phase::Opening, Packet::Open(text)) => self.opened(cx, &text),
            (Phase::Closed, _) => {}
            (Phase::Opening, _) | (_, Packet::Open(_)) => self.end(cx, Reason::ParseError),
            (_, Packet::Close) => self.end(cx, Reason::TransportClose),
            (_, Packet::Ping) => {
                self.heartbeat = Some(cx.now.saturating_add(self.interval));
                self.pending.push_back(Frame::Text("3".into()));
                self.write(cx);
            }
            (Phase::Open, Packet::Message(text)) => self.events.push_back(Event::Message(text)),
            (Phase::Open, Packet::Binary(bytes)) => self.events.push_back(Event::Binary(bytes)),
            _ => {}
        }
    }

    fn opened(&mut self, cx: &mut Wire, text: &str) {
        let Ok(handshake) = Handshake::decode(text) else {
            return self.end(cx, Reason::ParseError);
        };
        self.phase = Phase::Open;
        self.step = None;
        self.interval = handshake.ping_interval + handshake.ping_timeout;
        self.heartbeat = Some(cx.now.saturating_add(self.interval));
        self.max_payload = handshake.max_payload.unwrap_or(PAYLOAD);
        self.sid.clone_from(&handshake.sid);
        self.events.push_back(Event::Open { sid: handshake.sid });
        if self.transport == Transport::Polling
            && handshake.websocket
            && self.may_upgrade
            && !self.fell_back
        {
            let link = cx.link();
            self.upgrade = Upgrade::Opening(link);
            self.step = Some(cx.now.saturating_add(cx.timeout));
            let url = self.url(cx, Transport::WebSocket);
            cx.actions.push_back(Action::Connect(link, url));
        }
    }

    fn handle_probe(&mut self, cx: &mut Wire, input: Input) {
        match (self.upgrade, input) {
            (Upgrade::Opening(link), Input::Opened) => {
                self.upgrade = Upgrade::Probing(link);
                cx.actions.push_back(Action::Send(link, vec![Frame::Text("2probe".into())]));
            }
            (Upgrade::Probing(link), Input::Frame(Frame::Text(text))) if text == "3probe" => {
                self.upgrade = Upgrade::Pausing(link);
                self.finish_pause(cx);
            }
            (_, Input::Drained) => {}
            _ => self.cancel_upgrade(cx),
        }
    }

    /// Polling stays; it works.
    fn cancel_upgrade(&mut self, cx: &mut Wire) {
        self.step = None;
        if let Some(link) = self.probe() {
            cx.actions.push_back(Action::Abort(link));
            self.upgrade = Upgrade::None;
            if !self.polling {
                self.poll(cx);
            }
            self.write(cx);
        }
    }

    fn finish_pause(&mut self, cx: &mut Wire) {
        let Upgrade::Pausing(link) = self.upgrade else {
            return;
        };
        if self.polling || self.posting {
            return;
        }
        cx.actions.push_back(Action::Abort(self.link));
        self.step = None;
        self.upgrade = Upgrade::None;
        self.last_write = Some(cx.now);
        self.link = link;
        self.transport = Transport::WebSocket;
        self.pending.push_front(Frame::Text("5".into()));
        if self.phase == Phase::Open {
            self.events.push_back(Event::Upgrade);
        }
        self.write(cx);
    }

    /// Whether what is pushed now is handed to the transport at once.
    pub(super) fn writable(&self) -> bool {
        self.phase == Phase::Open && self.pending.is_empty() && self.can_send()
    }

    fn can_send(&self) -> bool {
        match self.transport {
            Transport::WebSocket => self.in_flight < IN_FLIGHT,
            Transport::Polling => !self.posting && !matches!(self.upgrade, Upgrade::Pausing(_)),
        }
    }

    /// How large the next batch may be, in bytes of a polling payload.
    pub(super) fn batch(&self) -> usize {
        match self.transport {
            Transport::WebSocket => IN_FLIGHT,
            Transport::Polling => self.max_payload,
        }
    }

    pub(super) fn pending(&mut self) -> &mut Queue<Frame> {
        &mut self.pending
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

    fn take_batch(&mut self) -> Vec<Frame> {
        let limited = self.transport == Transport::Polling;
        let mut size = 0;
        let mut batch = Vec::new();
        while let Some(frame) = self.pending.pop_front() {
            size += frame.polling_len() + 1;
            if limited && size > self.max_payload && !batch.is_empty() {
                self.pending.push_front(frame);
                break;
            }
            batch.push(frame);
        }
        batch
    }

    fn send(&mut self, cx: &mut Wire, batch: Vec<Frame>) {
        self.last_write = Some(cx.now);
        match self.transport {
            Transport::WebSocket => {
                self.in_flight += batch.iter().map(Frame::polling_len).sum::<usize>();
                cx.actions.push_back(Action::Send(self.link, batch));
            }
            Transport::Polling => {
                self.posting = true;
                let url = self.url(cx, Transport::Polling);
                cx.actions.push_back(Action::Post(self.link, url, encode_payload(&batch)));
            }
        }
    }

    /// Sends what is pending and then says goodbye; the events end at once.
    pub(super) fn close(&mut self, cx: &mut Wire, farewell: Vec<Frame>) {
        if self.phase != Phase::Open {
            return self.cut(cx);
        }
        self.phase = Phase::Closing;
        self.deadline = cx.now.saturating_add(cx.timeout);
        self.step = (self.upgrade != Upgrade::None).then_some(cx.now.saturating_add(SETTLE));
        self.farewell = Some(farewell);
        self.events.clear();
        self.write(cx);
    }

    fn finish_close(&mut self, cx: &mut Wire) {
        if self.upgrade != Upgrade::None || self.posting {
            return;
        }
        if let Some(farewell) = &self.farewell {
            let fresh = !farewell.is_empty()
                && self.last_write.is_some_and(|at| at.saturating_add(SETTLE) > cx.now);
            return match self.transport {
                Transport::WebSocket if fresh => {
                    if self.step.is_none() {
                        self.step = Some(cx.now.saturating_add(SETTLE));
                        cx.actions.push_back(Action::Settle(self.link));
                    }
                }
                _ => self.settled(cx),
            };
        }
        cx.actions.push_back(match self.transport {
            Transport::WebSocket => Action::Close(self.link),
            Transport::Polling => Action::Abort(self.link),
        });
        self.phase = Phase::Closed;
    }

    fn settled(&mut self, cx: &mut Wire) {
        let Some(farewell) = self.farewell.take() else {
            return;
        };
        self.step = None;
        for frame in farewell {
            self.pending.push_back(frame);
        }
        if self.transport == Transport::Polling {
            self.pending.push_back(Frame::Text("1".into()));
        }
        self.write(cx);
    }

    /// As a lost network does.
    pub(super) fn cut(&mut self, cx: &mut Wire) {
        if self.phase == Phase::Closed {
            return;
        }
        cx.actions.push_back(Action::Abort(self.link));
        if let Some(link) = self.probe() {
            cx.actions.push_back(Action::Abort(link));
        }
        self.upgrade = Upgrade::None;
        self.phase = Phase::Closed;
    }

    pub(super) fn end(&mut self, cx: &mut Wire, reason: Reason) {
        match self.phase {
            Phase::Opening => return self.fail(cx, reason.as_str().into(), None),
            Phase::Open => self.events.push_back(Event::Closed(reason)),
            Phase::Closing | Phase::Closed => {}
        }
        self.cut(cx);
    }

    fn fail(&mut self, cx: &mut Wire, message: String, retry_after: Option<Millis>) {
        cx.actions.push_back(Action::Abort(self.link));
        self.polling = false;
        // A server that asks for time is not asked again by other means.
        if retry_after.is_none() {
            self.fell_back = true;
            if self.try_next(cx) {
                return;
            }
        }
        self.phase = Phase::Closed;
        self.events.push_back(Event::Failed { message, retry_after });
    }
}
