//! Between rows and things.

use super::Row;
use crate::people::token::TokenHash;
use crate::store::StoreError;
use crate::store::people::{Account, Person, Session, SessionKind};
use crate::store::rooms::{Counted, Listed, Membership, Read, RoomRow};
use protocol::event::{AuditEntry, Notification, NotificationKind};
use protocol::{
    ClientId, Message, MessageId, MessageKind, NotificationId, Quote, Role, RoomId, RoomKind,
    SessionId, User, UserId,
};
use sqlx::Row as _;
use uuid::Uuid;

pub(super) fn user(row: &Row) -> Result<User, StoreError> {
    let id = UserId(row.try_get("user_id")?);
    Ok(User::new(id, row.try_get("user_name")?, role(row.try_get("user_role")?)?))
}

pub(super) fn person(row: &Row) -> Result<Person, StoreError> {
    Ok(Person {
        user: user(row)?,
        password: row.try_get("password")?,
        muted_until: row.try_get("muted_until")?,
        banned_until: row.try_get("banned_until")?,
        disabled: row.try_get("disabled")?,
    })
}

pub(super) fn account(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        user: user(row)?,
        key: row.try_get("name_key")?,
        disabled: row.try_get("disabled")?,
        created_at: row.try_get("created_at")?,
    })
}

pub(super) fn token_hash(row: &Row) -> Result<TokenHash, StoreError> {
    let bytes: &[u8] = row.try_get("token_hash")?;
    let hash = bytes.try_into().map_err(|_| unreadable("token hash", "another length"))?;
    Ok(TokenHash(hash))
}

pub(super) fn session(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        id: SessionId(row.try_get("session_id")?),
        kind: match row.try_get("session_kind")? {
            "browser" => SessionKind::Browser,
            "program" => SessionKind::Program,
            "visit" => SessionKind::Visit,
            other => return Err(unreadable("session kind", other)),
        },
        label: row.try_get("label")?,
        address: row.try_get("address")?,
        created_at: row.try_get("created_at")?,
        seen_at: row.try_get("seen_at")?,
        expires_at: row.try_get("expires_at")?,
    })
}

pub(super) fn session_kind_name(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Browser => "browser",
        SessionKind::Program => "program",
        SessionKind::Visit => "visit",
    }
}

/// Someone who may be missing.
fn whom(row: &Row, id: &str, name: &str, of: &str) -> Result<Option<User>, StoreError> {
    let Some(id) = row.try_get::<Option<Uuid>, _>(id)? else { return Ok(None) };
    Ok(Some(User::new(UserId(id), row.try_get(name)?, role(row.try_get(of)?)?)))
}

pub(super) fn audit(row: &Row) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        id: counter(row, "num")?,
        at: row.try_get("at")?,
        by: whom(row, "by_id", "by_name", "by_role")?,
        action: row.try_get("action")?,
        user: whom(row, "user_id", "user_name", "user_role")?,
        room: row.try_get::<Option<Uuid>, _>("room_id")?.map(RoomId),
        details: row.try_get("details")?,
    })
}

pub(super) fn room(row: &Row) -> Result<RoomRow, StoreError> {
    Ok(RoomRow {
        id: RoomId(row.try_get("id")?),
        slug: row.try_get("slug")?,
        name: row.try_get("name")?,
        topic: row.try_get("topic")?,
        kind: room_kind(row.try_get("kind")?)?,
        max_users: u32::try_from(counter(row, "max_users")?).unwrap_or(u32::MAX),
        made_by: row.try_get::<Option<Uuid>, _>("made_by")?.map(UserId),
        archived: row.try_get("archived")?,
        members: count(row, "members")?,
        rev: counter(row, "rev")?,
        last_seq: counter(row, "last_seq")?,
    })
}

pub(super) fn counted(row: &Row) -> Result<Counted, StoreError> {
    Ok(Counted {
        room: RoomId(row.try_get("id")?),
        rev: counter(row, "rev")?,
        members: count(row, "members")?,
    })
}

pub(super) fn listed(row: &Row) -> Result<Listed, StoreError> {
    let read = Read {
        seq: counter(row, "read_seq")?,
        unread: counter(row, "unread")?,
        mentions: counter(row, "mentions")?,
    };
    Ok(Listed { room: room(row)?, membership: membership(row)?, read })
}

