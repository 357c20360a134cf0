//! The search index: PostgreSQL's own, of the grams of each message, in the transaction that writes it.

use super::sql::{self, SELECT_NUMBERED};
use super::{Connection, Postgres};
use crate::grams;
use crate::store::messages::NewMessage;
use crate::store::{Candidates, Found, Search, StoreError};
use async_trait::async_trait;
use protocol::Message;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

#[async_trait]
impl Search for Postgres {
    async fn candidates(&self, search: &Candidates<'_>) -> Result<Found, StoreError> {
        let rooms: Vec<Uuid> = search.rooms.iter().map(|room| room.0).collect();
        let select = format!(
            "{SELECT_NUMBERED} JOIN found f ON f.message_id = m.id \
             WHERE f.grams @> $1 AND m.num < $2 AND m.room_id = ANY($3) \
             ORDER BY m.num DESC LIMIT $4"
        );
        let query = sqlx::query(AssertSqlSafe(select))
            .bind(search.grams)
            .bind(sql::integer(search.before))
            .bind(rooms)
            .bind(sql::integer(search.limit));
        let rows = query.fetch_all(self.readers()).await?;
        sql::found(&rows, search)
    }

    async fn index_some(&self) -> Result<bool, StoreError> {
        Ok(false)
    }
}

pub(super) async fn index_new(
    tx: &mut Connection,
    new: &[(&NewMessage, u64)],
) -> Result<(), StoreError> {
    for (new, _) in new {
        insert(tx, new.id.0, new.text.as_str()).await?;
    }
    Ok(())
}

/// A message's text has changed, or has gone.
pub(super) async fn index_text(
    tx: &mut Connection,
    _: u64,
    message: &Message,
) -> Result<(), StoreError> {
    let delete = "DELETE FROM found WHERE message_id = $1";
    sqlx::query(delete).bind(message.id.0).execute(&mut *tx).await?;
    insert(tx, message.id.0, &message.text).await
}

async fn insert(tx: &mut Connection, message: Uuid, text: &str) -> Result<(), StoreError> {
    if text.is_empty() {
        return Ok(());
    }
    let insert = "INSERT INTO found (message_id, grams) VALUES ($1, $2)";
    sqlx::query(insert).bind(message).bind(grams::of(text)).execute(tx).await?;
    Ok(())
}

/// The foreign key does it.
#[allow(clippy::unused_async, reason = "the other engine has work to do")]
pub(super) async fn index_removed(_: &mut Connection, _: &[i64]) -> Result<(), StoreError> {
    Ok(())
}
