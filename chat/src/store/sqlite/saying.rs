//! New messages in one statement, which is a transaction by itself. Where few come at a time, five statements that each
//! go to SQLite's thread and back cost more than what they do.

use super::Sqlite;
use super::sql::{self, LENGTHS, Statements};
use crate::store::StoreError;
use crate::store::messages::{Change, NewMessage, Written};
use sqlx::Row as _;
use std::collections::HashMap;
use std::sync::LazyLock;
use uuid::Uuid;

/// Rooms count what is inserted by a trigger.
static SAY: LazyLock<Statements> = LazyLock::new(|| {
    const GIVEN: &str = "room_id, id, author_id, client_id, kind, text, at";
    Statements::new(|length| {
        let row = |place| format!("({place}, ?, ?, ?, ?, ?, ?, ?)");
        let rows = (0..length).map(row).collect::<Vec<_>>().join(", ");
        format!(
            "WITH new (place, {GIVEN}) AS (VALUES {rows}), \
             placed AS (SELECT new.*, rooms.rev + ROW_NUMBER() OVER (PARTITION BY new.room_id ORDER BY place) AS rev \
             FROM new JOIN rooms ON rooms.id = new.room_id WHERE rooms.deleted_at IS NULL) \
             INSERT INTO messages (seq, rev, {GIVEN}) SELECT rev, rev, {GIVEN} FROM placed ORDER BY place \
             RETURNING id, rev"
        )
    })
});

/// `None` when there is something else among them, or too much.
pub(super) async fn say(
    engine: &Sqlite,
    batch: &[Change],
) -> Result<Option<Vec<Written>>, StoreError> {
    let news: Option<Vec<&NewMessage>> = batch.iter().map(plain).collect();
    let Some(news) = news.filter(|news| news.len() <= LENGTHS[0]) else { return Ok(None) };
    let (length, say) = SAY.for_rows(news.len());
    let mut query = sqlx::query(say);
    for place in 0..length {
        let new = news.get(place);
        query = query
            .bind(new.map(|new| new.room.0))
            .bind(new.map(|new| new.id.0))
            .bind(new.map(|new| new.author.id.0))
            .bind(new.map(|new| new.client_id.0))
            .bind(new.map(|new| sql::message_kind_name(new.kind)))
            .bind(new.map(|new| new.text.as_str()))
            .bind(new.map(|new| new.at));
    }
    let mut revs = HashMap::with_capacity(news.len());
    for row in engine.written(query.fetch_all(engine.writer()).await).await? {
        revs.insert(row.try_get::<Uuid, _>("id")?, sql::counter(&row, "rev")?);
    }
    let written = |new: &NewMessage| match revs.get(&new.id.0) {
        Some(rev) => Written::New(new.as_message(*rev, None)),
        None => Written::Gone,
    };
    Ok(Some(news.into_iter().map(written).collect()))
}

/// What is only said: it answers no one and calls no one.
fn plain(change: &Change) -> Option<&NewMessage> {
    match change {
        Change::Send(new) if new.reply_to.is_none() && new.calls.is_empty() => Some(new),
        _ => None,
    }
}
