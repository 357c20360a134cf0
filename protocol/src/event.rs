//! The events of `/chat`: each has a name, what it carries and what its answer adds to `ok`.
//!
//! A new event starts here with a name and a payload; `server/src/namespaces.rs` says who handles it.

use crate::ids::{ClientId, RoomId};
use crate::message::{Message, MessageKind};
use crate::room::Room;
use crate::user::{Member, User};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Client to server.
pub const WHOAMI: &str = "whoami";
pub const JOIN_ROOM: &str = "join-room";
pub const MESSAGE: &str = "message";
pub const HISTORY: &str = "history";
pub const SYNC: &str = "sync";
pub const PRESENCE: &str = "presence";

/// Server to client; `MESSAGE` goes both ways.
pub const ROOM_PRESENCE: &str = "room-presence";
pub const ERROR: &str = "error";

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WhoAmI {
    pub user: User,
    pub server: ServerInfo,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServerInfo {
    pub name: String,
    pub version: String,
}

/// Asks for a room by id or slug: `join-room`, `presence`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InRoom {
    pub room: String,
}

/// All that a page needs to show a room.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Joined {
    pub room: Room,
    pub members: Vec<Member>,
    pub messages: Vec<Message>,
    pub rev: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Send {
    pub room: String,
    pub id: ClientId,
    pub text: String,
    #[serde(default)]
    pub kind: MessageKind,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sent {
    pub message: Message,
}

/// Where a page of history ends or begins; both bounds are exclusive.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct History {
    pub room: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page {
    pub messages: Vec<Message>,
    pub more: bool,
}

/// What the asker has: for each room the last `rev` up to which nothing is missing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sync {
    pub rooms: BTreeMap<RoomId, u64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Synced {
    pub rooms: BTreeMap<RoomId, Changes>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Changes {
    /// Messages changed since, in the order of their `rev`.
    pub messages: Vec<Message>,
    /// The `rev` that the asker has after taking them.
    pub rev: u64,
    /// Whether that is all there is.
    pub complete: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct People {
    pub users: Vec<User>,
    pub more: bool,
}

/// A message new or changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MessageChanged {
    pub room: RoomId,
    pub rev: u64,
    pub message: Message,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PresenceAction {
    Online,
    Offline,
    Joined,
    Left,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoomPresence {
    pub room: RoomId,
    pub user: User,
    pub action: PresenceAction,
    /// How many are online in the room now.
    pub count: usize,
}
