use std::time::Duration;

use clap::{ArgAction, Parser};
use serde_json::{Map, Value};
use socketio_client::{Builder, Client, Transport};

/// Talk to a Socket.IO server.
///
/// What you type is sent: `event arg arg…` sends an event, `+event arg…` asks for an answer. Arguments are
/// JSON where they look like it, else words. What arrives is printed.
#[derive(Debug, Parser)]
#[command(name = "sio", version, max_term_width = 100)]
pub(crate) struct Options {
    /// The server: http://, https://, ws:// or wss://.
    pub(crate) url: String,

    /// A namespace to connect at start, repeatable; "none" for none.
    #[arg(long = "ns", value_name = "NS", default_value = "/")]
    namespaces: Vec<String>,

    /// The auth payload for namespaces, a JSON object.
    #[arg(long, value_name = "JSON", value_parser = object)]
    pub(crate) auth: Option<Map<String, Value>>,

    /// A header for every request, repeatable.
    #[arg(long, value_name = "K: V", value_parser = |text: &str| pair(text, ':', "K: V"))]
    header: Vec<(String, String)>,

    /// A query parameter for every request, repeatable.
    #[arg(long, value_name = "K=V", value_parser = |text: &str| pair(text, '=', "K=V"))]
    query: Vec<(String, String)>,

    /// The path under which the server listens.
    #[arg(long, default_value = "/socket.io/")]
    path: String,

    /// The transports in the order to use them: the next is tried when one fails.
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "websocket,polling", value_parser = transport)]
    transports: Vec<Transport>,

    /// Stay with polling where it comes first.
    #[arg(long)]
    no_upgrade: bool,

    /// End with the first connection.
    #[arg(long)]
    no_reconnection: bool,

    /// How many attempts to reconnect may fail in a row; without end if not set.
    #[arg(long, value_name = "N")]
    reconnection_attempts: Option<u32>,

    /// The first wait before an attempt, in ms.
    #[arg(long, value_name = "MS", default_value_t = 1000)]
    reconnection_delay: u64,

    /// The longest wait before an attempt, in ms.
    #[arg(long, value_name = "MS", default_value_t = 5000)]
    reconnection_delay_max: u64,

    /// How far a wait strays, from 0 to 1.
    #[arg(long, value_name = "F", default_value_t = 0.5)]
    randomization_factor: f64,

    /// How long one attempt to open may take, in ms.
    #[arg(long, value_name = "MS", default_value_t = 20_000)]
    timeout: u64,

    /// Send events again until they are answered, at most so many times after the first.
    #[arg(long, value_name = "N")]
    retries: Option<u32>,

    /// How long to wait for answers, in ms.
    #[arg(long, value_name = "MS")]
    ack_timeout: Option<u64>,

    /// Machine mode: one JSON object a line, in and out.
    #[arg(long, action = ArgAction::SetTrue)]
    pub(crate) json: bool,
}

impl Options {
    pub(crate) fn builder(&self) -> Builder {
        let ms = Duration::from_millis;
        let mut builder = Client::builder(&self.url)
            .path(&self.path)
            .transports(&self.transports)
            .upgrade(!self.no_upgrade)
            .reconnection(!self.no_reconnection)
            .reconnection_delay(ms(self.reconnection_delay), ms(self.reconnection_delay_max))
            .randomization_factor(self.randomization_factor)
            .timeout(self.timeout());
        for (key, value) in &self.query {
            builder = builder.query(key, value);
        }
        for (name, value) in &self.header {
            builder = builder.header(name, value);
        }
        if let Some(attempts) = self.reconnection_attempts {
            builder = builder.reconnection_attempts(attempts);
        }
        if let Some(retries) = self.retries {
            builder = builder.retries(retries);
        }
        if let Some(timeout) = self.ack_timeout {
            builder = builder.ack_timeout(ms(timeout));
        }
        builder
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout)
    }

    pub(crate) fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.namespaces.iter().map(String::as_str).filter(|name| *name != "none")
    }
}

fn object(text: &str) -> Result<Map<String, Value>, String> {
    serde_json::from_str(text).map_err(|error| format!("write a JSON object: {error}"))
}

fn pair(text: &str, separator: char, form: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once(separator).ok_or_else(|| format!("write it as {form}"))?;
    Ok((key.trim().into(), value.trim().into()))
}

fn transport(name: &str) -> Result<Transport, String> {
    [Transport::WebSocket, Transport::Polling]
        .into_iter()
        .find(|transport| transport.as_str() == name.trim())
        .ok_or_else(|| "there are websocket and polling".into())
}
