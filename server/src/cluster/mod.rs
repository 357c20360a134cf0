//! Several nodes on one database, joined by Redis. What happens in `chat` on one node is told on all; who is here on
//! any of them is known on each. Redis holds nothing that must last: without it every node goes on serving, and
//! finds what the others wrote in the database.
//!
//! | file | holds |
//! |---|---|
//! | `bus` | what a node tells all others, and hears from them |
//! | `board` | what a node says of itself: who is there, from where |
//! | `heart` | saying that this node lives |
//! | `neighbours` | what the others' boards say, and who is no more |
//! | `limits` | what all nodes count together |
//! | `abreast` | finding in the database what was not told |
//! | `connection` | the connections to Redis |
//! | `checkup` | how Redis fares, for `beseda doctor` |

pub(crate) mod abreast;
mod board;
mod bus;
pub(crate) mod checkup;
mod connection;
mod heart;
mod limits;
mod neighbours;

pub(crate) use board::Board;
pub(crate) use neighbours::Elsewhere;

use bus::{Bus, Outbox};
use chat::Chat;
use chat::limits::Tally;
use chat::nodes::{NodeId, Others};
use connection::Redis;
use heart::{Heart, Living, Roll};
use neighbours::Neighbours;
use redis::RedisError;
use std::collections::HashMap;
use std::io::ErrorKind;
// A std lock: it is held for an assignment and never across an await.
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Changes of boards that wait. When there are more, the boards are read anew.
const CHANGES: usize = 1_024;
const STRANGER: &str = "other nodes use another secret";

/// Why a node can't join the others, in words for the person who started it.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error(
        "`{0}` is no address of a Redis; write redis://HOST:PORT, or several with commas between them for a cluster"
    )]
    Url(String),
    #[error("Redis at {address} can't be used: {source}; correct --redis-url")]
    Refused { address: String, source: RedisError },
    #[error(
        "the nodes that use Redis at {0} have another secret; give every node the same --secret"
    )]
    Stranger(String),
}

/// How it stands with Redis.
#[derive(Clone)]
struct State {
    /// What the other nodes say comes here.
    listening: watch::Sender<bool>,
    /// Redis answers.
    alive: watch::Sender<bool>,
}

impl State {
    fn is_up(&self) -> bool {
        *self.listening.borrow() && *self.alive.borrow()
    }
}

/// This node among the others.
pub(crate) struct Cluster {
    redis: Arc<Redis>,
    me: NodeId,
    roll: Arc<Roll>,
    bus: Arc<Bus>,
    pub(crate) board: Arc<Board>,
    pub(crate) elsewhere: Arc<Elsewhere>,
    outbox: Mutex<Option<Outbox>>,
    state: State,
    tasks: Mutex<JoinSet<()>>,
}

impl Cluster {
    /// Refuses what will never work. A Redis that is only away may come back.
    pub(crate) async fn join(urls: &str, secret: String) -> Result<Self, ClusterError> {
        let address = without_password(urls);
        let redis = Arc::new(Redis::new(urls).map_err(|_| ClusterError::Url(address.clone()))?);
        let (me, board) = (NodeId::random(), Arc::<Board>::default());
        let roll = Arc::new(Roll::new(Arc::clone(&redis), me, secret));
        let alive = match roll.call(0).await {
            Ok(Some(_)) => true,
            Ok(None) => return Err(ClusterError::Stranger(address)),
            Err(error) if is_away(&error) => {
                tracing::warn!(%address, %error, "Redis is away; this node starts without the others");
                false
            }
            Err(source) => return Err(ClusterError::Refused { address, source }),
        };
        let state =
            State { listening: watch::Sender::new(false), alive: watch::Sender::new(alive) };
        let (bus, outbox) = Bus::new(me, Arc::clone(&board), state.clone());
        Ok(Self {
            redis,
            me,
            roll,
            bus: Arc::new(bus),
            board,
            elsewhere: Arc::default(),
            outbox: Mutex::new(Some(outbox)),
            state,
            tasks: Mutex::default(),
        })
    }

