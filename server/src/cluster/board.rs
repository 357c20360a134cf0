//! Each node has a board that all others read: who is here, and how many connections come from which address. It
//! hangs in Redis as a hash; what changes on it is also told on the bus, so that the others need not look.

use super::connection::Redis;
use chat::Address;
use chat::nodes::{Attendance, NodeId};
use protocol::UserId;
use redis::{Pipeline, RedisResult, cmd};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
// A std lock: it is held for a few map operations and never across an await.
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Entries that are written or read at once.
const PAGE: usize = 500;
/// A board that no one renews falls down.
const HANGS: Duration = Duration::from_mins(1);
/// The field with the board's version.
const VERSION: &str = "v";
const PERSON: &str = "u:";
const ADDRESS: &str = "a:";

fn key(node: NodeId) -> String {
    format!("beseda:board:{node}")
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// From one version of a board to the next; an entry without a value is taken off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Delta {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) entries: BTreeMap<String, Option<String>>,
}

/// This node's own board.
#[derive(Default)]
pub(crate) struct Board {
    state: Mutex<State>,
    pub(super) changed: Notify,
}

#[derive(Default)]
struct State {
    entries: HashMap<String, String>,
    changed: BTreeSet<String>,
    version: u64,
}

impl Board {
    pub(super) fn post_person(&self, user: UserId, attendance: Option<&Attendance>) {
        let entry = attendance.and_then(|there| serde_json::to_string(there).ok());
        self.post(format!("{PERSON}{user}"), entry);
    }

    pub(crate) fn post_address(&self, address: Address, connections: usize) {
        let entry = (connections > 0).then(|| connections.to_string());
        self.post(format!("{ADDRESS}{address}"), entry);
    }

    fn post(&self, field: String, entry: Option<String>) {
        let mut state = self.lock();
        match entry {
            Some(entry) => _ = state.entries.insert(field.clone(), entry),
            None => _ = state.entries.remove(&field),
        }
        state.changed.insert(field);
        drop(state);
        self.changed.notify_one();
    }

    /// What has changed since this was last asked.
    pub(super) fn take_delta(&self) -> Option<Delta> {
        let mut state = self.lock();
        let changed = std::mem::take(&mut state.changed);
        if changed.is_empty() {
            return None;
        }
        let from = state.version;
        state.version += 1;
        let entry = |field: String| {
            let entry = state.entries.get(&field).cloned();
            (field, entry)
        };
        let entries = changed.into_iter().map(entry).collect();
        Some(Delta { from, to: from + 1, entries })
    }

    pub(super) fn version(&self) -> u64 {
        self.lock().version
    }

