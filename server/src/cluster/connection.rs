//! The connections to Redis, one server or a Redis Cluster. One that breaks is made anew when it is next
//! needed; nothing waits longer than a moment for either.

use redis::aio::{ConnectionLike, MultiplexedConnection, PubSub};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::{
    AsyncConnectionConfig, Client, Cmd, FromRedisValue, IntoConnectionInfo, Pipeline, RedisError,
    RedisFuture, RedisResult, ScriptInvocation, Value,
};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::timeout;

const CONNECT_WITHIN: Duration = Duration::from_secs(2);
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

pub(crate) struct Redis {
    target: Target,
    /// Every node of one house listens to it.
    channel: String,
    link: Mutex<Option<Link>>,
    /// Of a cluster's servers, the one to subscribe at next.
    turn: AtomicUsize,
}

#[allow(clippy::large_enum_variant, reason = "there is one")]
enum Target {
    One(Client),
    Many(ClusterClient, Vec<Client>),
}

#[derive(Clone)]
enum Link {
    One(MultiplexedConnection),
    Many(ClusterConnection),
}

impl Redis {
    /// One address, or those of several servers of a cluster with commas between them. Nothing is asked yet.
    pub(crate) fn new(urls: &str) -> RedisResult<Self> {
        let urls: Vec<&str> = urls.split(',').map(str::trim).collect();
        let clients = urls.iter().map(|url| Client::open(*url)).collect::<RedisResult<Vec<_>>>()?;
        let database = clients.first().map_or(0, database);
        let target = match <[Client; 1]>::try_from(clients) {
            Ok([client]) => Target::One(client),
            Err(clients) => {
                let servers = urls.iter().map(|url| url.into_connection_info());
                let cluster = ClusterClient::builder(servers.collect::<RedisResult<Vec<_>>>()?)
                    .connection_timeout(CONNECT_WITHIN)
                    .response_timeout(ANSWER_WITHIN)
                    .retries(2)
                    .build()?;
                Target::Many(cluster, clients)
            }
        };
        // What is published is heard in every database of a Redis.
        let channel = format!("beseda:{database}");
        Ok(Self { target, channel, link: Mutex::default(), turn: AtomicUsize::default() })
    }

    pub(crate) fn channel(&self) -> &str {
        &self.channel
    }

    pub(crate) async fn run<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        let mut link = self.link().await?;
        self.judge(timeout(ANSWER_WITHIN, command.query_async(&mut link)).await).await
    }

    /// In a cluster, all of it must belong to one key.
    pub(crate) async fn run_all<T: FromRedisValue>(&self, commands: &Pipeline) -> RedisResult<T> {
        let mut link = self.link().await?;
        self.judge(timeout(ANSWER_WITHIN, commands.query_async(&mut link)).await).await
    }

    pub(crate) async fn run_script<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> RedisResult<T> {
        let mut link = self.link().await?;
        self.judge(timeout(ANSWER_WITHIN, script.invoke_async(&mut link)).await).await
    }

    /// A cluster hands on what is published, to whichever of its servers one listens.
    pub(crate) async fn subscribe(&self) -> RedisResult<PubSub> {
        let client = match &self.target {
            Target::One(client) => client,
            Target::Many(_, clients) => {
                &clients[self.turn.fetch_add(1, Ordering::Relaxed) % clients.len()]
            }
        };
        let subscribing = async {
            let mut subscription = client.get_async_pubsub().await?;
            subscription.subscribe(&self.channel).await?;
            Ok(subscription)
        };
        timeout(CONNECT_WITHIN, subscribing).await.unwrap_or_else(|_| Err(too_late()))
    }

    async fn link(&self) -> RedisResult<Link> {
        let mut link = self.link.lock().await;
        if let Some(link) = &*link {
            return Ok(link.clone());
        }
        let made = timeout(CONNECT_WITHIN, self.connect()).await;
        let made = made.unwrap_or_else(|_| Err(too_late()))?;
        Ok(link.insert(made).clone())
    }

    async fn connect(&self) -> RedisResult<Link> {
        Ok(match &self.target {
            Target::One(client) => {
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(CONNECT_WITHIN))
                    .set_response_timeout(Some(ANSWER_WITHIN));
                Link::One(client.get_multiplexed_async_connection_with_config(&config).await?)
            }
            Target::Many(cluster, _) => Link::Many(cluster.get_async_connection().await?),
        })
    }

    /// Forgets a connection that doesn't answer.
    async fn judge<T>(
        &self,
        answer: Result<RedisResult<T>, tokio::time::error::Elapsed>,
    ) -> RedisResult<T> {
        let answer = answer.unwrap_or_else(|_| Err(too_late()));
        if let Err(error) = &answer
            && (error.is_io_error() || error.is_unrecoverable_error())
        {
            *self.link.lock().await = None;
        }
        answer
    }
}

fn database(client: &Client) -> i64 {
    client.get_connection_info().redis_settings().db()
}

fn too_late() -> RedisError {
    io::Error::from(io::ErrorKind::TimedOut).into()
}

impl ConnectionLike for Link {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::One(link) => link.req_packed_command(command),
            Self::Many(link) => link.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        commands: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::One(link) => link.req_packed_commands(commands, offset, count),
            Self::Many(link) => link.req_packed_commands(commands, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::One(link) => link.get_db(),
            Self::Many(link) => link.get_db(),
        }
    }
}
