//! `sync` of one room. On the wire that is a map of rooms, but a `BTreeMap` would be more code in the page
//! than all that reads it.

use super::plain::id;
use super::{Json, Read};
use protocol::RoomId;
use protocol::event::Changes;
use serde::{Serialize, Serializer};

/// [`protocol::event::Sync`] of what changed in `room` since then.
pub fn since(room: RoomId, rev: u64) -> impl Serialize {
    Entry("rooms", Entry(room, rev))
}

/// A map with one entry.
struct Entry<K, V>(K, V);

impl<K: Serialize, V: Serialize> Serialize for Entry<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(&self.0, &self.1)])
    }
}

/// [`protocol::event::Synced`].
pub struct Synced(Vec<(RoomId, Changes)>);

impl Synced {
    pub fn of(self, room: RoomId) -> Option<Changes> {
        self.0.into_iter().find(|(id, _)| *id == room).map(|(_, changes)| changes)
    }
}

impl Read for Synced {
    fn read(json: &Json, bad: &mut bool) -> Self {
        let rooms = json.member("rooms").members();
        *bad |= rooms.is_none();
        let mut synced = Self(Vec::new());
        for (room, changes) in rooms.unwrap_or_default() {
            synced.0.push((RoomId(id(room, bad)), Read::read(changes, bad)));
        }
        synced
    }
}
