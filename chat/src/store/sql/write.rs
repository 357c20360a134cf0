//! Many changes in one transaction, with few statements: what costs is each statement and the commit,
//! not the row.

use super::messages::{forget_calls, quote_columns, select_messages};
use super::{
    Connection, Engine, LENGTHS, Statements, index_new, index_text, lock_rooms, notifications, row,
    say, tuples,
};
use crate::store::StoreError;
use crate::store::messages::{Call, Change, Edited, NewMessage, Written};
use protocol::{ClientId, Message, MessageId, Quote, RoomId, UserId};
use sqlx::Row as _;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// A message may have been sent before, and another node may write it at the same moment: then the whole batch is
/// tried again and finds it.
const ATTEMPTS: usize = 4;

pub(super) async fn write(engine: &Engine, batch: &[Change]) -> Result<Vec<Written>, StoreError> {
    let mut attempt = 1;
    loop {
        // Few are sent twice, and the database notices: it is asked before only when it has.
        match write_once(engine, batch, attempt > 1).await {
            Err(StoreError::Database(sqlx::Error::Database(error)))
                if attempt < ATTEMPTS && is_collision(&*error) =>
            {
                attempt += 1;
            }
            other => return other,
        }
    }
}

/// A unique key that someone took meanwhile, a deadlock, or a transaction that could not be put in order.
fn is_collision(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.is_unique_violation() || matches!(error.code().as_deref(), Some("40001" | "40P01"))
}

async fn write_once(
    engine: &Engine,
    batch: &[Change],
    again: bool,
) -> Result<Vec<Written>, StoreError> {
    if !again && let Some(written) = say(engine, batch).await? {
        return Ok(written);
    }
    let mut tx = engine.begin().await?;
    let mut writing = Writing::begin(&mut tx, batch, again).await?;
    let mut outcomes = Vec::with_capacity(batch.len());
    for change in batch {
        outcomes.push(writing.take(&mut tx, change).await?);
    }
    writing.finish(&mut tx).await?;
    tx.commit().await?;
    Ok(outcomes)
}

/// A transaction's view of the rooms that it writes to.
struct Writing<'a> {
    counters: BTreeMap<RoomId, Counter>,
    /// What had been sent before by this batch, and as far as it is known by an earlier one.
    sent: HashMap<(UserId, ClientId), Message>,
    /// Taken and not yet inserted.
    new: Vec<(&'a NewMessage, u64)>,
}

struct Counter {
    rev: u64,
    last_seq: u64,
    changed: bool,
}

impl<'a> Writing<'a> {
    async fn begin(
        tx: &mut Connection,
        batch: &'a [Change],
        again: bool,
    ) -> Result<Self, StoreError> {
        let mut rooms: Vec<RoomId> = batch.iter().map(Change::room).collect();
        rooms.sort_unstable();
        rooms.dedup();
        lock_rooms(tx, &rooms).await?;
        let counters = counters(tx, &rooms).await?;
        let sent = if again { sent_before(tx, batch).await? } else { HashMap::new() };
        Ok(Self { counters, sent, new: Vec::new() })
    }

    async fn take(
        &mut self,
        tx: &mut Connection,
        change: &'a Change,
    ) -> Result<Written, StoreError> {
        match change {
            Change::Send(new) => self.send(tx, new).await,
            Change::Edit(edited) => {
                self.insert(tx).await?;
                self.edit(tx, edited).await
            }
            Change::Delete { room, message, at } => {
                self.insert(tx).await?;
                self.delete(tx, *room, *message, *at).await
            }
        }
    }

    async fn send(
        &mut self,
        tx: &mut Connection,
        new: &'a NewMessage,
    ) -> Result<Written, StoreError> {
        let key = (new.author.id, new.client_id);
        if let Some(earlier) = self.sent.get(&key) {
            return Ok(if is_retry(earlier, new) {
                Written::Again(earlier.clone())
            } else {
                Written::Conflict
            });
        }
        let quote = match new.reply_to {
            Some(message) => quote(tx, new.room, message).await?,
            None => None,
        };
        let Some(rev) = self.next_rev(new.room) else { return Ok(Written::Gone) };
        if let Some(counter) = self.counters.get_mut(&new.room) {
            counter.last_seq = rev;
        }
        let message = new.as_message(rev, quote);
        self.sent.insert(key, message.clone());
        self.new.push((new, rev));
        Ok(Written::New(message))
    }

    async fn edit(&mut self, tx: &mut Connection, edited: &Edited) -> Result<Written, StoreError> {
        let Some((num, mut message)) = find(tx, edited.room, edited.message).await? else {
            return Ok(Written::Gone);
        };
        if message.deleted_at.is_some() {
            return Ok(Written::Gone);
        }
        if message.text == edited.text.as_str() {
            return Ok(Written::Again(message));
        }
        let Some(rev) = self.next_rev(edited.room) else { return Ok(Written::Gone) };
        message.rev = rev;
        message.text = edited.text.as_str().to_owned();
        message.edited_at = Some(edited.at);
        self.change(tx, num, &message).await?;
        uncall(tx, &message, &edited.uncalled).await?;
        call(tx, message.room, message.seq, &edited.calls).await?;
        Ok(Written::New(message))
    }

