//! The embedded engine: one file in WAL mode, one connection that writes, several that read.

mod messages;
mod people;
mod rooms;
mod row;

use super::{NewGuest, NewMessage, OpenError, Range, RoomRef, RoomRow, Store, StoreError, Written};
use crate::identity::Identity;
use crate::names::NameKey;
use crate::token::TokenHash;
use async_trait::async_trait;
use protocol::{Message, RoomId, SessionId, User, UserId};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::time::Duration;

/// The schema's version is how many of these have run.
const MIGRATIONS: &[&str] = &[include_str!("0001_first.sql")];
const READERS: u32 = 4;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

pub struct Sqlite {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Sqlite {
    /// Opens or makes the database and brings its schema up to date.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Database { path: path.to_owned(), source };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a commit that was acked survives the loss of power, not only of the process.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let writing = options.clone().create_if_missing(true);
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(writing);
        let writer = writer.await.map_err(failed)?;
        migrate(&writer, path).await?;
        rooms::add_general(&writer).await.map_err(failed)?;
        let reading = options.read_only(true);
        let readers = SqlitePoolOptions::new().max_connections(READERS).connect_with(reading);
        Ok(Self { writer, readers: readers.await.map_err(failed)? })
    }
}

async fn migrate(pool: &SqlitePool, path: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::Database { path: path.to_owned(), source };
    let version = sqlx::query_scalar("PRAGMA user_version").fetch_one(pool);
    let found: i64 = version.await.map_err(failed)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(OpenError::Newer { path: path.to_owned(), found, known });
    }
    for (version, script) in (1_i64..).zip(MIGRATIONS).skip_while(|(version, _)| *version <= found)
    {
        let whole = format!("BEGIN IMMEDIATE; {script}; PRAGMA user_version = {version}; COMMIT;");
        sqlx::raw_sql(sqlx::AssertSqlSafe(whole)).execute(pool).await.map_err(failed)?;
    }
    Ok(())
}

#[async_trait]
impl Store for Sqlite {
    async fn add_guest(&self, guest: &NewGuest) -> Result<bool, StoreError> {
        people::add_guest(&self.writer, guest).await
    }

    async fn holder(&self, key: &NameKey) -> Result<Option<User>, StoreError> {
        people::holder(&self.readers, key).await
    }

    async fn session(&self, token: TokenHash) -> Result<Option<Identity>, StoreError> {
        people::session(&self.readers, token).await
    }

    async fn end_session(&self, session: SessionId, at: i64) -> Result<(), StoreError> {
        people::end_session(&self.writer, session, at).await
    }

    async fn room(&self, room: &RoomRef<'_>) -> Result<Option<RoomRow>, StoreError> {
        rooms::find(&self.readers, room).await
    }

    async fn rooms_of(&self, user: UserId) -> Result<Vec<RoomId>, StoreError> {
        rooms::of(&self.readers, user).await
    }

    async fn add_member(&self, room: RoomId, user: UserId, at: i64) -> Result<bool, StoreError> {
        rooms::add_member(&self.writer, room, user, at).await
    }

    async fn is_member(&self, room: RoomId, user: UserId) -> Result<bool, StoreError> {
        rooms::is_member(&self.readers, room, user).await
    }

    async fn member_count(&self, room: RoomId) -> Result<usize, StoreError> {
        rooms::member_count(&self.readers, room).await
    }

    async fn members(&self, room: RoomId, limit: usize) -> Result<Vec<User>, StoreError> {
        rooms::members(&self.readers, room, limit).await
    }

    async fn write(&self, batch: &[NewMessage]) -> Result<Vec<Written>, StoreError> {
        messages::write(&self.writer, batch).await
    }

    async fn history(
        &self,
        room: RoomId,
        range: Range,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError> {
        messages::history(&self.readers, room, range, limit).await
    }

    async fn changes(
        &self,
        room: RoomId,
        since: u64,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError> {
        messages::changes(&self.readers, room, since, limit).await
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
