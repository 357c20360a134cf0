use socketio_client::{
    Change,
    codec::{Attachments, engine::Frame},
    core::{
        Action, Config, Core, EmitOptions, Endpoint, Input, LinkId, Millis, Notice, NsId, Transport,
    },
};

pub(crate) const OPEN: &str = r#"0{"sid":"a","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":1000}"#;

/// A client on the workbench: the test is its network, its clock and its user.
pub(crate) struct Bench {
    pub(crate) core: Core,
    pub(crate) ns: NsId,
    pub(crate) now: Millis,
    pub(crate) link: LinkId,
}

impl Bench {
    pub(crate) fn new(config: Config) -> Self {
        let mut core = Core::new(Endpoint::parse("ws://server").unwrap(), config);
        let ns = core.namespace("/");
        core.connect(0, ns);
        let mut bench = Self { core, ns, now: 0, link: LinkId(0) };
        bench.expect_connect();
        bench
    }

    /// Over a WebSocket, and in the main namespace.
    pub(crate) fn connected(config: Config) -> Self {
        let mut bench = Self::new(config);
        bench.welcome();
        bench
    }

    pub(crate) fn welcome(&mut self) {
        self.input(Input::Opened);
        self.hear(OPEN);
        assert_eq!(self.sent(), ["40"]);
        self.hear(r#"40{"sid":"n"}"#);
        self.drain();
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.core.handle(self.now, self.link, input);
    }

    pub(crate) fn hear(&mut self, text: &str) {
        self.input(Input::Frame(Frame::Text(text.into())));
    }

    pub(crate) fn drain(&mut self) {
        self.input(Input::Drained);
    }

    pub(crate) fn pass(&mut self, time: Millis) {
        self.now += time;
        self.core.tick(self.now);
    }

    pub(crate) fn emit(&mut self, text: &str, options: EmitOptions) {
        let arguments = format!("[\"{text}\"]");
        self.core.emit(self.now, self.ns, arguments, Attachments::default(), options).unwrap();
    }

    pub(crate) fn actions(&mut self) -> Vec<Action> {
        std::iter::from_fn(|| self.core.poll_action()).collect()
    }

    /// What was handed to the WebSocket.
    pub(crate) fn sent(&mut self) -> Vec<String> {
        let mut sent = Vec::new();
        for action in self.actions() {
            match action {
                Action::Send(_, frames) => {
                    sent.extend(frames.into_iter().map(|frame| match frame {
                        Frame::Text(text) => text,
                        Frame::Binary(bytes) => format!("{bytes:?}"),
                    }));
                }
                Action::Connect(link, _) | Action::Get(link, _) => self.link = link,
                _ => {}
            }
        }
        sent
    }

    pub(crate) fn expect_connect(&mut self) -> Transport {
        for action in self.actions() {
            if let Action::Connect(link, _) | Action::Get(link, _) = &action {
                self.link = *link;
                return match action {
                    Action::Connect(..) => Transport::WebSocket,
                    _ => Transport::Polling,
                };
            }
        }
        panic!("it does not connect");
    }

    pub(crate) fn notices(&mut self) -> Vec<Notice> {
        std::iter::from_fn(|| self.core.poll_notice()).collect()
    }

    /// Changes and answers in words.
    pub(crate) fn told(&mut self) -> Vec<String> {
        self.notices().iter().map(words).collect()
    }

    pub(crate) fn lose(&mut self) {
        self.input(Input::Closed);
        self.notices();
        self.actions();
    }

    pub(crate) fn fail(&mut self) {
        self.input(Input::Failed { message: "no".into(), retry_after: None });
    }
}

/// Of these words, those that are told: the story only with its feature.
pub(crate) fn story(words: &[&str]) -> Vec<String> {
    let told =
        |word: &str| cfg!(feature = "story") || word != "close" && !word.starts_with("waiting");
    words.iter().filter(|word| told(word)).map(ToString::to_string).collect()
}

fn words(notice: &Notice) -> String {
    match notice {
        Notice::Change(Change::Connect { .. }) => "connect".into(),
        Notice::Change(Change::Disconnect { reason, .. }) => reason.as_str().into(),
        Notice::Change(Change::Close { .. }) => "close".into(),
        Notice::Change(Change::ConnectError { message, .. }) => format!("error: {message}"),
        Notice::Change(Change::Waiting { attempt, .. }) => format!("waiting {attempt}"),
        Notice::Change(other) => {
            format!("{other:?}").chars().take_while(|c| c.is_alphabetic()).collect()
        }
        Notice::Event { packet, .. } => packet.payload.clone(),
        Notice::Ack { token, result: Ok(packet) } => format!("ack {} {}", token.0, packet.payload),
        Notice::Ack { token, result: Err(failure) } => format!("ack {} {failure}", token.0),
        #[cfg(feature = "auth")]
        Notice::AskAuth { .. } => "auth?".into(),
    }
}