    async fn delete(
        &mut self,
        tx: &mut Connection,
        room: RoomId,
        message: MessageId,
        at: i64,
    ) -> Result<Written, StoreError> {
        let Some((num, mut message)) = find(tx, room, message).await? else {
            return Ok(Written::Gone);
        };
        if message.deleted_at.is_some() {
            return Ok(Written::Again(message));
        }
        let Some(rev) = self.next_rev(room) else { return Ok(Written::Gone) };
        message.rev = rev;
        message.text = String::new();
        message.deleted_at = Some(at);
        self.change(tx, num, &message).await?;
        forget_calls(tx, room.0, row::integer(message.seq)).await?;
        Ok(Written::New(message))
    }

    async fn change(
        &mut self,
        tx: &mut Connection,
        num: u64,
        message: &Message,
    ) -> Result<(), StoreError> {
        let update = "UPDATE messages SET rev = $2, text = $3, edited_at = $4, deleted_at = $5 \
                      WHERE num = $1";
        sqlx::query(update)
            .bind(row::integer(num))
            .bind(row::integer(message.rev))
            .bind(&message.text)
            .bind(message.edited_at)
            .bind(message.deleted_at)
            .execute(&mut *tx)
            .await?;
        // A retry of the sending, in this very batch, is told of the change.
        self.sent
            .entry((message.user.id, message.client_id))
            .and_modify(|sent| sent.clone_from(message));
        index_text(tx, num, message).await
    }

    fn next_rev(&mut self, room: RoomId) -> Option<u64> {
        let counter = self.counters.get_mut(&room)?;
        counter.rev += 1;
        counter.changed = true;
        Some(counter.rev)
    }

    async fn insert(&mut self, tx: &mut Connection) -> Result<(), StoreError> {
        for piece in self.new.chunks(LENGTHS[0]) {
            let (length, insert) = INSERT.for_rows(piece.len());
            let mut query = sqlx::query(insert);
            for place in 0..length {
                let row = piece.get(place);
                let (new, rev) = row.map(|(new, rev)| (*new, row::integer(*rev))).unzip();
                query = query
                    .bind(new.map(|new| new.room.0))
                    .bind(rev)
                    .bind(rev)
                    .bind(new.map(|new| new.id.0))
                    .bind(new.map(|new| new.author.id.0))
                    .bind(new.map(|new| new.client_id.0))
                    .bind(new.map(|new| row::message_kind_name(new.kind)))
                    .bind(new.map(|new| new.text.as_str()))
                    .bind(new.map(|new| new.at))
                    .bind(new.and_then(|new| new.reply_to).map(|message| message.0));
            }
            query.execute(&mut *tx).await?;
        }
        index_new(tx, &self.new).await?;
        for (new, rev) in self.new.drain(..) {
            call(tx, new.room, rev, &new.calls).await?;
        }
        Ok(())
    }

    async fn finish(mut self, tx: &mut Connection) -> Result<(), StoreError> {
        self.insert(tx).await?;
        let changed: Vec<(RoomId, Counter)> =
            self.counters.into_iter().filter(|(_, counter)| counter.changed).collect();
        for piece in changed.chunks(LENGTHS[0]) {
            let (length, update) = COUNT.for_rows(piece.len());
            let mut query = sqlx::query(update);
            for place in 0..length {
                let row = piece.get(place);
                query = query
                    .bind(row.map(|(room, _)| room.0))
                    .bind(row.map(|(_, counter)| row::integer(counter.rev)))
                    .bind(row.map(|(_, counter)| row::integer(counter.last_seq)));
            }
            query.execute(&mut *tx).await?;
        }
        Ok(())
    }
}

/// Rows without a room fill the list up.
static INSERT: LazyLock<Statements> = LazyLock::new(|| {
    const COLUMNS: &str = "room_id, seq, rev, id, author_id, client_id, kind, text, at, reply_to";
    Statements::new(|length| {
        format!(
            "WITH new ({COLUMNS}) AS (VALUES {}) \
             INSERT INTO messages ({COLUMNS}) SELECT {COLUMNS} FROM new WHERE room_id IS NOT NULL",
            tuples(length, 10)
        )
    })
});

static COUNT: LazyLock<Statements> = LazyLock::new(|| {
    Statements::new(|length| {
        format!(
            "WITH changed (room_id, rev, last_seq) AS (VALUES {}) \
             UPDATE rooms SET rev = changed.rev, last_seq = changed.last_seq \
             FROM changed WHERE rooms.id = changed.room_id",
            tuples(length, 3)
        )
    })
});

