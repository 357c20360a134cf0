use crate::ids::{ClientId, MessageId, RoomId};
use crate::user::User;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageKind {
    #[default]
    Text,
    Image,
    File,
    System,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Unix milliseconds.
    pub at: i64,
}
