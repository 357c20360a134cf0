use crate::ids::RoomId;
use crate::message::Message;
use crate::room::{Room, RoomInfo};
use crate::user::{Member, User};
use serde::{Deserialize, Serialize};

/// Names a room by id or slug.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct InRoom {
    /// An id or a slug.
    pub room: String,
}

/// The rooms that one is in, and the public ones.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Rooms {
    pub rooms: Vec<Room>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreateRoom {
    /// 1 to 60 characters.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    #[serde(default)]
    pub private: bool,
    /// 2 to 10,000; 100 when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_users: Option<u32>,
}

/// What isn't named stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UpdateRoom {
    pub room: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_users: Option<u32>,
}

/// The answer of `create-room`, `update-room`, `open-dm`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OneRoom {
    pub room: Room,
}

/// All that a page needs to show a room.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Joined {
    pub room: Room,
    pub members: Vec<Member>,
    /// Whether the room has more members than are named.
    pub more: bool,
    pub messages: Vec<Message>,
    pub rev: u64,
    pub may: May,
}

/// What the asker may do in a room, unless they do it too often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[allow(clippy::struct_excessive_bools, reason = "each is about something else")]
pub struct May {
    pub say: bool,
    pub invite: bool,
    /// Delete what others have said.
    pub censor: bool,
    /// Change name, topic and size, and send members out.
    pub run: bool,
    pub leave: bool,
    pub archive: bool,
    pub delete: bool,
}

/// Who may be met in a room; those who are online come first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Members {
    pub members: Vec<Member>,
    /// Whether the room has more members than are named.
    pub more: bool,
}

/// Names a person, by id or name, to talk to: `open-dm`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WithUser {
    pub user: String,
}

/// Names a person in a room: `invite`, `remove-member`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct InRoomUser {
    pub room: String,
    pub user: String,
}

/// Someone became a member or is one no longer: `user-joined`, `user-left`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Membership {
    pub room: RoomId,
    pub user: User,
    /// How many members the room has now.
    pub count: usize,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RoomUpdated {
    pub room: RoomInfo,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RoomRemoved {
    pub room: RoomId,
}
