//! What the world is told after something has happened. Losing one is allowed: whoever missed it
//! sees the gap in `rev` and asks `sync`, or asks again what it wants to know.

use protocol::event::{
    Kicked, Membership, MessageChanged, Notification, ReadTo, RoomPresence, TodoChanged, UserTyping,
};
use protocol::room::RoomInfo;
use protocol::{RoomId, SessionId, UserId};
use tokio::sync::mpsc;

#[derive(Debug, Clone)]
pub enum Announcement {
    Message(MessageChanged),
    Presence(RoomPresence),
    Joined(Membership),
    Left(Membership),
    Typing(UserTyping),
    /// The changes of one room's list come in the order of their `rev`.
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

/// Changes of one room come in the order of their `rev`.
pub type Announcements = mpsc::Receiver<Announcement>;
