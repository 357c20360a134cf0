//! Which nodes there are, and what their boards say. Each node says again and again that it lives, and Redis'
//! own clock tells how long ago that was: the nodes' clocks may differ. No news is no news: while Redis is
//! away, everyone stays as they were last known.

use super::board::{self, Board, Delta, Entry};
use super::bus::{Bus, Change, Word};
use super::connection::Redis;
use chat::nodes::NodeId;
use chat::{Address, Chat};
use redis::{ErrorKind, RedisResult, Script};
use std::borrow::Cow;
use std::collections::HashMap;
// A std lock: it is held for a few map operations and never across an await.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

const BEAT_EVERY: Duration = Duration::from_secs(3);
/// A node that hasn't been heard of for so long is no more.
const LIFETIME: Duration = Duration::from_secs(15);
/// What changes on a board within this time goes together.
const GATHER: Duration = Duration::from_millis(25);
const NODES: &str = "beseda:nodes";

/// How many connections the other nodes have, for whoever stands at the door.
#[derive(Default)]
pub(crate) struct Elsewhere(Mutex<HashMap<NodeId, HashMap<Address, usize>>>);

impl Elsewhere {
    pub(crate) fn nodes(&self) -> usize {
        self.lock().len()
    }

    pub(crate) fn connections(&self) -> usize {
        self.lock().values().flat_map(HashMap::values).sum()
    }

