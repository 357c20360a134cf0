use super::values::{duration, size};
use chat::limits::Rates;
use clap::{Args, ValueEnum};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args, Debug, Clone)]
pub struct Settings {
    #[command(flatten)]
    pub http: Http,
    #[command(flatten)]
    pub storage: Storage,
    #[command(flatten)]
    pub nodes: Nodes,
    #[command(flatten)]
    pub people: People,
    #[command(flatten)]
    pub engine: Engine,
    #[command(flatten)]
    pub telemetry: Telemetry,
}

#[derive(Args, Debug, Clone)]
pub struct Http {
    /// Where to listen; port 0 takes any free one
    #[arg(long, env = "BESEDA_ADDRESS", value_name = "IP:PORT", default_value = "127.0.0.1:3000")]
    pub address: SocketAddr,
    /// Pages of other origins (`https://example.com`) that may open sockets and use the API, separated
    /// by commas
    #[arg(long, env = "BESEDA_ALLOWED_ORIGINS", value_name = "ORIGIN", value_delimiter = ',')]
    pub allowed_origins: Vec<String>,
    /// Addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas
    #[arg(long, env = "BESEDA_TRUSTED_PROXIES", value_name = "NET", value_delimiter = ',')]
    #[arg(value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
    /// How many may be connected at once
    #[arg(long, env = "BESEDA_MAX_CONNECTIONS", value_name = "COUNT", default_value = "10000")]
    pub max_connections: usize,
    /// How many of them from one address
    #[arg(long, env = "BESEDA_MAX_CONNECTIONS_PER_ADDRESS", value_name = "COUNT")]
    #[arg(default_value = "100")]
    pub max_connections_per_address: usize,
}

