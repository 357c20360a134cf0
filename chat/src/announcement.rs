//! What the world is told after something has happened. Losing one is allowed: whoever missed it
//! sees the gap in `rev` and asks `sync`, or asks again what it wants to know.

use crate::nodes::Others;
use protocol::event::{
    Kicked, Membership, MessageChanged, Notification, ReadTo, RoomPresence, TodoChanged, UserTyping,
};
use protocol::room::RoomInfo;
use protocol::{RoomId, SessionId, UserId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::mpsc;

/// What one node tells the others is written so, too.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Announcement {
    Message(MessageChanged),
    /// Never from node to node: each knows who is here, and tells its own.
    Presence(RoomPresence),
    Joined(Membership),
    Left(Membership),
    Typing(UserTyping),
    /// The changes that one node makes to a room's list come in the order of their `rev`.
    Todo(TodoChanged),
    RoomUpdated(RoomInfo),
    /// With whether everyone could see it.
    RoomRemoved(RoomId, bool),
    /// To the one who read, wherever else they are.
    Read(UserId, ReadTo),
    Notification(UserId, Notification),
    Kicked(UserId, Kicked),
    /// Whoever came with this session is a stranger from now on.
    SessionEnded(SessionId),
    /// To everyone.
    Announced(String),
}

/// To whom things are announced: to the fan-out here, and to the other nodes, for which nothing waits.
#[derive(Clone)]
pub(crate) struct Announcer {
    here: mpsc::Sender<Announcement>,
    others: Arc<dyn Others>,
}

impl Announcer {
    pub(crate) fn new(here: mpsc::Sender<Announcement>, others: Arc<dyn Others>) -> Self {
        Self { here, others }
    }

    /// Waits while the fan-out is behind.
    pub(crate) async fn tell(&self, announcement: Announcement) {
        self.others.tell(&announcement);
        self.tell_here(announcement).await;
    }

    /// Dropped when the fan-out is behind.
    pub(crate) fn try_tell(&self, announcement: Announcement) {
        self.others.tell(&announcement);
        self.try_tell_here(announcement);
    }

    pub(crate) async fn tell_here(&self, announcement: Announcement) {
        // No one listens any more: nothing is lost that `sync` doesn't bring.
        let _ = self.here.send(announcement).await;
    }

    pub(crate) fn try_tell_here(&self, announcement: Announcement) {
        if self.here.try_send(announcement).is_err() {
            tracing::debug!("dropped: the fan-out is behind");
        }
    }

    /// Waits until so many can be told without waiting, or no one listens any more.
    pub(crate) async fn has_room_for(&self, count: usize) {
        let _ = self.here.reserve_many(count.min(self.here.max_capacity())).await;
    }

    pub(crate) fn others(&self) -> &dyn Others {
        &*self.others
    }
}
