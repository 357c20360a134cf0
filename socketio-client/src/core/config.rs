use super::Millis;

/// A way to carry packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// One WebSocket.
    WebSocket,
    /// HTTP long polling.
    Polling,
}

impl Transport {
    /// Its name in URLs and in the JavaScript client.
    pub fn as_str(self) -> &'static str {
        match self {
            Transport::WebSocket => "websocket",
            Transport::Polling => "polling",
        }
    }
}

/// How often an event without an answer is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// After the first time.
    pub times: u32,
}

/// What a client can be told. The defaults are the JavaScript client's, but for the transports' order.
#[derive(Debug, Clone)]
pub struct Config {
    /// In the order to try them.
    pub transports: Vec<Transport>,
    /// Whether polling moves to a WebSocket when the server offers one.
    pub upgrade: bool,
    /// Whether a lost connection is opened again.
    pub reconnection: bool,
    /// How often, in a row; `None` is without end.
    pub attempts: Option<u32>,
    /// The first wait.
    pub delay: Millis,
    /// The longest wait, before jitter.
    pub delay_max: Millis,
    /// How far, in thousandths, a wait strays to both sides.
    pub jitter: u32,
    /// For one attempt to open.
    pub timeout: Millis,
    /// Whether events are sent again until they are answered, one at a time.
    pub retries: Option<Retries>,
    /// The default for acks; with retries, for each time.
    pub ack_timeout: Option<Millis>,
    /// How many events may wait.
    pub max_buffered: usize,
    /// How many bytes may wait.
    pub max_buffered_bytes: usize,
    /// From where chance comes.
    pub seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            transports: vec![Transport::WebSocket, Transport::Polling],
            upgrade: true,
            reconnection: true,
            attempts: None,
            delay: 1000,
            delay_max: 5000,
            jitter: 500,
            timeout: 20_000,
            retries: None,
            ack_timeout: None,
            max_buffered: 10_000,
            max_buffered_bytes: 16 << 20,
            seed: 0,
        }
    }
}

/// What is wrong with what the client was told, in words that say what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The URL does not begin with one of the four schemes.
    #[error("the URL must begin with http://, https://, ws:// or wss://")]
    Scheme,
    /// The URL names no host, or one with characters that do not belong there.
    #[error(
        "the URL has no valid host: write it as https://chat.example.org or http://localhost:3000"
    )]
    Host,
    /// The URL's port is not a number from 1 to 65535.
    #[error("the URL's port must be a number from 1 to 65535")]
    Port,
    /// The URL has a name or password in it.
    #[error("the URL must not hold a user name or password: send them as auth, or in a header")]
    Credentials,
    /// The URL has a path: it could be meant for a namespace or for the server's `path`.
    #[error(
        "the URL must end after the host: connect a namespace with namespace(), set the server's path with path()"
    )]
    UrlPath,
    /// `path` holds characters that do not belong in a URL's path.
    #[error("the path must not hold spaces, control characters, '?' or '#'")]
    Path,
    /// A namespace that cannot be written into a packet.
    #[error("a namespace begins with '/' and holds no comma and no control characters")]
    Namespace,
    /// No transport to try.
    #[error("name at least one transport, each at most once")]
    Transports,
    /// A header's name or value has characters that HTTP does not allow.
    #[error("a header's name or value holds characters that HTTP does not allow")]
    Header,
    /// The auth payload is not an object.
    #[error("auth must serialise to a JSON object, such as {{\"token\": \"…\"}}")]
    Auth,
    /// A client needs somewhere to run.
    #[error("build the client inside a tokio runtime")]
    NoRuntime,
    /// The certificates of this machine could not be read.
    #[error("the TLS certificates of this machine could not be used")]
    Tls,
}