    /// Everything, as a version of its own.
    fn take_all(&self) -> (u64, Vec<(String, String)>) {
        let mut state = self.lock();
        state.changed.clear();
        state.version += 1;
        let all = state.entries.iter().map(|(field, entry)| (field.clone(), entry.clone()));
        (state.version, all.collect())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) async fn write_delta(redis: &Redis, node: NodeId, delta: &Delta) -> RedisResult<()> {
    let key = key(node);
    let mut pipeline = Pipeline::new();
    for (field, entry) in &delta.entries {
        match entry {
            Some(entry) => pipeline.cmd("HSET").arg(&key).arg(field).arg(entry).ignore(),
            None => pipeline.cmd("HDEL").arg(&key).arg(field).ignore(),
        };
    }
    pipeline.cmd("HSET").arg(&key).arg(VERSION).arg(delta.to).ignore();
    redis.run_all(&pipeline).await
}

/// Hangs the whole board anew.
pub(super) async fn write_all(redis: &Redis, node: NodeId, board: &Board) -> RedisResult<u64> {
    let key = key(node);
    let (version, entries) = board.take_all();
    redis.run::<()>(cmd("DEL").arg(&key)).await?;
    for entries in entries.chunks(PAGE) {
        redis.run::<()>(cmd("HSET").arg(&key).arg(entries)).await?;
    }
    let mut pipeline = Pipeline::new();
    pipeline.cmd("HSET").arg(&key).arg(VERSION).arg(version).ignore();
    pipeline.cmd("PEXPIRE").arg(&key).arg(millis(HANGS)).ignore();
    redis.run_all::<()>(&pipeline).await?;
    Ok(version)
}

/// False when it has fallen down.
pub(super) async fn renew(redis: &Redis, node: NodeId) -> RedisResult<bool> {
    redis.run(cmd("PEXPIRE").arg(key(node)).arg(millis(HANGS))).await
}

pub(super) async fn take_down(redis: &Redis, node: NodeId) -> RedisResult<()> {
    redis.run(cmd("DEL").arg(key(node))).await
}

/// What a board says; `None` where there is none. It may change while it is read: what is read is at
/// least as new as its version.
pub(super) async fn read(redis: &Redis, node: NodeId) -> RedisResult<Option<(u64, Entries)>> {
    let key = key(node);
    let version: Option<u64> = redis.run(cmd("HGET").arg(&key).arg(VERSION)).await?;
    let Some(version) = version else { return Ok(None) };
    let mut entries = Entries::default();
    let mut cursor = 0_u64;
    loop {
        let mut scan = cmd("HSCAN");
        scan.arg(&key).arg(cursor).arg("COUNT").arg(PAGE);
        let (next, page): (u64, Vec<(String, String)>) = redis.run(&scan).await?;
        for (field, entry) in page {
            entries.take(&field, &entry);
        }
        if next == 0 {
            return Ok(Some((version, entries)));
        }
        cursor = next;
    }
}

#[derive(Default)]
pub(super) struct Entries {
    pub(super) people: HashMap<UserId, Attendance>,
    pub(super) addresses: HashMap<Address, usize>,
}

impl Entries {
    fn take(&mut self, field: &str, entry: &str) {
        match Entry::read(field, Some(entry)) {
            Some(Entry::Person(user, Some(there))) => _ = self.people.insert(user, *there),
            Some(Entry::Address(address, count)) => _ = self.addresses.insert(address, count),
            _ => {}
        }
    }
}

/// One line of a board.
pub(super) enum Entry {
    Person(UserId, Option<Box<Attendance>>),
    Address(Address, usize),
}

impl Entry {
    /// `None` for what a node of another version has written.
    pub(super) fn read(field: &str, entry: Option<&str>) -> Option<Self> {
        if let Some(user) = field.strip_prefix(PERSON) {
            let there = entry.map(serde_json::from_str).transpose().ok()?;
            return Some(Self::Person(user.parse().ok()?, there));
        }
        let address: IpAddr = field.strip_prefix(ADDRESS)?.parse().ok()?;
        let count = entry.map(str::parse).transpose().ok()?.unwrap_or_default();
        Some(Self::Address(Address::new(address), count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_goes_together_and_in_its_last_state() {
        let board = Board::default();
        assert_eq!(board.take_delta(), None);
        board.post_address(Address::LOCAL, 1);
        board.post_address(Address::LOCAL, 2);
        let entries = |entry: Option<&str>| {
            BTreeMap::from([("a:127.0.0.1".to_owned(), entry.map(str::to_owned))])
        };
        let delta = Delta { from: 0, to: 1, entries: entries(Some("2")) };
        assert_eq!(board.take_delta(), Some(delta));
        board.post_address(Address::LOCAL, 0);
        let delta = Delta { from: 1, to: 2, entries: entries(None) };
        assert_eq!(board.take_delta(), Some(delta));
        assert_eq!((board.take_delta(), board.version()), (None, 2));
    }

    #[test]
    fn what_is_on_a_board_is_read_again_and_what_is_not_understood_is_left() {
        let entry = Entry::read("a:192.0.2.7", Some("3"));
        assert!(matches!(entry, Some(Entry::Address(_, 3))));
        for (field, entry) in
            [("z:new", "?"), ("a:nowhere", "1"), ("u:no one", "{}"), (VERSION, "7")]
        {
            assert!(Entry::read(field, Some(entry)).is_none(), "{field}");
        }
    }
}
