//! The search index, behind the writer: indexing a message costs several times what writing it does,
//! so it is done when there is time for it, and a search reads what is not indexed yet.

use super::sql::{self, LENGTHS, SELECT_NUMBERED, Statements, tuples};
use super::{Connection, Sqlite};
use crate::grams;
use crate::store::messages::NewMessage;
use crate::store::{Candidates, Found, Search, StoreError};
use async_trait::async_trait;
use protocol::{Message, RoomId};
use sqlx::AssertSqlSafe;
use std::sync::LazyLock;

/// Messages that one step indexes, in one statement. The writer waits for it.
const STEP: usize = LENGTHS[0];
/// So many times as many messages as candidates from the index are looked at in one step.
const UNINDEXED: usize = 10;

#[async_trait]
impl Search for Sqlite {
    async fn candidates(&self, search: &Candidates<'_>) -> Result<Found, StoreError> {
        let indexed = sqlx::query_scalar("SELECT num FROM indexed");
        let indexed: i64 = indexed.fetch_one(self.readers()).await?;
        let before = sql::integer(search.before);
        if before > indexed.saturating_add(1) {
            let mut found = self.unindexed(search, indexed).await?;
            found.next = found.next.or(Some(indexed.unsigned_abs() + 1));
            return Ok(found);
        }
        let select = format!(
            "{SELECT_NUMBERED} WHERE m.num IN (SELECT rowid FROM found \
             WHERE found MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3) ORDER BY m.num DESC"
        );
        let query = sqlx::query(AssertSqlSafe(select))
            .bind(expression(search))
            .bind(before)
            .bind(sql::integer(search.limit));
        let rows = query.fetch_all(self.readers()).await?;
        sql::found(&rows, search)
    }

    async fn index_some(&self) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let indexed = sqlx::query_scalar("SELECT num FROM indexed");
        let indexed: i64 = indexed.fetch_one(&mut *tx).await?;
        let select = format!("{SELECT_NUMBERED} WHERE m.num > $1 ORDER BY m.num LIMIT $2");
        let query = sqlx::query(AssertSqlSafe(select)).bind(indexed).bind(sql::integer(STEP));
        let rows = query.fetch_all(&mut *tx).await?;
        let messages: Vec<_> = rows.iter().map(sql::numbered).collect::<Result<_, _>>()?;
        if let Some((last, _)) = messages.last() {
            insert(&mut tx, &messages).await?;
            let last = sql::integer(*last);
            sqlx::query("UPDATE indexed SET num = $1").bind(last).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(messages.len() == STEP)
    }
}

impl Sqlite {
    async fn unindexed(&self, search: &Candidates<'_>, indexed: i64) -> Result<Found, StoreError> {
        // They hold what is looked for less often, and after a rush there are many of them.
        let search = &Candidates { limit: search.limit * UNINDEXED, ..*search };
        let select = format!(
            "{SELECT_NUMBERED} WHERE m.num < $1 AND m.num > $2 ORDER BY m.num DESC LIMIT $3"
        );
        let query = sqlx::query(AssertSqlSafe(select))
            .bind(sql::integer(search.before))
            .bind(indexed)
            .bind(sql::integer(search.limit));
        let rows = query.fetch_all(self.readers()).await?;
        sql::found(&rows, search)
    }
}

/// `AND` binds tighter than `OR`, hence the brackets. Every word is made of letters and digits alone,
/// so nothing in it is syntax.
fn expression(search: &Candidates<'_>) -> String {
    let rooms: Vec<String> = search.rooms.iter().map(|room| room_word(*room)).collect();
    let words = search.grams.iter().map(String::as_str);
    std::iter::once(format!("({})", rooms.join(" OR ")).as_str())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" AND ")
}

fn room_word(room: RoomId) -> String {
    format!("r{}", room.0.simple())
}

/// Rows without a number fill the list up.
static INSERT: LazyLock<Statements> = LazyLock::new(|| {
    Statements::new(|length| {
        format!(
            "WITH new (num, grams) AS (VALUES {}) \
             INSERT INTO found (rowid, grams) SELECT num, grams FROM new WHERE num IS NOT NULL",
            tuples(length, 2)
        )
    })
});

/// No more than [`STEP`].
async fn insert(tx: &mut Connection, messages: &[(u64, Message)]) -> Result<(), StoreError> {
    let told: Vec<_> = messages.iter().filter(|(_, message)| !message.text.is_empty()).collect();
    let (length, insert) = INSERT.for_rows(told.len());
    let mut query = sqlx::query(insert);
    for place in 0..length {
        let row = told.get(place);
        query = query
            .bind(row.map(|(num, _)| sql::integer(*num)))
            .bind(row.map(|(_, message)| words(message)));
    }
    query.execute(tx).await?;
    Ok(())
}

fn words(message: &Message) -> String {
    let mut words = grams::of(&message.text);
    words.push(room_word(message.room));
    words.join(" ")
}

/// New messages are indexed when there is time.
#[allow(clippy::unused_async, reason = "the other engine indexes at once")]
pub(super) async fn index_new(
    _: &mut Connection,
    _: &[(&NewMessage, u64)],
) -> Result<(), StoreError> {
    Ok(())
}

/// A message's text has changed, or has gone.
pub(super) async fn index_text(
    tx: &mut Connection,
    num: u64,
    message: &Message,
) -> Result<(), StoreError> {
    let indexed = sqlx::query_scalar("SELECT num FROM indexed");
    let indexed: i64 = indexed.fetch_one(&mut *tx).await?;
    if sql::integer(num) <= indexed {
        index_removed(tx, &[sql::integer(num)]).await?;
        insert(tx, &[(num, message.clone())]).await?;
    }
    Ok(())
}

pub(super) async fn index_removed(tx: &mut Connection, nums: &[i64]) -> Result<(), StoreError> {
    for num in nums {
        let delete = "DELETE FROM found WHERE rowid = $1";
        sqlx::query(delete).bind(num).execute(&mut *tx).await?;
    }
    Ok(())
}
