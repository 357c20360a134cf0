use std::collections::HashMap;

use socketio_client::{
    Change,
    codec::engine::Frame,
    core::{
        AckFailure, AckToken, Action, Config, Core, EmitOptions, Endpoint, Input, LinkId, Millis,
        Notice, NsId, Retries, State, Transport,
    },
};

use crate::{
    network::{Network, Random, Wire},
    server::{Out, Server},
};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) polling_first: bool,
    pub(crate) retries: bool,
    pub(crate) hostile: bool,
}

#[derive(Debug)]
enum Parcel {
    Connect(String),
    Get(String),
    Post(String, String),
    Frame(Frame),
    Gone,
    Input(Input),
}

const EVENTS: u64 = 30;
/// The weather is bad until then; after it everything must come to rest in good order.
const STORM: Millis = 4000;
const END: Millis = 60_000;

pub(crate) struct World {
    plan: Plan,
    random: Random,
    now: Millis,
    core: Core,
    ns: NsId,
    server: Server,
    network: Network<Parcel>,
    emitted: u64,
    acks: HashMap<AckToken, u64>,
    answered: Vec<u64>,
    failed: Vec<(u64, AckFailure)>,
    connected: bool,
    heard: Vec<(u64, u64)>,
    live: Vec<LinkId>,
    steps: u64,
    tracing: bool,
}

impl World {
    pub(crate) fn new(seed: u64, plan: Plan) -> Self {
        let mut transports = vec![Transport::WebSocket, Transport::Polling];
        if plan.polling_first {
            transports.reverse();
        }
        let config = Config {
            transports,
            timeout: 1000,
            delay: 100,
            delay_max: 500,
            retries: plan.retries.then_some(Retries { times: u32::MAX - 1 }),
            ack_timeout: plan.retries.then_some(700),
            seed,
            ..Config::default()
        };
        let mut core = Core::new(Endpoint::parse("http://server").unwrap(), config);
        let ns = core.namespace("/");
        core.connect(0, ns);
        Self {
            plan,
            random: Random::new(seed),
            now: 0,
            core,
            ns,
            server: Server::default(),
            network: Network::new(),
            emitted: 0,
            acks: HashMap::new(),
            answered: Vec::new(),
            failed: Vec::new(),
            connected: false,
            heard: Vec::new(),
            live: Vec::new(),
            steps: 0,
            tracing: std::env::var_os("SIO_SEED").is_some(),
        }
    }

    pub(crate) fn run(mut self) {
        while self.now < END {
            self.settle();
            self.steps += 1;
            assert!(self.steps < 100_000, "it spins");
            if self.is_done() {
                break;
            }
            let wakes = [self.core.next_wake(), self.network.next(), self.server.next()];
            let next = wakes.into_iter().flatten().min().unwrap_or(END).max(self.now);
            // In the storm nothing waits longer than until the next gust.
            let gust = if self.now < STORM { self.now + self.random.below(40) } else { next };
            let noops = self.now + 20;
            self.now = next.min(gust).min(if self.server.has_sessions() { noops } else { END });
            self.storm();
            let out = self.server.tick(self.now);
            self.server_says(out);
            while let Some((wire, parcel)) = self.network.deliver(self.now) {
                self.deliver(wire, parcel);
                self.settle();
            }
            self.core.tick(self.now);
        }
        self.check();
    }

    /// Says what happens, when one schedule is looked at.
    fn trace(&self, what: &impl std::fmt::Debug) {
        if self.tracing {
            println!("{} {what:?}", self.now);
        }
    }

    fn is_done(&self) -> bool {
        let done =
            self.emitted == EVENTS && self.core.buffered() == 0 && self.core.pending_acks() == 0;
        let up = matches!(self.core.state(), State::Open { .. }) && self.connected;
        self.now > STORM && self.network.next().is_none() && done && (up || self.plan.hostile)
    }

    fn storm(&mut self) {
        if self.now < STORM && self.random.one_in(3) && self.emitted < EVENTS {
            self.emit();
        }
        if self.now < STORM && self.random.one_in(60) {
            self.cut();
        }
        if self.plan.hostile && self.now < STORM && self.random.one_in(10) {
            let out = self.server.misbehave(&mut self.random);
            self.server_says(out);
        }
        if self.now >= STORM && self.emitted < EVENTS {
            self.emit();
        }
        if self.now >= STORM {
            self.core.connect(self.now, self.ns);
        }
    }

    fn emit(&mut self) {
        self.emitted += 1;
        let number = self.emitted;
        let token = AckToken(number);
        let ack = self.plan.retries || self.random.one_in(2);
        if ack {
            self.acks.insert(token, number);
        }
        let options = EmitOptions { ack: ack.then_some(token), ..EmitOptions::default() };
        let arguments = format!("[\"n\",{number}]");
        self.core.emit(self.now, self.ns, arguments, Vec::new(), options).unwrap();
    }

    /// A wire tears, with all that is on it. One side may notice later, by its heartbeat.
    fn cut(&mut self) {
        if self.live.is_empty() {
            return;
        }
        let link = *self.random.of(&self.live);
        self.network.lose(|wire| wire.link() == link);
        if self.random.one_in(2) {
            self.server.gone(link);
        }
        if self.random.one_in(2) {
            let input = if self.random.one_in(2) { Input::Closed } else { failure() };
            self.core.handle(self.now, link, input);
        } else {
            self.live.retain(|other| *other != link);
        }
    }

    fn settle(&mut self) {
        loop {
            if let Some(action) = self.core.poll_action() {
                self.perform(action);
            } else if let Some(notice) = self.core.poll_notice() {
                self.notice(notice);
            } else {
                return;
            }
        }
    }