    /// For `chat`, to tell them.
    pub(crate) fn others(&self) -> Arc<dyn Others> {
        Arc::clone(&self.bus) as Arc<dyn Others>
    }

    /// For `chat`, to count with them.
    pub(crate) fn tally(&self) -> Arc<dyn Tally> {
        Arc::new(limits::Counters::new(Arc::clone(&self.redis)))
    }

    /// Whether the nodes hear each other.
    pub(crate) fn is_up(&self) -> bool {
        self.state.is_up()
    }

    pub(crate) fn watch(&self) -> [watch::Receiver<bool>; 2] {
        [self.state.listening.subscribe(), self.state.alive.subscribe()]
    }

    /// From now on this node hears the others, and they see who is here.
    pub(crate) fn start(&self, chat: &Chat) {
        let Some(outbox) = lock(&self.outbox).take() else { return };
        let (changes, coming) = mpsc::channel(CHANGES);
        let redis = || Arc::clone(&self.redis);
        let nobody = Living { nodes: HashMap::new(), since: Instant::now() };
        let (living, lives) = watch::channel(nobody);
        let heart = Heart::new(
            Arc::clone(&self.roll),
            redis(),
            self.me,
            Arc::clone(&self.board),
            Arc::clone(&self.bus),
            self.state.clone(),
        );
        let elsewhere = Arc::clone(&self.elsewhere);
        let neighbours = Neighbours::new(chat.clone(), redis(), self.me, elsewhere);
        let mut tasks = lock(&self.tasks);
        tasks.spawn(bus::send(redis(), outbox));
        tasks.spawn(heart.beat_on(living));
        tasks.spawn(neighbours.keep(coming, lives));
        tasks.spawn(bus::listen(redis(), Arc::clone(&self.bus), chat.clone(), changes));
    }

    /// The others need not wait until they miss it.
    pub(crate) async fn leave(&self) {
        if self.is_up() {
            self.bus.is_sent().await;
        }
        lock(&self.tasks).abort_all();
        if !self.is_up() {
            return;
        }
        let left = async {
            self.roll.strike_off().await?;
            board::take_down(&self.redis, self.me).await?;
            bus::send_leave(&self.redis, self.me).await
        };
        if let Err(error) = left.await {
            tracing::debug!(%error, "the other nodes were not told that this one stops");
        }
    }
}

/// Refused connections and silence pass; wrong names and passwords don't.
fn is_away(error: &RedisError) -> bool {
    use std::error::Error;
    let away = [ErrorKind::ConnectionRefused, ErrorKind::TimedOut, ErrorKind::ConnectionReset];
    let source = error.source().and_then(|source| source.downcast_ref::<std::io::Error>());
    error.is_timeout()
        || error.is_connection_refusal()
        || source.is_some_and(|error| away.contains(&error.kind()))
}

/// For people's eyes.
fn without_password(urls: &str) -> String {
    let one = |url: &str| match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => {
            format!("{}{}", &url[..scheme + 3], &url[at + 1..])
        }
        (None, Some(at)) => format!("…{}", &url[at..]),
        _ => url.to_owned(),
    };
    urls.split(',').map(|url| one(url.trim())).collect::<Vec<_>>().join(",")
}

fn set(state: &watch::Sender<bool>, now: bool) {
    state.send_if_modified(|was| std::mem::replace(was, now) != now);
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let urls = "redis://name:p@ss@10.0.0.1:6379, rediss://10.0.0.2/1";
        assert_eq!(without_password(urls), "redis://10.0.0.1:6379,rediss://10.0.0.2/1");
        assert_eq!(without_password("redis:/name:p@ss@10.0.0.1"), "…@10.0.0.1");
        assert_eq!(without_password("nonsense"), "nonsense");
    }
}