/// Where everything is kept; every command that reads or changes it takes these.
#[derive(Args, Debug, Clone)]
pub struct Storage {
    /// Where the database is kept; made when it isn't there
    #[arg(long, env = "BESEDA_DATA_DIR", value_name = "DIR", default_value = "./data")]
    pub data_dir: PathBuf,
    /// A PostgreSQL database (postgres://…) instead of the file in the data directory
    #[arg(long, env = "BESEDA_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// What an acknowledged message survives: `full` the loss of power; `normal` only a crash of
    /// the program, but writing needs no waiting for the disk
    #[arg(long, env = "BESEDA_DURABILITY", value_name = "WHAT", default_value = "full")]
    pub durability: DurabilityChoice,
    /// Delete messages that are older than so many days
    #[arg(long, env = "BESEDA_KEEP_DAYS", value_name = "DAYS")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub keep_days: Option<u32>,
    /// Signs the tokens of programs; at least 32 characters, the same on every node [default: made
    /// at first start and kept in the data directory]
    #[arg(long, env = "BESEDA_SECRET", value_name = "TEXT", hide_env_values = true)]
    pub secret: Option<String>,
    /// Read further settings from this TOML file
    #[arg(long, env = "BESEDA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Several servers as one house.
#[derive(Args, Debug, Clone)]
pub struct Nodes {
    /// A Redis (redis://… or rediss://…) that joins several nodes on one PostgreSQL database; of a Redis
    /// Cluster the addresses of several servers, separated by commas
    #[arg(long, env = "BESEDA_REDIS_URL", value_name = "URL", hide_env_values = true)]
    pub redis_url: Option<String>,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurabilityChoice {
    Full,
    Normal,
}

/// Who may come in, and how much they may do.
#[derive(Args, Debug, Clone)]
pub struct People {
    /// Whether one may come in with a name alone
    #[arg(long, env = "BESEDA_GUESTS", value_name = "ON", default_value = "on")]
    pub guests: Switch,
    /// Whether programs written for Socket.IO tutorials may come in at `/` and `/room/…`
    #[arg(long, env = "BESEDA_OPEN_DOOR", value_name = "ON", default_value = "on")]
    pub open_door: Switch,
    /// Who may make an account: everyone, whoever has an invite, no one
    #[arg(long, env = "BESEDA_REGISTRATION", value_name = "WHO", default_value = "open")]
    pub registration: RegistrationChoice,
    /// How long one may edit what one has said
    #[arg(long, env = "BESEDA_EDIT_WITHIN", value_name = "TIME", default_value = "24h")]
    #[arg(value_parser = duration)]
    pub edit_within: Duration,
    /// How often something may be done, as NAME=COUNT/SECONDS or NAME=off; may be repeated
    #[arg(long, env = "BESEDA_LIMITS", value_name = "LIMIT", value_delimiter = ',')]
    #[arg(value_parser = limit)]
    pub limit: Vec<String>,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    On,
    Off,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationChoice {
    Open,
    Invite,
    Closed,
}

/// Socket.IO's own settings, with the names and defaults that its users know.
#[derive(Args, Debug, Clone)]
pub struct Engine {
    /// How often a client is pinged
    #[arg(long, env = "BESEDA_PING_INTERVAL", value_name = "TIME", default_value = "25s")]
    #[arg(value_parser = duration)]
    pub ping_interval: Duration,
    /// How long a client may take to answer a ping before its connection is closed
    #[arg(long, env = "BESEDA_PING_TIMEOUT", value_name = "TIME", default_value = "20s")]
    #[arg(value_parser = duration)]
    pub ping_timeout: Duration,
    /// How long a change from polling to WebSocket may take
    #[arg(long, env = "BESEDA_UPGRADE_TIMEOUT", value_name = "TIME", default_value = "10s")]
    #[arg(value_parser = duration)]
    pub upgrade_timeout: Duration,
    /// How clients may connect, separated by commas
    #[arg(long, env = "BESEDA_TRANSPORTS", value_name = "WAYS", value_delimiter = ',')]
    #[arg(default_value = "polling,websocket")]
    pub transports: Vec<Transport>,
    /// Whether clients of Socket.IO 2 (Engine.IO 3) may connect
    #[arg(long, env = "BESEDA_ENGINE_V3", value_name = "ON", default_value = "off")]
    pub engine_v3: Switch,
    /// The largest packet that a client may send
    #[arg(long, env = "BESEDA_MAX_PAYLOAD", value_name = "SIZE", default_value = "1MB")]
    #[arg(value_parser = size)]
    pub max_payload: usize,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Polling,
    Websocket,
}

/// Characters of a token that no one guesses.
const METRICS_TOKEN: usize = 16;

#[derive(Args, Debug, Clone)]
pub struct Telemetry {
    /// What to log: error, warn, info, debug, trace, or a filter such as `info,chat=debug`
    #[arg(long, env = "BESEDA_LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,
    /// How to write the log
    #[arg(long, env = "BESEDA_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
    /// Where to show metrics, to whoever asks there; without it they are at /metrics on the main
    /// address, for whoever holds --metrics-token
    #[arg(long, env = "BESEDA_METRICS_ADDRESS", value_name = "IP:PORT")]
    pub metrics_address: Option<SocketAddr>,
    /// What whoever reads the metrics must send, as `Authorization: Bearer TEXT`; at least 16
    /// characters
    #[arg(long, env = "BESEDA_METRICS_TOKEN", value_name = "TEXT", hide_env_values = true)]
    #[arg(value_parser = metrics_token)]
    pub metrics_token: Option<String>,
    /// A collector of OpenTelemetry traces (`http://127.0.0.1:4318`); only in a Beseda that was
    /// built with the feature `otel`
    #[arg(long, env = "BESEDA_OTEL_ENDPOINT", value_name = "URL", value_parser = otel_endpoint)]
    pub otel_endpoint: Option<String>,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// A line for people
    Text,
    /// A JSON object a line, for machines
    Json,
}

/// A network, or one address of it.
fn network(text: &str) -> Result<IpNet, String> {
    let one = || text.parse::<IpAddr>().map(IpNet::from).ok();
    text.parse::<IpNet>().ok().or_else(one).ok_or_else(|| {
        format!("`{text}` is no address or network; write it as 10.0.0.7 or 10.0.0.0/8")
    })
}

fn metrics_token(text: &str) -> Result<String, String> {
    let good = text.len() >= METRICS_TOKEN && text.bytes().all(|byte| byte.is_ascii_graphic());
    let told =
        || format!("take at least {METRICS_TOKEN} letters, digits and signs, without spaces");
    good.then(|| text.to_owned()).ok_or_else(told)
}

fn otel_endpoint(text: &str) -> Result<String, String> {
    if !cfg!(feature = "otel") {
        return Err("this Beseda was built without traces; docs/metrics.md has the command \
                    that builds it with them"
            .to_owned());
    }
    let told = || "write it as http://HOST:PORT; a collector is spoken to without TLS".to_owned();
    text.starts_with("http://").then(|| text.to_owned()).ok_or_else(told)
}

fn limit(text: &str) -> Result<String, String> {
    Rates::default().set(text).map(|()| text.to_owned())
}
