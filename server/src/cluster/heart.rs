//! This node says again and again that it lives, and what has changed on its board. Redis' own clock tells how long
//! ago that was: the nodes' clocks may differ.

use super::State;
use super::board::{self, Board, Delta};
use super::bus::{Bus, Word};
use super::connection::Redis;
use chat::nodes::NodeId;
use redis::{ErrorKind, RedisResult, Script, cmd};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

const BEAT_EVERY: Duration = Duration::from_secs(3);
/// A node that hasn't been heard of for so long is no more.
pub(super) const LIFETIME: Duration = Duration::from_secs(15);
/// What changes on a board within this time goes together.
const GATHER: Duration = Duration::from_millis(25);
pub(super) const NODES: &str = "beseda:nodes";

/// The nodes that live, with the versions of their boards.
pub(super) struct Living {
    pub(super) nodes: HashMap<NodeId, u64>,
    /// Since when Redis has answered without a break.
    pub(super) since: Instant,
}

/// The list of nodes in Redis.
pub(super) struct Roll {
    redis: Arc<Redis>,
    me: NodeId,
    secret: String,
    script: Script,
}

impl Roll {
    pub(super) fn new(redis: Arc<Redis>, me: NodeId, secret: String) -> Self {
        Self { redis, me, secret, script: Script::new(include_str!("beat.lua")) }
    }

    /// Says that this node lives, and asks which do; `None`: it is a stranger to them.
    pub(super) async fn call(&self, version: u64) -> RedisResult<Option<HashMap<NodeId, u64>>> {
        let mut script = self.script.key(NODES);
        script.arg(&self.secret).arg(self.me.to_string()).arg(version);
        script.arg(board::millis(LIFETIME));
        let answer: Option<Vec<(String, u64)>> = self.redis.run_script(&script).await?;
        let Some(lines) = answer else { return Ok(None) };
        let living = lines.into_iter().filter_map(|(node, at)| Some((node.parse().ok()?, at)));
        Ok(Some(living.collect()))
    }

    pub(super) async fn strike_off(&self) -> RedisResult<()> {
        self.redis.run(cmd("HDEL").arg(NODES).arg(self.me.to_string())).await
    }
}

pub(super) struct Heart {
    roll: Arc<Roll>,
    redis: Arc<Redis>,
    me: NodeId,
    board: Arc<Board>,
    bus: Arc<Bus>,
    state: State,
    since: Instant,
    /// Redis doesn't have all that is on the board.
    stale: bool,
}

impl Heart {
    pub(super) fn new(
        roll: Arc<Roll>,
        redis: Arc<Redis>,
        me: NodeId,
        board: Arc<Board>,
        bus: Arc<Bus>,
        state: State,
    ) -> Self {
        Self { roll, redis, me, board, bus, state, since: Instant::now(), stale: true }
    }

    /// For ever.
    pub(super) async fn beat_on(mut self, living: watch::Sender<Living>) {
        let mut listening = self.state.listening.subscribe();
        let mut beats = interval(BEAT_EVERY);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let board = Arc::clone(&self.board);
        loop {
            tokio::select! {
                biased;
                _ = beats.tick() => self.beat(&living).await,
                // Redis went, or is back.
                Ok(()) = listening.changed() => beats.reset_immediately(),
                () = board.changed.notified() => self.post().await,
            }
        }
    }

    async fn beat(&mut self, living: &watch::Sender<Living>) {
        let was_alive = *self.state.alive.borrow();
        match self.call().await {
            Ok(nodes) => {
                if !was_alive {
                    self.since = Instant::now();
                }
                super::set(&self.state.alive, true);
                living.send_replace(Living { nodes, since: self.since });
            }
            Err(error) => {
                if was_alive {
                    tracing::warn!(%error, "Redis is away; each node serves its own people");
                }
                super::set(&self.state.alive, false);
            }
        }
    }

    async fn call(&mut self) -> RedisResult<HashMap<NodeId, u64>> {
        if self.stale || !board::renew(&self.redis, self.me).await? {
            self.hang().await?;
            self.stale = false;
        }
        let nodes = self.roll.call(self.board.version()).await?;
        nodes.ok_or_else(|| (ErrorKind::AuthenticationFailed, super::STRANGER).into())
    }

    async fn hang(&self) -> RedisResult<()> {
        let version = board::write_all(&self.redis, self.me, &self.board).await?;
        // Whoever hears it sees that versions are missing.
        let delta = Delta { from: version, to: version, ..Delta::default() };
        self.bus.say(Word::Board(Cow::Owned(delta)));
        Ok(())
    }

    /// Puts up what has changed, with what changes in the next moment.
    async fn post(&mut self) {
        sleep(GATHER).await;
        let Some(delta) = self.board.take_delta() else { return };
        self.bus.say(Word::Board(Cow::Borrowed(&delta)));
        // What isn't written now is written with the whole board, by the beat that finds Redis back.
        self.stale |= !*self.state.alive.borrow();
        if !self.stale
            && let Err(error) = board::write_delta(&self.redis, self.me, &delta).await
        {
            tracing::debug!(%error, "this node's board is not up to date");
            self.stale = true;
        }
    }
}
