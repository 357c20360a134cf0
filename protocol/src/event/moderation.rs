use crate::ids::{RoomId, SessionId, UserId};
use crate::room::RoomInfo;
use crate::user::{Role, User};
use serde::{Deserialize, Serialize};

/// Sends someone out: of a room, or without one from the server, where their sessions end.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Kick {
    pub user: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    #[serde(default)]
    pub reason: String,
}

/// Without `minutes` for good. A guest's address is banned with them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Ban {
    pub user: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    #[serde(default)]
    pub reason: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Unban {
    pub user: UserId,
}

/// No `minutes` at all (0) ends it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Mute {
    pub user: UserId,
    pub minutes: u32,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SetRole {
    pub user: UserId,
    pub role: Role,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Announce {
    pub text: String,
}

/// `before` is the last entry of the page that one has: a page runs from new to old.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ListAudit {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// Ends a session of someone's, or without one all of them. Unlike `kick`, no one is told why, and they may sign in
/// again at once.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Revoke {
    pub user: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
}

/// Names a person by their id.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OfUser {
    pub user: UserId,
}

/// Where someone is signed in. Where they are in the world is no one else's business.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SessionsOf {
    pub sessions: Vec<SessionOf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionOf {
    pub id: SessionId,
    /// Held as a token, or by a program that came by the open door; else in a browser's cookie.
    pub program: bool,
    /// What its holder calls itself.
    pub label: String,
    pub created_at: i64,
    pub seen_at: i64,
}

/// People or rooms, a page of them: those whose name begins so.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ListAll {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// What the page before called `next`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AllPeople {
    pub people: Vec<PersonOf>,
    /// Where the next page begins, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A person, as moderators see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PersonOf {
    #[serde(flatten)]
    pub user: User,
    pub online: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banned_until: Option<i64>,
    /// On the server's command line.
    pub disabled: bool,
}

/// The public rooms; of the others only how many there are.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AllRooms {
    pub rooms: Vec<RoomOf>,
    /// Where the next page begins, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    pub private: usize,
    pub direct: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RoomOf {
    #[serde(flatten)]
    pub room: RoomInfo,
    pub online: usize,
}

/// Who did what to whom, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    pub id: u64,
    pub at: i64,
    /// No one: it was done on the server's command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<User>,
    pub action: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    pub details: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AuditPage {
    pub entries: Vec<AuditEntry>,
    pub more: bool,
}

/// What the one who was sent out is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Kicked {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    pub reason: String,
}

/// How the house is doing, once a second. Rates, times, `cpu`, `memory` and `queue` are those of the node that says it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    pub connections: usize,
    pub users: usize,
    pub rooms: usize,
    pub messages_per_second: f64,
    pub deliveries_per_second: f64,
    /// Of one core: 2 is two cores busy.
    pub cpu: f64,
    /// Bytes.
    pub memory: u64,
    /// Changes that wait for their commit.
    pub queue: usize,
    pub nodes: usize,
    /// To this node alone.
    pub connections_here: usize,
    /// Milliseconds from an event to its answer, in the second that has passed: half of all were as quick. Not there
    /// when nothing was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ack_p50: Option<f64>,
    /// 99 of 100 were as quick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ack_p99: Option<f64>,
    /// Seconds since this node was started.
    pub uptime: u64,
}

/// What `stats` said in the last minutes, from old to new.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Past {
    pub stats: Vec<Stats>,
}
