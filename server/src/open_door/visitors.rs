//! Who hears which room.

use super::visitor::Visitor;
use protocol::RoomId;
use std::collections::{HashMap, HashSet};
// A std lock: it is held for a few map operations and never across an await.
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Shared by those who come in and by whoever tells them what happens.
#[derive(Default)]
pub(crate) struct Visitors {
    rooms: Mutex<HashMap<RoomId, HashMap<u64, Arc<Visitor>>>>,
    /// The namespaces that rooms have.
    paths: Mutex<HashMap<RoomId, String>>,
    /// Lists that have changed since they were told.
    due: Mutex<HashSet<(RoomId, List)>>,
    pub(super) wake: Notify,
    count: AtomicU64,
}

/// What is told as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum List {
    People,
    Todos,
}

impl Visitors {
    pub(super) fn next_number(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn listen(&self, room: RoomId, visitor: &Arc<Visitor>) {
        let mut rooms = lock(&self.rooms);
        rooms.entry(room).or_default().insert(visitor.number, Arc::clone(visitor));
    }

    pub(super) fn forget(&self, room: RoomId, visitor: &Visitor) {
        let mut rooms = lock(&self.rooms);
        if let Some(there) = rooms.get_mut(&room) {
            there.remove(&visitor.number);
            if there.is_empty() {
                rooms.remove(&room);
            }
        }
    }

    pub(super) fn in_room(&self, room: RoomId) -> Vec<Arc<Visitor>> {
        lock(&self.rooms).get(&room).into_iter().flat_map(HashMap::values).cloned().collect()
    }

    /// The rooms that someone hears.
    pub(crate) fn rooms(&self) -> Vec<RoomId> {
        lock(&self.rooms).keys().copied().collect()
    }

    /// Those of whom that is true, some of them more than once.
    pub(super) fn filter(&self, which: impl Fn(&Visitor) -> bool) -> Vec<Arc<Visitor>> {
        let rooms = lock(&self.rooms);
        let all = rooms.values().flat_map(HashMap::values);
        all.filter(|visitor| which(visitor)).cloned().collect()
    }

    pub(super) fn keep_path(&self, room: RoomId, path: &str) {
        lock(&self.paths).insert(room, path.to_owned());
    }

    pub(super) fn has_path(&self, path: &str) -> bool {
        lock(&self.paths).values().any(|kept| kept == path)
    }

    pub(super) fn take_path(&self, room: RoomId) -> Option<String> {
        lock(&self.paths).remove(&room)
    }

    /// Has a list told, soon.
    pub(super) fn want(&self, room: RoomId, list: List) {
        lock(&self.due).insert((room, list));
        self.wake.notify_one();
    }

    pub(super) fn take_due(&self) -> HashSet<(RoomId, List)> {
        std::mem::take(&mut lock(&self.due))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