    pub(crate) fn connections_from(&self, address: Address) -> usize {
        self.lock().values().filter_map(|there| there.get(&address)).sum()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<NodeId, HashMap<Address, usize>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says that a node lives, and asks which others do.
pub(super) struct Heart {
    redis: Arc<Redis>,
    me: NodeId,
    secret: String,
    script: Script,
}

/// The nodes that live, with the versions of their boards; `None`: this one is a stranger to them.
type Living = Option<HashMap<NodeId, u64>>;

impl Heart {
    pub(super) fn new(redis: Arc<Redis>, me: NodeId, secret: String) -> Self {
        Self { redis, me, secret, script: Script::new(include_str!("beat.lua")) }
    }

    pub(super) async fn beat(&self, version: u64) -> RedisResult<Living> {
        let mut script = self.script.key(NODES);
        script.arg(&self.secret).arg(self.me.to_string()).arg(version);
        script.arg(LIFETIME.as_millis() as u64);
        let answer: Option<Vec<(String, u64)>> = self.redis.run_script(&script).await?;
        let Some(lines) = answer else { return Ok(None) };
        let living = lines.into_iter().filter_map(|(node, at)| Some((node.parse().ok()?, at)));
        Ok(Some(living.collect()))
    }

    pub(super) async fn stop(&self) -> RedisResult<()> {
        self.redis.run(redis::cmd("HDEL").arg(NODES).arg(self.me.to_string())).await
    }
}

pub(super) struct Neighbours {
    pub(super) chat: Chat,
    pub(super) redis: Arc<Redis>,
    pub(super) me: NodeId,
    pub(super) heart: Heart,
    pub(super) board: Arc<Board>,
    pub(super) bus: Arc<Bus>,
    pub(super) elsewhere: Arc<Elsewhere>,
    pub(super) known: HashMap<NodeId, Known>,
    /// Redis has been away: until then, whoever isn't back yet isn't gone.
    pub(super) forgiving: Instant,
    /// Redis doesn't have all that is on this node's board.
    pub(super) stale: bool,
}

/// A board as far as it was heard of.
pub(super) struct Known {
    version: u64,
    /// Already at the last beat there was more on it.
    behind: bool,
}

impl Neighbours {
    /// For ever. `alive` says whether Redis answers.
    pub(super) async fn keep(
        mut self,
        mut changes: mpsc::Receiver<(NodeId, Change)>,
        mut listening: watch::Receiver<bool>,
        alive: watch::Sender<bool>,
    ) {
        let mut beats = interval(BEAT_EVERY);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let board = Arc::clone(&self.board);
        loop {
            tokio::select! {
                biased;
                _ = beats.tick() => self.beat(&alive).await,
                // It may have been a long silence, after which one is a stranger here.
                Ok(()) = listening.changed() => beats.reset_immediately(),
                () = board.changed.notified() => self.post(&alive).await,
                Some((node, change)) = changes.recv() => self.heard(node, change).await,
            }
        }
    }

    async fn beat(&mut self, alive: &watch::Sender<bool>) {
        match self.renew().await {
            Ok(living) => {
                if !*alive.borrow() {
                    self.forgiving = Instant::now() + LIFETIME;
                }
                super::set(alive, true);
                self.compare(&living).await;
            }
            Err(error) => {
                if *alive.borrow() {
                    tracing::warn!(%error, "Redis is away; each node serves its own people");
                }
                super::set(alive, false);
            }
        }
    }

    async fn renew(&mut self) -> RedisResult<HashMap<NodeId, u64>> {
        if !board::renew(&self.redis, self.me).await? || self.stale {
            self.hang().await?;
            self.stale = false;
        }
        let living = self.heart.beat(self.board.version()).await?;
        living.ok_or_else(|| (ErrorKind::AuthenticationFailed, super::STRANGER).into())
    }

    async fn hang(&self) -> RedisResult<()> {
        let version = board::write_all(&self.redis, self.me, &self.board).await?;
        // Whoever hears it sees that versions are missing.
        let delta = Delta { from: version, to: version, ..Delta::default() };
        self.bus.say(Word::Board(Cow::Owned(delta)));
        Ok(())
    }

    /// Puts up what has changed, with what changes in the next moment.
    async fn post(&mut self, alive: &watch::Sender<bool>) {
        sleep(GATHER).await;
        let Some(delta) = self.board.take_delta() else { return };
        self.bus.say(Word::Board(Cow::Borrowed(&delta)));
        // What isn't written now is written with the whole board, by the beat that finds Redis back.
        self.stale |= !*alive.borrow();
        if !self.stale
            && let Err(error) = board::write_delta(&self.redis, self.me, &delta).await
        {
            tracing::debug!(%error, "this node's board is not up to date");
            self.stale = true;
        }
    }

    async fn heard(&mut self, node: NodeId, change: Change) {
        match (change, self.known.get_mut(&node)) {
            (Change::Gone, _) => self.gone(node).await,
            (Change::Board(delta), Some(known)) if delta.from <= known.version => {
                if delta.to > known.version {
                    known.version = delta.to;
                    self.apply(node, delta).await;
                }
            }
            (Change::Board(_), _) => self.read(node).await,
        }
    }

    async fn apply(&self, node: NodeId, delta: Delta) {
        for (field, entry) in delta.entries {
            match Entry::read(&field, entry.as_deref()) {
                Some(Entry::Person(user, there)) => {
                    self.chat.hear_of(node, user, there.map(|there| *there)).await;
                }
                Some(Entry::Address(address, count)) => {
                    let mut elsewhere = self.elsewhere.lock();
                    let there = elsewhere.entry(node).or_default();
                    match count {
                        0 => _ = there.remove(&address),
                        count => _ = there.insert(address, count),
                    }
                }
                None => {}
            }
        }
    }

    /// What is told on the bus is on its way when a beat comes; only who is behind twice has missed something.
    async fn compare(&mut self, living: &HashMap<NodeId, u64>) {
        let me = self.me;
        for (node, version) in living.iter().filter(|(node, _)| **node != me) {
            let missed = match self.known.get_mut(node) {
                None => true,
                Some(known) => {
                    let behind = *version > known.version;
                    std::mem::replace(&mut known.behind, behind) && behind
                }
            };
            if missed {
                self.read(*node).await;
            }
        }
        if Instant::now() < self.forgiving {
            return;
        }
        let gone = self.known.keys().filter(|node| !living.contains_key(node));
        for node in gone.copied().collect::<Vec<_>>() {
            tracing::warn!(%node, "a node is no more");
            self.gone(node).await;
        }
    }

    async fn read(&mut self, node: NodeId) {
        match board::read(&self.redis, node).await {
            Ok(Some((version, entries))) => {
                self.known.insert(node, Known { version, behind: false });
                self.elsewhere.lock().insert(node, entries.addresses);
                self.chat.hear_of_all(node, entries.people).await;
            }
            // It has gone, or has not hung it yet.
            Ok(None) => {}
            Err(error) => tracing::debug!(%error, %node, "a board can't be read"),
        }
    }

    async fn gone(&mut self, node: NodeId) {
        self.known.remove(&node);
        self.elsewhere.lock().remove(&node);
        self.chat.hear_gone(node).await;
    }
}
