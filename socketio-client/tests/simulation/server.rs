//! As much of a Socket.IO server as the client can notice.

use std::collections::{HashMap, VecDeque};

use socketio_client::{
    codec::{
        Decoder, Kind,
        engine::{Frame, Packet as EnginePacket, decode, decode_payload, encode_payload},
    },
    core::{LinkId, Millis},
};

use crate::network::Random;

pub(crate) const PING_INTERVAL: Millis = 300;
pub(crate) const PING_TIMEOUT: Millis = 200;

/// What the server sends over a link.
pub(crate) enum Out {
    Opened,
    Frame(Frame),
    PollAnswer(String),
    PostAnswer,
    Refused,
    Closed,
}

struct Session {
    id: u64,
    /// Where messages go: the WebSocket, or the polling link.
    link: LinkId,
    websocket: bool,
    probe: Option<LinkId>,
    /// A poll waits for an answer.
    poll: bool,
    queue: VecDeque<Frame>,
    decoder: Decoder,
    connected: bool,
    next_ping: Millis,
    heard_by: Option<Millis>,
}

#[derive(Default)]
pub(crate) struct Server {
    sessions: HashMap<u64, Session>,
    made: u64,
    /// The numbers that came in `n` events, over all sessions.
    pub(crate) received: Vec<u64>,
    counter: u64,
}

impl Server {
    pub(crate) fn has_sessions(&self) -> bool {
        !self.sessions.is_empty()
    }

    pub(crate) fn next(&self) -> Option<Millis> {
        self.sessions.values().map(|session| session.heard_by.unwrap_or(session.next_ping)).min()
    }

    fn open(&mut self, now: Millis, link: LinkId, websocket: bool) -> Frame {
        self.made += 1;
        let session = Session {
            id: self.made,
            link,
            websocket,
            probe: None,
            poll: false,
            queue: VecDeque::new(),
            decoder: Decoder::default(),
            connected: false,
            next_ping: now + PING_INTERVAL,
            heard_by: None,
        };
        self.sessions.insert(self.made, session);
        Frame::Text(format!(
            r#"0{{"sid":"s{}","upgrades":["websocket"],"pingInterval":{PING_INTERVAL},"pingTimeout":{PING_TIMEOUT},"maxPayload":200}}"#,
            self.made
        ))
    }

    fn session(&mut self, link: LinkId) -> Option<&mut Session> {
        self.sessions
            .values_mut()
            .find(|session| session.link == link || session.probe == Some(link))
    }

    fn of_url(&mut self, url: &str) -> Option<&mut Session> {
        let sid = url.split("sid=s").nth(1)?.parse().ok()?;
        self.sessions.get_mut(&sid)
    }

    pub(crate) fn connect(&mut self, now: Millis, link: LinkId, url: &str) -> Vec<(LinkId, Out)> {
        if !url.contains("sid=") {
            let open = self.open(now, link, true);
            return vec![(link, Out::Opened), (link, Out::Frame(open))];
        }
        match self.of_url(url) {
            Some(session) if session.probe.is_none() && !session.websocket => {
                session.probe = Some(link);
                vec![(link, Out::Opened)]
            }
            _ => vec![(link, Out::Refused)],
        }
    }

    pub(crate) fn get(&mut self, now: Millis, link: LinkId, url: &str) -> Vec<(LinkId, Out)> {
        if !url.contains("sid=") {
            let open = self.open(now, link, false);
            return vec![(link, Out::PollAnswer(encode_payload([&open])))];
        }
        match self.of_url(url) {
            Some(session) if !session.websocket && !session.poll => {
                session.poll = true;
                session.flush()
            }
            _ => vec![(link, Out::Refused)],
        }
    }

    pub(crate) fn post(
        &mut self,
        now: Millis,
        link: LinkId,
        url: &str,
        body: &str,
    ) -> Vec<(LinkId, Out)> {
        let Some(id) =
            self.of_url(url).filter(|session| !session.websocket).map(|session| session.id)
        else {
            return vec![(link, Out::Refused)];
        };
        assert!(body.len() <= 200 || !body.contains('\x1e'), "a POST larger than maxPayload");
        for packet in decode_payload(body) {
            self.receive(now, id, packet.expect("the client writes what can be read"));
        }
        let mut out = vec![(link, Out::PostAnswer)];
        out.extend(self.flush(id));
        out
    }

    pub(crate) fn frame(&mut self, now: Millis, link: LinkId, frame: Frame) -> Vec<(LinkId, Out)> {
        let Some(session) = self.session(link) else {
            return Vec::new();
        };
        let id = session.id;
        if session.probe == Some(link) {
            return session.probed(link, &frame);
        }
        let packet = decode(frame).expect("the client writes what can be read");
        self.receive(now, id, packet);
        self.flush(id)
    }

