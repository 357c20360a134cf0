//! How Redis fares, for whoever looks after it. Only reads, and is no node.

use super::connection::Redis;
use super::heart::NODES;
use super::{is_away, without_password};
use redis::{AsyncConnectionConfig, Client, ErrorKind, RedisError, RedisResult, cmd};
use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime};

const ANSWER_WITHIN: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(crate) struct Checkup {
    pub(crate) servers: Vec<Instance>,
    /// How many nodes say that they live.
    pub(crate) nodes: usize,
    /// [`chat::Secret::fingerprint`] of the secret that they have.
    pub(crate) fingerprint: Option<String>,
}

/// One of its servers.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) address: String,
    pub(crate) version: String,
    /// It is part of a Redis Cluster.
    pub(crate) clustered: bool,
    /// In bytes; 0: as much as there is.
    pub(crate) memory: u64,
    /// What goes when that is used up.
    pub(crate) eviction: String,
    pub(crate) round_trip: Duration,
    /// What its clock said, and ours in the middle of asking.
    pub(crate) clock: (SystemTime, SystemTime),
}

/// Why nothing could be found out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error("`{0}` is no address of a Redis")]
    Url(String),
    #[error("Redis at {0} can't be reached: {1}")]
    Away(String, RedisError),
    #[error("Redis at {0} lets us not in: {1}")]
    NotLetIn(String, RedisError),
    #[error("Redis at {0} refuses: {1}")]
    Refused(String, RedisError),
}

impl Trouble {
    fn of(address: &str, error: RedisError) -> Self {
        let address = address.to_owned();
        let barred = matches!(error.code(), Some("NOAUTH" | "WRONGPASS" | "NOPERM"));
        if barred || error.kind() == ErrorKind::AuthenticationFailed {
            Self::NotLetIn(address, error)
        } else if is_away(&error) || error.is_io_error() {
            Self::Away(address, error)
        } else {
            Self::Refused(address, error)
        }
    }
}

pub(crate) async fn check_up(urls: &str) -> Result<Checkup, Trouble> {
    let mut servers = Vec::new();
    for url in urls.split(',').map(str::trim) {
        let address = without_password(url);
        let client = Client::open(url).map_err(|_| Trouble::Url(address.clone()))?;
        let found = ask(&client, &address).await;
        servers.push(found.map_err(|error| Trouble::of(&address, error))?);
    }
    let address = without_password(urls);
    let redis = Redis::new(urls).map_err(|_| Trouble::Url(address.clone()))?;
    let nodes = redis.run::<HashMap<String, String>>(cmd("HGETALL").arg(NODES)).await;
    let mut nodes = nodes.map_err(|error| Trouble::of(&address, error))?;
    let fingerprint = nodes.remove("secret");
    Ok(Checkup { servers, nodes: nodes.len(), fingerprint })
}

async fn ask(client: &Client, address: &str) -> RedisResult<Instance> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(ANSWER_WITHIN))
        .set_response_timeout(Some(ANSWER_WITHIN));
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
    let info: String = cmd("INFO").query_async(&mut connection).await?;
    let (begun, ours) = (Instant::now(), SystemTime::now());
    let (seconds, micros): (u64, u64) = cmd("TIME").query_async(&mut connection).await?;
    let round_trip = begun.elapsed();
    let theirs = Duration::from_secs(seconds) + Duration::from_micros(micros);
    let field = |name: &str| field(&info, name).to_owned();
    Ok(Instance {
        address: address.to_owned(),
        version: field("redis_version"),
        clustered: field("cluster_enabled") == "1",
        memory: field("maxmemory").parse().unwrap_or_default(),
        eviction: field("maxmemory_policy"),
        round_trip,
        clock: (SystemTime::UNIX_EPOCH + theirs, ours + round_trip / 2),
    })
}

/// A line of `INFO`.
fn field<'a>(info: &'a str, name: &str) -> &'a str {
    let fields = info.lines().filter_map(|line| line.split_once(':'));
    fields.into_iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.trim())
}