    fn delay(&mut self) -> Millis {
        if self.random.one_in(20) { self.random.below(300) } else { self.random.below(20) }
    }

    fn perform(&mut self, action: Action) {
        let delay = self.delay();
        self.trace(&action);
        let aborted = matches!(action, Action::Abort(_));
        let (wire, parcel) = match action {
            Action::Connect(link, url) => {
                self.live.push(link);
                (Wire::ToServer(link), Parcel::Connect(url))
            }
            Action::Send(link, frames) => {
                let mut at = delay;
                for frame in frames {
                    at += self.random.below(3);
                    self.send(link, at, Wire::ToServer(link), Parcel::Frame(frame));
                }
                self.network.send(
                    self.now,
                    at,
                    Wire::PostToClient(link),
                    Parcel::Input(Input::Drained),
                );
                return;
            }
            Action::Settle(link) => (Wire::PostToClient(link), Parcel::Input(Input::Settled)),
            Action::Get(link, url) => {
                if !self.live.contains(&link) && !url.contains("sid=") {
                    self.live.push(link);
                }
                (Wire::ToServer(link), Parcel::Get(url))
            }
            Action::Post(link, url, body) => (Wire::PostToServer(link), Parcel::Post(url, body)),
            Action::Close(link) | Action::Abort(link) => {
                if aborted {
                    self.network.lose(|wire| wire.link() == link);
                }
                self.live.retain(|other| *other != link);
                (Wire::ToServer(link), Parcel::Gone)
            }
        };
        self.send(wire.link(), delay, wire, parcel);
    }

    /// What goes over a wire that has torn is lost.
    fn send(&mut self, link: LinkId, delay: Millis, wire: Wire, parcel: Parcel) {
        if self.live.contains(&link) || matches!(parcel, Parcel::Gone) {
            self.network.send(self.now, delay, wire, parcel);
        }
    }

    fn deliver(&mut self, wire: Wire, parcel: Parcel) {
        self.trace(&(wire, &parcel));
        let link = wire.link();
        let out = match parcel {
            Parcel::Connect(url) => self.server.connect(self.now, link, &url),
            Parcel::Get(url) => self.server.get(self.now, link, &url),
            Parcel::Post(url, body) => self.server.post(self.now, link, &url, &body),
            Parcel::Frame(frame) => self.server.frame(self.now, link, frame),
            // Only a WebSocket's end is seen by the server; a poll that is given up is just a poll.
            Parcel::Gone => {
                self.server.gone(link);
                Vec::new()
            }
            Parcel::Input(input) => {
                self.core.handle(self.now, link, input);
                Vec::new()
            }
        };
        self.server_says(out);
    }

    fn server_says(&mut self, out: Vec<(LinkId, Out)>) {
        for (link, out) in out {
            let (wire, input) = match out {
                Out::Opened => (Wire::ToClient(link), Input::Opened),
                Out::Frame(frame) => (Wire::ToClient(link), Input::Frame(frame)),
                Out::PollAnswer(body) => (Wire::ToClient(link), Input::Polled(body)),
                Out::PostAnswer => (Wire::PostToClient(link), Input::Posted),
                Out::Refused => (Wire::ToClient(link), failure()),
                Out::Closed => (Wire::ToClient(link), Input::Closed),
            };
            let delay = self.delay();
            self.send(link, delay, wire, Parcel::Input(input));
        }
    }

    fn notice(&mut self, notice: Notice) {
        self.trace(&notice);
        match notice {
            Notice::Change(Change::Connect { .. }) => {
                assert!(!self.connected, "connected twice");
                self.connected = true;
            }
            Notice::Change(Change::Disconnect { .. }) => {
                assert!(self.connected, "disconnected twice");
                self.connected = false;
            }
            Notice::Event { packet, .. } => {
                assert!(self.connected, "an event of no connection");
                if let Ok((_, session, number)) =
                    serde_json::from_str::<(String, u64, u64)>(&packet.payload)
                {
                    self.heard.push((session, number));
                }
            }
            Notice::Ack { token, result } => {
                let number = self.acks.remove(&token).expect("answered twice");
                match result {
                    Ok(packet) if self.plan.hostile => drop(packet),
                    Ok(packet) => {
                        assert_eq!(packet.payload, format!("[{number}]"), "another's answer");
                        self.answered.push(number);
                    }
                    Err(failure) => self.failed.push((number, failure)),
                }
            }
            _ => {}
        }
    }

    fn check(&self) {
        assert_eq!(self.core.buffered(), 0, "what waited was never sent: {:?}", self.core.state());
        if self.plan.hostile {
            return;
        }
        assert!(self.connected, "it came back");
        assert!(self.acks.is_empty(), "acks that hang: {:?}", self.acks);
        let received = &self.server.received;
        if self.plan.retries {
            // In the order of their first arrival; again at most while the answer was under way.
            let mut first: Vec<u64> = Vec::new();
            for number in received {
                assert!(
                    first.last().is_none_or(|last| number <= last || *number == last + 1),
                    "a gap"
                );
                if !first.contains(number) {
                    first.push(*number);
                }
            }
            assert_eq!(first, (1..=EVENTS).collect::<Vec<_>>(), "at least once, in order");
            assert_eq!(self.answered, first, "answered in order");
        } else {
            assert!(received.is_sorted_by(|a, b| a < b), "in order and none doubled: {received:?}");
            for number in &self.answered {
                assert!(received.contains(number), "answered but not received");
            }
        }
        assert!(self.heard.is_sorted_by(|a, b| a < b), "heard in order and once: {:?}", self.heard);
    }
}

fn failure() -> Input {
    Input::Failed { message: "cut".into(), retry_after: None }
}
