use std::time::Duration;

use super::{Client, Hub, millis};
use crate::{
    core::{Config, ConfigError, Core, Endpoint, Transport},
    io::{self, Headers},
};

/// A client in the making. What is wrong with it is said by [`build`](Self::build).
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct Builder {
    endpoint: Result<Endpoint, ConfigError>,
    pub(super) config: Config,
    headers: Headers,
}

impl Builder {
    /// Inlined so that a page that names its own server doesn't carry the reader of URLs.
    #[allow(clippy::inline_always, reason = "a page pays for what is not inlined")]
    #[inline(always)]
    pub(super) fn new(url: &str) -> Self {
        let endpoint = match url {
            "" | "/" => io::own_server(),
            url => Endpoint::parse(url),
        };
        Self { endpoint, config: Config::default(), headers: Headers::default() }
    }

    /// The path under which the server listens; `/socket.io/` if not set.
    pub fn path(mut self, path: &str) -> Self {
        if let Ok(endpoint) = &mut self.endpoint
            && let Err(error) = endpoint.set_path(path)
        {
            self.endpoint = Err(error);
        }
        self
    }

    /// Adds a parameter to the query of every request.
    pub fn query(mut self, key: &str, value: &str) -> Self {
        if let Ok(endpoint) = &mut self.endpoint {
            endpoint.add_query(key, value);
        }
        self
    }

    /// Adds a header to every request. Browsers do not let a WebSocket send any, so there it does nothing.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.add(name, value);
        self
    }

    /// The transports in the order to use them: the next is tried when one fails. WebSocket, then polling,
    /// if not set; polling first moves to a WebSocket when the server offers one.
    pub fn transports(mut self, transports: &[Transport]) -> Self {
        let doubled = transports.iter().skip(1).any(|other| transports.first() == Some(other));
        if transports.is_empty() || transports.len() > 2 || doubled {
            self.endpoint = self.endpoint.and(Err(ConfigError::Transports));
        }
        self.config.transports = transports.to_vec();
        self
    }

    /// Whether polling may move to a WebSocket; it may if not set.
    pub fn upgrade(mut self, upgrade: bool) -> Self {
        self.config.upgrade = upgrade;
        self
    }

    /// Whether a lost connection is opened again; it is if not set.
    pub fn reconnection(mut self, reconnection: bool) -> Self {
        self.config.reconnection = reconnection;
        self
    }

    /// The first wait before an attempt, and the longest; 1 s and 5 s if not set.
    pub fn reconnection_delay(mut self, first: Duration, longest: Duration) -> Self {
        self.config.delay = millis(first);
        self.config.delay_max = millis(longest);
        self
    }

    /// How far a wait may stray, from 0 to 1; 0.5 if not set. It is applied after the longest wait, so that
    /// a thousand clients do not come back at once.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
    pub fn randomization_factor(mut self, factor: f64) -> Self {
        self.config.jitter = (factor.clamp(0.0, 1.0) * 1000.0) as u32;
        self
    }

    /// How long one attempt to open may take; 20 s if not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.config.timeout = millis(timeout);
        self
    }

    /// How long to wait for an answer where nothing else is said; without end if not set.
    pub fn ack_timeout(mut self, timeout: Duration) -> Self {
        self.config.ack_timeout = Some(millis(timeout));
        self
    }

    /// How much may wait while there is no connection; 10,000 events and 16 MiB if not set.
    pub fn buffer(mut self, events: usize, bytes: usize) -> Self {
        self.config.max_buffered = events;
        self.config.max_buffered_bytes = bytes;
        self
    }

    /// Makes the client and connects to the main namespace.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn connect(self) -> Result<(Client, super::Namespace), ConfigError> {
        let client = self.build()?;
        let namespace = client.namespace("/")?;
        namespace.connect();
        Ok((client, namespace))
    }

    /// Makes the client; it opens a connection when a namespace wants one. Natively it runs on the tokio
    /// runtime in which this is called.
    ///
    /// # Errors
    /// When the URL, the path, a header or the transports will not do, in words that say what to do.
    pub fn build(mut self) -> Result<Client, ConfigError> {
        let endpoint = self.endpoint?;
        self.config.seed = io::seed();
        let hub = Hub::new(Core::new(endpoint, self.config));
        io::start(&hub, self.headers)?;
        Ok(Client::start(hub))
    }
}
