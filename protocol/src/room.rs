use crate::ids::RoomId;
use serde::{Deserialize, Serialize};

/// The slug of the room that always exists.
pub const GENERAL: &str = "general";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoomKind {
    Public,
    Private,
    Direct,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Room {
    pub id: RoomId,
    pub slug: String,
    pub name: String,
    pub topic: String,
    pub kind: RoomKind,
    /// How many people are members.
    pub members: usize,
    /// How many of them are here now.
    pub online: usize,
    /// The number of the room's latest change.
    pub rev: u64,
    /// The number of its latest message.
    pub last_seq: u64,
}
