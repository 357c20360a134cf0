//! How the embedded database fares, for whoever looks after it. Only reads.

use super::sql::HAS_ACCOUNTS;
use super::{Connection, known_version, version};
use crate::store::OpenError;
use crate::store::checkup::Integrity;
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnectOptions;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Steps of SQLite's machine between two looks at the clock.
const STEPS: i32 = 10_000;
/// SQLite's word for a query that was broken off.
const INTERRUPTED: &str = "9";

#[derive(Debug)]
pub struct Checkup {
    pub version: i64,
    /// What this program brings it to.
    pub known: i64,
    pub bytes: u64,
    /// Of them, what was deleted and not yet used again.
    pub free_bytes: u64,
    pub integrity: Integrity,
    pub has_accounts: bool,
}

/// Looks for damage no longer than `within`, and leaves no trace. A server may be running.
pub async fn check_up(path: &Path, within: Duration) -> Result<Checkup, OpenError> {
    let failed = |source| OpenError::Database { path: path.to_owned(), source };
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    // Without a log no one has it open, and a reader need not make one.
    let options = options.immutable(!log_of(path).exists());
    let mut connection = Connection::connect_with(&options).await.map_err(failed)?;
    let checkup = read(&mut connection, within).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    Ok(checkup)
}

fn log_of(path: &Path) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push("-wal");
    name.into()
}

async fn read(connection: &mut Connection, within: Duration) -> Result<Checkup, sqlx::Error> {
    let found = version(connection).await?;
    let page = number(connection, "PRAGMA page_size").await?;
    let bytes = page * number(connection, "PRAGMA page_count").await?;
    let free_bytes = page * number(connection, "PRAGMA freelist_count").await?;
    let has_accounts = has_accounts(connection).await?;
    let integrity = integrity(connection, within).await?;
    Ok(Checkup {
        version: found,
        known: known_version(),
        bytes,
        free_bytes,
        integrity,
        has_accounts,
    })
}

async fn number(connection: &mut Connection, pragma: &'static str) -> Result<u64, sqlx::Error> {
    let number: i64 = sqlx::query_scalar(pragma).fetch_one(connection).await?;
    Ok(u64::try_from(number).unwrap_or_default())
}

/// The first versions knew none.
async fn has_accounts(connection: &mut Connection) -> Result<bool, sqlx::Error> {
    let column = "SELECT COUNT(*) FROM pragma_table_info('users') WHERE name = 'password'";
    let known: i64 = sqlx::query_scalar(column).fetch_one(&mut *connection).await?;
    if known == 0 {
        return Ok(false);
    }
    sqlx::query_scalar(HAS_ACCOUNTS).fetch_one(connection).await
}

async fn integrity(
    connection: &mut Connection,
    within: Duration,
) -> Result<Integrity, sqlx::Error> {
    let until = Instant::now() + within;
    connection.lock_handle().await?.set_progress_handler(STEPS, move || Instant::now() < until);
    let told = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut *connection).await;
    connection.lock_handle().await?.remove_progress_handler();
    let told: String = match told {
        Err(error) if is_interrupted(&error) => return Ok(Integrity::Unknown),
        told => told?,
    };
    // SQLite says which database, and on the next line what.
    Ok(if told == "ok" { Integrity::Sound } else { Integrity::Damaged(told.replace('\n', " ")) })
}

fn is_interrupted(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref()
        == Some(INTERRUPTED)
}