static COUNTERS: LazyLock<Statements> = LazyLock::new(|| {
    Statements::new(|length| {
        let rooms = tuples(1, length);
        format!("SELECT id, rev, last_seq FROM rooms WHERE id IN {rooms} AND deleted_at IS NULL")
    })
});

/// From the short list to the long one, by its index.
static SENT: LazyLock<Statements> = LazyLock::new(|| {
    Statements::new(|length| {
        format!(
            "WITH asked (author, client) AS (VALUES {}) {}",
            tuples(length, 2),
            select_messages!(
                "asked CROSS JOIN messages m",
                "WHERE m.author_id = asked.author AND m.client_id = asked.client"
            )
        )
    })
});

async fn counters(
    tx: &mut Connection,
    rooms: &[RoomId],
) -> Result<BTreeMap<RoomId, Counter>, StoreError> {
    let mut counters = BTreeMap::new();
    for rooms in rooms.chunks(LENGTHS[0]) {
        let (length, select) = COUNTERS.for_rows(rooms.len());
        let mut query = sqlx::query(select);
        for place in 0..length {
            query = query.bind(rooms.get(place).map(|room| room.0));
        }
        for found in query.fetch_all(&mut *tx).await? {
            let (rev, last_seq) = (row::counter(&found, "rev")?, row::counter(&found, "last_seq")?);
            let counter = Counter { rev, last_seq, changed: false };
            counters.insert(RoomId(found.try_get("id")?), counter);
        }
    }
    Ok(counters)
}

/// The same message sent again; it may have been edited or deleted since.
fn is_retry(earlier: &Message, new: &NewMessage) -> bool {
    let unchanged = earlier.edited_at.is_none() && earlier.deleted_at.is_none();
    earlier.room == new.room
        && earlier.kind == new.kind
        && earlier.reply_to == new.reply_to
        && (!unchanged || earlier.text == new.text.as_str())
}

async fn find(
    tx: &mut Connection,
    room: RoomId,
    message: MessageId,
) -> Result<Option<(u64, Message)>, StoreError> {
    let select = select_messages!("WHERE m.id = $1 AND m.room_id = $2");
    let query = sqlx::query(select).bind(message.0).bind(room.0);
    query.fetch_optional(tx).await?.as_ref().map(row::numbered).transpose()
}

async fn quote(
    tx: &mut Connection,
    room: RoomId,
    message: MessageId,
) -> Result<Option<Quote>, StoreError> {
    let select = concat!(
        "SELECT ",
        quote_columns!(),
        "FROM messages q JOIN users a ON a.id = q.author_id WHERE q.id = $1 AND q.room_id = $2"
    );
    let query = sqlx::query(select).bind(message.0).bind(room.0);
    let found = query.fetch_optional(tx).await?;
    found.as_ref().map_or(Ok(None), row::quote)
}

async fn sent_before(
    tx: &mut Connection,
    batch: &[Change],
) -> Result<HashMap<(UserId, ClientId), Message>, StoreError> {
    let asked: Vec<(UserId, ClientId)> = batch
        .iter()
        .filter_map(|change| match change {
            Change::Send(new) => Some((new.author.id, new.client_id)),
            _ => None,
        })
        .collect();
    let mut sent = HashMap::new();
    for asked in asked.chunks(LENGTHS[0]) {
        let (length, select) = SENT.for_rows(asked.len());
        let mut query = sqlx::query(select);
        for place in 0..length {
            let (author, client) = asked.get(place).copied().unzip();
            query = query.bind(author.map(|id| id.0)).bind(client.map(|id| id.0));
        }
        for found in query.fetch_all(&mut *tx).await? {
            let message = row::message(&found)?;
            sent.insert((message.user.id, message.client_id), message);
        }
    }
    Ok(sent)
}

async fn uncall(
    tx: &mut Connection,
    message: &Message,
    users: &[UserId],
) -> Result<(), StoreError> {
    for user in users {
        for statement in [
            "DELETE FROM mentions WHERE user_id = $1 AND room_id = $2 AND seq = $3",
            "DELETE FROM notifications WHERE user_id = $1 AND room_id = $2 AND seq = $3",
        ] {
            let query = sqlx::query(statement).bind(user.0).bind(message.room.0);
            query.bind(row::integer(message.seq)).execute(&mut *tx).await?;
        }
    }
    Ok(())
}

async fn call(
    tx: &mut Connection,
    room: RoomId,
    seq: u64,
    calls: &[Call],
) -> Result<(), StoreError> {
    use protocol::event::NotificationKind::Mention;
    for call in calls {
        if call.notification.kind == Mention {
            let insert = "INSERT INTO mentions (user_id, room_id, seq) VALUES ($1, $2, $3) \
                          ON CONFLICT DO NOTHING";
            let query = sqlx::query(insert).bind(call.user.0).bind(room.0).bind(row::integer(seq));
            query.execute(&mut *tx).await?;
        }
        notifications::add(tx, call.user, Some(seq), &call.notification).await?;
    }
    Ok(())
}