    fn flush(&mut self, id: u64) -> Vec<(LinkId, Out)> {
        self.sessions.get_mut(&id).map(Session::flush).unwrap_or_default()
    }

    fn receive(&mut self, now: Millis, id: u64, packet: EnginePacket) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let packet = match packet {
            EnginePacket::Pong(_) => {
                session.heard_by = None;
                session.next_ping = now + PING_INTERVAL;
                return;
            }
            EnginePacket::Close => {
                self.sessions.remove(&id);
                return;
            }
            EnginePacket::Message(text) => session.decoder.text(text),
            EnginePacket::Binary(bytes) => session.decoder.binary(bytes),
            other => panic!("the client sent {other:?}"),
        };
        let Some(packet) = packet.expect("the client writes what can be read") else {
            return;
        };
        match packet.kind {
            Kind::Connect => {
                assert!(!session.connected, "connected twice");
                session.connected = true;
                session.queue.push_back(Frame::Text(format!("40{{\"sid\":\"n{id}\"}}")));
            }
            Kind::Disconnect => session.connected = false,
            Kind::Event => {
                assert!(session.connected, "an event before its CONNECT");
                let (_, number): (String, u64) = serde_json::from_str(&packet.payload).unwrap();
                self.received.push(number);
                if let Some(ack) = packet.id {
                    session.queue.push_back(Frame::Text(format!("43{ack}[{number}]")));
                }
                // Ones of its own: in order, and each once in a session.
                self.counter += 1;
                session.queue.push_back(Frame::Text(format!("42[\"s\",{id},{}]", self.counter)));
            }
            Kind::Ack | Kind::ConnectError => panic!("the client sent {packet:?}"),
        }
    }

    pub(crate) fn gone(&mut self, link: LinkId) {
        for session in self.sessions.values_mut().filter(|session| session.probe == Some(link)) {
            session.probe = None;
        }
        self.sessions.retain(|_, session| session.link != link);
    }

    pub(crate) fn tick(&mut self, now: Millis) -> Vec<(LinkId, Out)> {
        let mut out = Vec::new();
        self.sessions.retain(|_, session| {
            let dead = session.heard_by.is_some_and(|by| by <= now);
            if dead {
                out.push((session.link, Out::Closed));
            }
            !dead
        });
        for session in self.sessions.values_mut() {
            if session.heard_by.is_none() && session.next_ping <= now {
                session.heard_by = Some(now + PING_TIMEOUT);
                session.queue.push_back(Frame::Text("2".into()));
                out.extend(session.flush());
            }
            if session.probe.is_some() && session.poll {
                session.queue.push_back(Frame::Text("6".into()));
                out.extend(session.flush());
            }
        }
        out
    }

    /// Says something to the client that no server should.
    pub(crate) fn misbehave(&mut self, random: &mut Random) -> Vec<(LinkId, Out)> {
        const LINES: &[&str] = &[
            "",
            "9",
            "0{}",
            "40",
            "40{\"sid\":\"again\"}",
            "41",
            "44{\"message\":\"no\"}",
            "42[\"s\",0,0]",
            "42[\"connect\"]",
            "451-[\"x\",{\"_placeholder\":true,\"num\":0}]",
            "b!",
            "43999[1]",
            "1",
            "6",
            "2",
            "3probe",
            "42[",
            "4299999999999999999999999[\"s\"]",
            "40/other,{\"sid\":\"x\"}",
            "42/other,[\"s\"]",
        ];
        let Some(session) = self.sessions.values_mut().next() else {
            return Vec::new();
        };
        let line = *random.of(LINES);
        session.queue.push_back(Frame::Text(line.into()));
        session.flush()
    }
}

impl Session {
    fn probed(&mut self, link: LinkId, frame: &Frame) -> Vec<(LinkId, Out)> {
        match frame {
            Frame::Text(text) if text == "2probe" => {
                let mut out = vec![(link, Out::Frame(Frame::Text("3probe".into())))];
                if self.poll {
                    self.queue.push_back(Frame::Text("6".into()));
                    out.extend(self.flush());
                }
                out
            }
            Frame::Text(text) if text == "5" => {
                assert!(!self.poll, "upgraded with a poll under way");
                self.link = link;
                self.websocket = true;
                self.probe = None;
                self.flush()
            }
            other => panic!("the client sent {other:?} over the probe"),
        }
    }

    fn flush(&mut self) -> Vec<(LinkId, Out)> {
        if self.websocket {
            return self.queue.drain(..).map(|frame| (self.link, Out::Frame(frame))).collect();
        }
        if !self.poll || self.queue.is_empty() {
            return Vec::new();
        }
        self.poll = false;
        let frames: Vec<_> = self.queue.drain(..).collect();
        vec![(self.link, Out::PollAnswer(encode_payload(&frames)))]
    }
}
