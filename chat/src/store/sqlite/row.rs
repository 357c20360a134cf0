//! Between rows and things.

use crate::store::StoreError;
use protocol::{ClientId, Message, MessageId, MessageKind, Role, RoomId, RoomKind, User, UserId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

pub(super) fn user(row: &SqliteRow) -> Result<User, StoreError> {
    let id = UserId(row.try_get("user_id")?);
    Ok(User::new(id, row.try_get("user_name")?, role(row.try_get("user_role")?)?))
}

pub(super) fn message(row: &SqliteRow) -> Result<Message, StoreError> {
    Ok(Message {
        id: MessageId(row.try_get::<Uuid, _>("id")?),
        room: RoomId(row.try_get::<Uuid, _>("room")?),
        seq: counter(row, "seq")?,
        rev: counter(row, "rev")?,
        client_id: ClientId(row.try_get::<Uuid, _>("client_id")?),
        user: user(row)?,
        kind: message_kind(row.try_get("kind")?)?,
        text: row.try_get("text")?,
        at: row.try_get("at")?,
    })
}

pub(super) fn counter(row: &SqliteRow, column: &'static str) -> Result<u64, StoreError> {
    let value: i64 = row.try_get(column)?;
    u64::try_from(value).map_err(|_| unreadable(column, value.to_string()))
}

/// A counter or a limit as SQLite keeps it: no message lies beyond `i64::MAX`.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Admin => "admin",
        Role::Moderator => "moderator",
        Role::Member => "member",
        Role::Guest => "guest",
    }
}

fn role(name: &str) -> Result<Role, StoreError> {
    match name {
        "owner" => Ok(Role::Owner),
        "admin" => Ok(Role::Admin),
        "moderator" => Ok(Role::Moderator),
        "member" => Ok(Role::Member),
        "guest" => Ok(Role::Guest),
        other => Err(unreadable("role", other.to_owned())),
    }
}

pub(super) fn room_kind(name: &str) -> Result<RoomKind, StoreError> {
    match name {
        "public" => Ok(RoomKind::Public),
        "private" => Ok(RoomKind::Private),
        "direct" => Ok(RoomKind::Direct),
        other => Err(unreadable("room kind", other.to_owned())),
    }
}

pub(super) fn message_kind_name(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Text => "text",
        MessageKind::Image => "image",
        MessageKind::File => "file",
        MessageKind::System => "system",
    }
}

fn message_kind(name: &str) -> Result<MessageKind, StoreError> {
    match name {
        "text" => Ok(MessageKind::Text),
        "image" => Ok(MessageKind::Image),
        "file" => Ok(MessageKind::File),
        "system" => Ok(MessageKind::System),
        other => Err(unreadable("message kind", other.to_owned())),
    }
}

fn unreadable(what: &'static str, value: String) -> StoreError {
    StoreError::Unreadable { what, value }
}
