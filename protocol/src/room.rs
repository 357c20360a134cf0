use crate::ids::RoomId;
use serde::{Deserialize, Serialize};

/// The slug of the room that always exists.
pub const GENERAL: &str = "general";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RoomKind {
    Public,
    Private,
    Direct,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Room {
    pub id: RoomId,
    pub slug: String,
    pub name: String,
    pub topic: String,
    pub kind: RoomKind,
    pub max_users: u32,
    /// Nothing more is said there.
    pub archived: bool,
    /// How many people are members.
    pub members: usize,
    /// How many of them are here now.
    pub online: usize,
    /// The number of the room's latest change.
    pub rev: u64,
    /// The number of its latest message.
    pub last_seq: u64,
    /// Up to where the asker has read.
    pub read_seq: u64,
    /// What others have said since, counted up to [`crate::limits::UNREAD`].
    pub unread: u64,
    /// How often the asker's name was called since.
    pub mentions: u64,
    /// Whether the asker is a member.
    pub joined: bool,
}

/// What a room is to everyone who can see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RoomInfo {
    pub id: RoomId,
    pub slug: String,
    pub name: String,
    pub topic: String,
    pub kind: RoomKind,
    pub max_users: u32,
    pub archived: bool,
    pub members: usize,
}