pub(super) fn membership(row: &Row) -> Result<Option<Membership>, StoreError> {
    match row.try_get::<Option<&str>, _>("state")? {
        None => Ok(None),
        Some("member") => Ok(Some(Membership::Member)),
        Some("left") => Ok(Some(Membership::Left)),
        Some("removed") => Ok(Some(Membership::Removed)),
        Some("invited") => Ok(Some(Membership::Invited)),
        Some(other) => Err(unreadable("membership", other)),
    }
}

pub(super) fn membership_name(membership: Membership) -> &'static str {
    match membership {
        Membership::Member => "member",
        Membership::Left => "left",
        Membership::Removed => "removed",
        Membership::Invited => "invited",
    }
}

pub(super) fn message(row: &Row) -> Result<Message, StoreError> {
    Ok(Message {
        id: MessageId(row.try_get("id")?),
        room: RoomId(row.try_get("room_id")?),
        seq: counter(row, "seq")?,
        rev: counter(row, "rev")?,
        client_id: ClientId(row.try_get("client_id")?),
        user: user(row)?,
        kind: message_kind(row.try_get("kind")?)?,
        text: row.try_get("text")?,
        at: row.try_get("at")?,
        edited_at: row.try_get("edited_at")?,
        deleted_at: row.try_get("deleted_at")?,
        reply_to: row.try_get::<Option<Uuid>, _>("reply_to")?.map(MessageId),
        quote: quote(row)?,
    })
}

pub(super) fn quote(row: &Row) -> Result<Option<Quote>, StoreError> {
    let user = whom(row, "quote_user_id", "quote_user_name", "quote_user_role")?;
    let Some(user) = user else { return Ok(None) };
    Ok(Some(Quote { seq: counter(row, "quote_seq")?, user, text: row.try_get("quote_text")? }))
}

pub(crate) fn numbered(row: &Row) -> Result<(u64, Message), StoreError> {
    Ok((counter(row, "num")?, message(row)?))
}

pub(super) fn notification(row: &Row) -> Result<Notification, StoreError> {
    Ok(Notification {
        id: NotificationId(row.try_get("id")?),
        kind: match row.try_get("kind")? {
            "mention" => NotificationKind::Mention,
            "direct" => NotificationKind::Direct,
            "invite" => NotificationKind::Invite,
            "system" => NotificationKind::System,
            other => return Err(unreadable("notification kind", other)),
        },
        room: row.try_get::<Option<Uuid>, _>("room_id")?.map(RoomId),
        message: row.try_get::<Option<Uuid>, _>("message_id")?.map(MessageId),
        text: row.try_get("text")?,
        at: row.try_get("at")?,
    })
}

pub(super) fn notification_kind_name(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Mention => "mention",
        NotificationKind::Direct => "direct",
        NotificationKind::Invite => "invite",
        NotificationKind::System => "system",
    }
}

pub(crate) fn counter(row: &Row, column: &'static str) -> Result<u64, StoreError> {
    let value: i64 = row.try_get(column)?;
    u64::try_from(value).map_err(|_| unreadable(column, &value.to_string()))
}

pub(super) fn count(row: &Row, column: &'static str) -> Result<usize, StoreError> {
    Ok(usize::try_from(counter(row, column)?).unwrap_or(usize::MAX))
}

/// A counter or a limit as a database keeps it: no message lies beyond `i64::MAX`.
pub(crate) fn integer(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

fn role(name: &str) -> Result<Role, StoreError> {
    Role::from_name(name).ok_or_else(|| unreadable("role", name))
}

fn room_kind(name: &str) -> Result<RoomKind, StoreError> {
    match name {
        "public" => Ok(RoomKind::Public),
        "private" => Ok(RoomKind::Private),
        "direct" => Ok(RoomKind::Direct),
        other => Err(unreadable("room kind", other)),
    }
}

pub(super) fn room_kind_name(kind: RoomKind) -> &'static str {
    match kind {
        RoomKind::Public => "public",
        RoomKind::Private => "private",
        RoomKind::Direct => "direct",
    }
}

pub(crate) fn message_kind_name(kind: MessageKind) -> &'static str {
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
        other => Err(unreadable("message kind", other)),
    }
}

fn unreadable(what: &'static str, value: &str) -> StoreError {
    StoreError::Unreadable { what, value: value.to_owned() }
}
