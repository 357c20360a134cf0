//! The embedded engine: one file in WAL mode, one connection that writes, several that read.

mod backup;
mod checkup;
mod saying;
mod search;
#[path = "../sql/mod.rs"]
mod sql;

pub use backup::{BackupError, backup, restore};
pub use checkup::{Checkup, check_up};

use super::{OpenError, StoreError, Upkeep};
use async_trait::async_trait;
use saying::say;
use search::{index_new, index_removed, index_text};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool as Pool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{Connection as _, Sqlite as Db, SqliteConnection as Connection, Transaction};
use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;

use Sqlite as Engine;
use sqlx::sqlite::SqliteRow as Row;

/// The schema's version is how many of these have run.
const MIGRATIONS: &[&str] = &[
    include_str!("0001_first.sql"),
    include_str!("0002_accounts_rooms_search.sql"),
    include_str!("0003_todos.sql"),
    include_str!("0004_visits.sql"),
    include_str!("0005_counting.sql"),
];
const READERS: u32 = 4;
/// Rows that a reader may be ahead of whoever takes them: the largest page, so that it never waits.
const ROWS: usize = 256;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// A log longer than this is begun anew, and cut off there.
const LOG_BYTES: i64 = 64 * 1024 * 1024;
const PAGE_BYTES: i64 = 4_096;
/// In KiB, as SQLite tells it from a number of pages. The indexes' last pages are written to all the time.
const WRITER_CACHE: &str = "-16384";

/// What a commit waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The disk: what was acked survives the loss of power.
    Full,
    /// The operating system: what was acked survives a crash of the program, and its last moments
    /// are lost with the power.
    Normal,
}

pub struct Sqlite {
    writer: Pool,
    readers: Pool,
    /// Moves what was written from the log into the database while the writer goes on.
    tidier: Pool,
}

impl Sqlite {
    /// Opens or makes the database and brings its schema up to date.
    pub async fn open(path: &Path, durability: Durability) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Database { path: path.to_owned(), source };
        migrate(path).await?;
        let options = options(path).synchronous(match durability {
            Durability::Full => SqliteSynchronous::Full,
            Durability::Normal => SqliteSynchronous::Normal,
        });
        let writing = options
            .clone()
            .pragma("wal_autocheckpoint", "0")
            .pragma("cache_size", WRITER_CACHE)
            // So that a long insert can be undone alone, SQLite copies what it changes: into a file, else.
            .pragma("temp_store", "memory")
            .pragma("journal_size_limit", LOG_BYTES.to_string())
            .row_buffer_size(ROWS);
        let reading = options.clone().read_only(true).row_buffer_size(ROWS);
        let store = Self {
            writer: writer(writing).await.map_err(failed)?,
            readers: pool(READERS).connect_with(reading).await.map_err(failed)?,
            tidier: pool(1).connect_with(options).await.map_err(failed)?,
        };
        store.add_general().await.map_err(failed)?;
        Ok(store)
    }

    fn readers(&self) -> &Pool {
        &self.readers
    }

    fn writer(&self) -> &Pool {
        &self.writer
    }

    async fn begin(&self) -> Result<Transaction<'static, Db>, StoreError> {
        self.written(self.writer.begin_with("BEGIN IMMEDIATE").await).await
    }

    /// What the writer has answered.
    async fn written<T>(&self, answer: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        if answer.as_ref().is_err_and(is_read_only) {
            // It was opened while the file could only be read, and would never notice that this is over.
            self.writer.acquire().await?.close().await?;
        }
        Ok(answer?)
    }
}

/// There is no server that could hang up: a connection stays as it is, with its prepared statements,
/// and need not be tried before it is used.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .test_before_acquire(false)
        .max_lifetime(None)
        .idle_timeout(None)
}

async fn writer(options: SqliteConnectOptions) -> Result<Pool, sqlx::Error> {
    pool(1)
        .before_acquire(|writer, _| {
            // On a full disk SQLite itself rolls back; the rollback that sqlx then asks for fails, and
            // the connection believes for ever that it is inside a transaction.
            let sound = !writer.is_in_transaction();
            Box::pin(async move { Ok(sound) })
        })
        .connect_with(options)
        .await
}

