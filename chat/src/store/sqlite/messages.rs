use super::row;
use crate::store::{NewMessage, Range, StoreError, Written};
use protocol::{Message, RoomId};
use sqlx::{SqliteConnection, SqlitePool};

macro_rules! select_messages {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.room, m.seq, m.rev, m.client_id, m.kind, m.text, m.at, ",
            "u.id AS user_id, u.name AS user_name, u.role AS user_role ",
            "FROM messages m JOIN users u ON u.id = m.author ",
            $rest
        )
    };
}

pub(super) async fn write(
    pool: &SqlitePool,
    batch: &[NewMessage],
) -> Result<Vec<Written>, StoreError> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    let mut outcomes = Vec::with_capacity(batch.len());
    for message in batch {
        outcomes.push(write_one(&mut tx, message).await?);
    }
    tx.commit().await?;
    Ok(outcomes)
}

async fn write_one(tx: &mut SqliteConnection, new: &NewMessage) -> Result<Written, StoreError> {
    if let Some(earlier) = by_client_id(tx, new).await? {
        let same = earlier.room == new.room
            && earlier.kind == new.kind
            && earlier.text == new.text.as_str();
        return Ok(if same { Written::Again(earlier) } else { Written::Conflict });
    }
    let next = "UPDATE rooms SET rev = rev + 1, last_seq = rev + 1 WHERE id = $1 RETURNING rev";
    let counted = sqlx::query(next).bind(new.room.0).fetch_one(&mut *tx).await?;
    let rev = row::counter(&counted, "rev")?;
    let insert = "INSERT INTO messages (room, seq, rev, id, author, client_id, kind, text, at) \
                  VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8)";
    sqlx::query(insert)
        .bind(new.room.0)
        .bind(row::integer(rev))
        .bind(new.id.0)
        .bind(new.author.id.0)
        .bind(new.client_id.0)
        .bind(row::message_kind_name(new.kind))
        .bind(new.text.as_str())
        .bind(new.at)
        .execute(&mut *tx)
        .await?;
    Ok(Written::New(Message {
        id: new.id,
        room: new.room,
        seq: rev,
        rev,
        client_id: new.client_id,
        user: new.author.clone(),
        kind: new.kind,
        text: new.text.as_str().to_owned(),
        at: new.at,
    }))
}

async fn by_client_id(
    tx: &mut SqliteConnection,
    new: &NewMessage,
) -> Result<Option<Message>, StoreError> {
    let select = select_messages!("WHERE m.author = $1 AND m.client_id = $2");
    let found =
        sqlx::query(select).bind(new.author.id.0).bind(new.client_id.0).fetch_optional(tx).await?;
    found.as_ref().map(row::message).transpose()
}

pub(super) async fn history(
    pool: &SqlitePool,
    room: RoomId,
    range: Range,
    limit: usize,
) -> Result<Vec<Message>, StoreError> {
    let limit = row::integer(limit as u64);
    let (select, seq) = match range {
        Range::Before(seq) => {
            (select_messages!("WHERE m.room = $1 AND m.seq < $2 ORDER BY m.seq DESC LIMIT $3"), seq)
        }
        Range::After(seq) => {
            (select_messages!("WHERE m.room = $1 AND m.seq > $2 ORDER BY m.seq LIMIT $3"), seq)
        }
    };
    let rows = sqlx::query(select)
        .bind(room.0)
        .bind(row::integer(seq))
        .bind(limit)
        .fetch_all(pool)
        .await?;
    let mut messages = rows.iter().map(row::message).collect::<Result<Vec<_>, _>>()?;
    if matches!(range, Range::Before(_)) {
        messages.reverse();
    }
    Ok(messages)
}

pub(super) async fn changes(
    pool: &SqlitePool,
    room: RoomId,
    since: u64,
    limit: usize,
) -> Result<Vec<Message>, StoreError> {
    let select = select_messages!("WHERE m.room = $1 AND m.rev > $2 ORDER BY m.rev LIMIT $3");
    let rows = sqlx::query(select)
        .bind(room.0)
        .bind(row::integer(since))
        .bind(row::integer(limit as u64))
        .fetch_all(pool)
        .await?;
    rows.iter().map(row::message).collect()
}
