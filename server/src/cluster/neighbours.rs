//! What the boards of the other nodes say, and which nodes are no more. No news is no news: while Redis is away,
//! everyone stays as they were last known.

use super::board::{self, Delta, Entry};
use super::bus::Change;
use super::connection::Redis;
use super::heart::{LIFETIME, Living};
use chat::nodes::NodeId;
use chat::{Address, Chat};
use protocol::limits::OFFLINE_AFTER;
use std::collections::HashMap;
// A std lock: it is held for a few map operations and never across an await.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

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

pub(super) struct Neighbours {
    chat: Chat,
    redis: Arc<Redis>,
    me: NodeId,
    elsewhere: Arc<Elsewhere>,
    known: HashMap<NodeId, Known>,
}

/// A board as far as it was heard of.
pub(super) struct Known {
    version: u64,
    /// Already at the last beat there was more on it.
    behind: bool,
    /// It has said that it stops; until then its people may come to another one, and no one notices.
    leaves: Option<Instant>,
}

impl Neighbours {
    pub(super) fn new(
        chat: Chat,
        redis: Arc<Redis>,
        me: NodeId,
        elsewhere: Arc<Elsewhere>,
    ) -> Self {
        Self { chat, redis, me, elsewhere, known: HashMap::new() }
    }

    /// Until this node stops.
    pub(super) async fn keep(
        mut self,
        mut changes: mpsc::Receiver<(NodeId, Change)>,
        mut living: watch::Receiver<Living>,
    ) {
        loop {
            tokio::select! {
                biased;
                Ok(()) = living.changed() => {
                    let (nodes, since) = {
                        let living = living.borrow_and_update();
                        (living.nodes.clone(), living.since)
                    };
                    self.compare(&nodes).await;
                    // Redis has been away: whoever isn't back yet isn't gone.
                    if since.elapsed() >= LIFETIME {
                        self.miss(&nodes).await;
                    }
                }
                Some((node, change)) = changes.recv() => self.heard(node, change).await,
                else => return,
            }
        }
    }

    async fn heard(&mut self, node: NodeId, change: Change) {
        match (change, self.known.get_mut(&node)) {
            (Change::Leaves, Some(known)) => {
                known.leaves = Some(Instant::now() + OFFLINE_AFTER);
                self.elsewhere.lock().remove(&node);
                self.chat.hear_leaving(node).await;
            }
            (Change::Leaves, None) => {}
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
    }

    async fn miss(&mut self, living: &HashMap<NodeId, u64>) {
        let is_gone = |node: &NodeId, known: &Known| match known.leaves {
            Some(leaves) => leaves <= Instant::now(),
            None => !living.contains_key(node),
        };
        let gone = self.known.iter().filter(|(node, known)| is_gone(node, known));
        for node in gone.map(|(node, _)| *node).collect::<Vec<_>>() {
            tracing::info!(%node, "a node is no more");
            self.gone(node).await;
        }
    }

    async fn read(&mut self, node: NodeId) {
        match board::read(&self.redis, node).await {
            Ok(Some((version, entries))) => {
                self.known.insert(node, Known { version, behind: false, leaves: None });
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
