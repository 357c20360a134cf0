use super::{Connection, Engine, index_removed, row};
use crate::store::StoreError;
use crate::store::messages::{Change, Messages, Range, Written};
use async_trait::async_trait;
use protocol::event::Notification;
use protocol::{Message, MessageId, NotificationId, RoomId, UserId};
use uuid::Uuid;

/// Messages that one step of a purge deletes, so that the writer is never kept long.
const PURGED_AT_ONCE: i64 = 1_000;

macro_rules! quote_columns {
    () => {
        "q.seq AS quote_seq, SUBSTR(q.text, 1, 140) AS quote_text, \
         a.id AS quote_user_id, a.name AS quote_user_name, a.role AS quote_user_role "
    };
}

/// With what a message replies to; never one of another room, whatever the column says.
macro_rules! select_messages {
    ($rest:literal) => {
        select_messages!("messages m", $rest)
    };
    ($from:literal, $rest:literal) => {
        concat!(
            "SELECT m.num, m.id, m.room_id, m.seq, m.rev, m.client_id, m.kind, m.text, m.at, ",
            "m.edited_at, m.deleted_at, m.reply_to, ",
            "u.id AS user_id, u.name AS user_name, u.role AS user_role, ",
            quote_columns!(),
            "FROM ",
            $from,
            " JOIN users u ON u.id = m.author_id ",
            "LEFT JOIN messages q ON q.id = m.reply_to AND q.room_id = m.room_id ",
            "LEFT JOIN users a ON a.id = q.author_id ",
            $rest
        )
    };
}
pub(super) use {quote_columns, select_messages};

/// For the engines' own searches.
pub(crate) const SELECT_NUMBERED: &str = select_messages!("");

#[async_trait]
impl Messages for Engine {
    async fn write(&self, batch: &[Change]) -> Result<Vec<Written>, StoreError> {
        super::write::write(self, batch).await
    }

    async fn message(
        &self,
        room: RoomId,
        message: MessageId,
    ) -> Result<Option<Message>, StoreError> {
        let select = select_messages!("WHERE m.id = $1 AND m.room_id = $2");
        let query = sqlx::query(select).bind(message.0).bind(room.0);
        query.fetch_optional(self.readers()).await?.as_ref().map(row::message).transpose()
    }

    async fn history(
        &self,
        room: RoomId,
        range: Range,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError> {
        let (select, seq) = match range {
            Range::Before(seq) => (
                select_messages!(
                    "WHERE m.room_id = $1 AND m.seq < $2 ORDER BY m.seq DESC LIMIT $3"
                ),
                seq,
            ),
            Range::After(seq) => (
                select_messages!("WHERE m.room_id = $1 AND m.seq > $2 ORDER BY m.seq LIMIT $3"),
                seq,
            ),
        };
        let query =
            sqlx::query(select).bind(room.0).bind(row::integer(seq)).bind(row::integer(limit));
        let found = query.fetch_all(self.readers()).await?;
        let mut messages = found.iter().map(row::message).collect::<Result<Vec<_>, _>>()?;
        if matches!(range, Range::Before(_)) {
            messages.reverse();
        }
        Ok(messages)
    }

    async fn changes(
        &self,
        room: RoomId,
        since: u64,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError> {
        let select =
            select_messages!("WHERE m.room_id = $1 AND m.rev > $2 ORDER BY m.rev LIMIT $3");
        let query =
            sqlx::query(select).bind(room.0).bind(row::integer(since)).bind(row::integer(limit));
        query.fetch_all(self.readers()).await?.iter().map(row::message).collect()
    }

    async fn number_of(&self, message: MessageId) -> Result<Option<u64>, StoreError> {
        let select = "SELECT num FROM messages WHERE id = $1";
        let found = sqlx::query(select).bind(message.0).fetch_optional(self.readers()).await?;
        found.map(|found| row::counter(&found, "num")).transpose()
    }

    async fn purge_messages(&self, before: i64) -> Result<bool, StoreError> {
        // In the order of writing, which is that of time: the oldest are looked at, and no index on
        // the time is needed. `num > 0` is for the planner, which is asked for no scan.
        let select = "SELECT num FROM \
                      (SELECT num, at FROM messages WHERE num > 0 ORDER BY num LIMIT $1) AS oldest \
                      WHERE at < $2";
        let mut tx = self.begin().await?;
        let query = sqlx::query_scalar(select).bind(PURGED_AT_ONCE).bind(before);
        let nums: Vec<i64> = query.fetch_all(&mut *tx).await?;
        remove(&mut tx, &nums).await?;
        tx.commit().await?;
        Ok(row::integer(nums.len()) == PURGED_AT_ONCE)
    }

    async fn add_notification(
        &self,
        user: UserId,
        notification: &Notification,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        super::notifications::add(&mut tx, user, None, notification).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn notifications(
        &self,
        user: UserId,
        limit: usize,
    ) -> Result<Vec<Notification>, StoreError> {
        super::notifications::list(self.readers(), user, limit).await
    }

    async fn dismiss(&self, user: UserId, id: NotificationId) -> Result<bool, StoreError> {
        let delete = "DELETE FROM notifications WHERE id = $1 AND user_id = $2";
        let done = sqlx::query(delete).bind(id.0).bind(user.0).execute(self.writer()).await?;
        Ok(done.rows_affected() > 0)
    }
}

/// Takes messages out, with what refers to them.
pub(super) async fn remove(tx: &mut Connection, nums: &[i64]) -> Result<(), StoreError> {
    for num in nums {
        let delete = "DELETE FROM messages WHERE num = $1 RETURNING id, room_id, seq";
        let Some(gone) = sqlx::query_as::<_, (Uuid, Uuid, i64)>(delete)
            .bind(num)
            .fetch_optional(&mut *tx)
            .await?
        else {
            continue;
        };
        forget_calls(tx, gone.1, gone.2).await?;
    }
    index_removed(tx, nums).await
}

/// No one is called by a message that is no longer there.
pub(super) async fn forget_calls(
    tx: &mut Connection,
    room: Uuid,
    seq: i64,
) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM mentions WHERE room_id = $1 AND seq = $2",
        "DELETE FROM notifications WHERE room_id = $1 AND seq = $2",
    ] {
        sqlx::query(statement).bind(room).bind(seq).execute(&mut *tx).await?;
    }
    Ok(())
}