fn options(path: &Path) -> SqliteConnectOptions {
    plain(path).journal_mode(SqliteJournalMode::Wal)
}

/// For reading alone, whatever its journal is: a backup that was put back has none yet.
fn reading(path: &Path) -> SqliteConnectOptions {
    plain(path).read_only(true)
}

fn plain(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).foreign_keys(true).busy_timeout(BUSY_TIMEOUT)
}

/// What people say to each other is no one else's: the file is its owner's alone, and so are those that SQLite puts
/// beside it.
fn make_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn is_read_only(error: &sqlx::Error) -> bool {
    const READ_ONLY: i32 = 8;
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    // The low byte is the kind of error, the rest says more about it.
    code.and_then(|code| code.parse::<i32>().ok()).is_some_and(|code| code & 0xff == READ_ONLY)
}

/// In a long list. SQLite would look up the name of each `$n` among all of them.
fn parameter(_: usize) -> String {
    "?".to_owned()
}

/// There is one writer: its transaction has every room for itself.
#[allow(clippy::unused_async, reason = "the other engine waits")]
async fn lock_rooms(_: &mut Connection, _: &[protocol::RoomId]) -> Result<(), StoreError> {
    Ok(())
}

async fn migrate(path: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::Database { path: path.to_owned(), source };
    // When it can't be made, or is there, SQLite says so, or opens it.
    let _ = make_private(path);
    // Tables are replaced here, with what refers to them still there.
    let options = options(path).foreign_keys(false).create_if_missing(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options);
    let pool = pool.await.map_err(failed)?;
    let version = sqlx::query_scalar("PRAGMA user_version").fetch_one(&pool);
    let found: i64 = version.await.map_err(failed)?;
    let known = known_version();
    if found > known {
        return Err(OpenError::Newer { place: path.display().to_string(), found, known });
    }
    for (version, script) in (1_i64..).zip(MIGRATIONS).skip_while(|(version, _)| *version <= found)
    {
        let whole = format!("BEGIN IMMEDIATE; {script}; PRAGMA user_version = {version}; COMMIT;");
        sqlx::raw_sql(sqlx::AssertSqlSafe(whole)).execute(&pool).await.map_err(failed)?;
    }
    pool.close().await;
    Ok(())
}

/// A connection that sees the database as of now, whoever writes meanwhile. Changes nothing.
pub(super) async fn snapshot(path: &Path) -> Result<Connection, OpenError> {
    let failed = |source| OpenError::Database { path: path.to_owned(), source };
    let options = reading(path).row_buffer_size(ROWS);
    let mut connection = Connection::connect_with(&options).await.map_err(failed)?;
    sqlx::query("BEGIN").execute(&mut connection).await.map_err(failed)?;
    Ok(connection)
}

pub(super) async fn version(connection: &mut Connection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("PRAGMA user_version").fetch_one(connection).await
}

pub(super) fn known_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

#[async_trait]
impl Upkeep for Sqlite {
    /// Everything that is in the log by now goes into the database, while the writer goes on with the
    /// log. Only when it goes on for ever must it wait for a moment, to begin the log anew.
    async fn tidy(&self) -> Result<(), StoreError> {
        let checkpoint = sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)");
        let (_, pages, _): (i64, i64, i64) = checkpoint.fetch_one(&self.tidier).await?;
        if pages > LOG_BYTES / PAGE_BYTES {
            let mut writer = self.writer.acquire().await?;
            // A backup may read the old log for long: then the log grows meanwhile.
            sqlx::query("PRAGMA busy_timeout = 10").execute(&mut *writer).await?;
            let restarted =
                sqlx::query("PRAGMA wal_checkpoint(RESTART)").execute(&mut *writer).await;
            let again = format!("PRAGMA busy_timeout = {}", BUSY_TIMEOUT.as_millis());
            sqlx::query(sqlx::AssertSqlSafe(again)).execute(&mut *writer).await?;
            restarted?;
        }
        Ok(())
    }

    async fn close(&self) {
        self.readers.close().await;
        self.tidier.close().await;
        self.writer.close().await;
    }
}
