use crate::ids::{ClientId, MessageId, RoomId};
use crate::user::User;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum MessageKind {
    #[default]
    Text,
    Image,
    File,
    System,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Message {
    pub id: MessageId,
    pub room: RoomId,
    /// The room's `rev` when the message was born: its place in the room, for ever.
    pub seq: u64,
    /// The room's `rev` at the message's latest change.
    pub rev: u64,
    pub client_id: ClientId,
    pub user: User,
    pub kind: MessageKind,
    pub text: String,
    /// Unix milliseconds, as the other times.
    pub at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<i64>,
    /// A deleted message keeps its place; its text is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// What it replies to, as that is now; nothing when that is no longer kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
}

/// As much of a message as is shown above a reply to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Quote {
    pub seq: u64,
    pub user: User,
    /// Its first 140 characters; empty when it was deleted.
    pub text: String,
}
