//! How the shared database fares, for whoever looks after it. Only reads, and takes no claim.

use super::claim::USING;
use super::sql::HAS_ACCOUNTS;
use super::{CONNECTIONS, Connection, MIGRATIONS};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, Executor as _};
use std::borrow::Cow;
use std::str::FromStr;
use std::time::{Duration, Instant, SystemTime};
use tokio::time::timeout;

const ANSWER_WITHIN: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub struct Checkup {
    /// As PostgreSQL writes it, and as a number.
    pub server: String,
    pub server_number: i32,
    /// `None` while there are no tables of Beseda.
    pub version: Option<i64>,
    /// What this program brings it to.
    pub known: i64,
    pub may_make_tables: bool,
    pub has_accounts: bool,
    pub bytes: u64,
    pub connections: Connections,
    /// A commit waits for the disk.
    pub durable: bool,
    pub encoding: String,
    pub round_trip: Duration,
    /// What its clock said, and ours in the middle of asking.
    pub clock: (SystemTime, SystemTime),
    pub nodes: Claims,
}

/// How many it takes, and from whom.
#[derive(Debug, Clone, Copy)]
pub struct Connections {
    /// Those for its superuser left out.
    pub most: i64,
    pub used: i64,
    /// What one node opens at most.
    pub a_node: i64,
}

/// Who uses it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claims {
    Alone,
    Joined(i64),
}

/// Why nothing could be found out.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("the address can't be read: {0}")]
    Url(sqlx::Error),
    #[error("the PostgreSQL server can't be reached: {0}")]
    Away(String),
    #[error("the PostgreSQL server doesn't answer within {} s", ANSWER_WITHIN.as_secs())]
    Silent,
    #[error("PostgreSQL lets this user not in: {0}")]
    NotLetIn(String),
    #[error("PostgreSQL has no such database: {0}")]
    NoDatabase(String),
    #[error("PostgreSQL takes no more connections: {0}")]
    Full(String),
    #[error("PostgreSQL refuses: {0}")]
    Refused(sqlx::Error),
}

impl Trouble {
    fn of(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(told) = &error else {
            return match error {
                sqlx::Error::Io(error) => Self::Away(error.to_string()),
                error @ sqlx::Error::Tls(_) => Self::Away(error.to_string()),
                error => Self::Refused(error),
            };
        };
        let (said, code) = (told.message().to_owned(), told.code().map(Cow::into_owned));
        // The classes and codes of PostgreSQL's own table.
        match code.as_deref() {
            Some(code) if code.starts_with("28") => Self::NotLetIn(said),
            Some("3D000") => Self::NoDatabase(said),
            Some("53300") => Self::Full(said),
            _ => Self::Refused(error),
        }
    }
}

/// Asks `postgres://…` how it fares.
pub async fn check_up(url: &str) -> Result<Checkup, Trouble> {
    let options = PgConnectOptions::from_str(url).map_err(Trouble::Url)?;
    let options = options.application_name("beseda doctor");
    let asking = async {
        let mut connection = Connection::connect_with(&options).await?;
        connection.execute("SET default_transaction_read_only = on").await?;
        let checkup = read(&mut connection).await?;
        connection.close().await?;
        Ok::<_, sqlx::Error>(checkup)
    };
    match timeout(ANSWER_WITHIN, asking).await {
        Ok(answer) => answer.map_err(Trouble::of),
        Err(_) => Err(Trouble::Silent),
    }
}

async fn read(connection: &mut Connection) -> Result<Checkup, sqlx::Error> {
    let (round_trip, clock) = clock(connection).await?;
    let version = version(connection).await?;
    let has_accounts = match version {
        Some(_) => sqlx::query_scalar(HAS_ACCOUNTS).fetch_one(&mut *connection).await?,
        None => false,
    };
    let settings = "SELECT current_setting('server_version'), current_setting('server_version_num')::INT, \
                    current_setting('server_encoding'), \
                    current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off', \
                    COALESCE(has_schema_privilege(current_schema(), 'CREATE'), FALSE), \
                    pg_database_size(current_database())";
    let (server, server_number, encoding, durable, may_make_tables, bytes): (
        String,
        i32,
        String,
        bool,
        bool,
        i64,
    ) = sqlx::query_as(settings).fetch_one(&mut *connection).await?;
    Ok(Checkup {
        server,
        server_number,
        version,
        known: i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX),
        may_make_tables,
        has_accounts,
        bytes: u64::try_from(bytes).unwrap_or_default(),
        connections: connections(connection).await?,
        durable,
        encoding,
        round_trip,
        clock,
        nodes: claims(connection).await?,
    })
}

async fn clock(
    connection: &mut Connection,
) -> Result<(Duration, (SystemTime, SystemTime)), sqlx::Error> {
    let (begun, ours) = (Instant::now(), SystemTime::now());
    let select = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT";
    let theirs: i64 = sqlx::query_scalar(select).fetch_one(connection).await?;
    let round_trip = begun.elapsed();
    let theirs = Duration::from_millis(u64::try_from(theirs).unwrap_or_default());
    Ok((round_trip, (SystemTime::UNIX_EPOCH + theirs, ours + round_trip / 2)))
}

async fn version(connection: &mut Connection) -> Result<Option<i64>, sqlx::Error> {
    let exists = "SELECT to_regclass('schema_version') IS NOT NULL";
    if !sqlx::query_scalar::<_, bool>(exists).fetch_one(&mut *connection).await? {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT MAX(version) FROM schema_version").fetch_one(connection).await
}

async fn connections(connection: &mut Connection) -> Result<Connections, sqlx::Error> {
    let select = "SELECT current_setting('max_connections')::BIGINT \
                  - current_setting('superuser_reserved_connections')::BIGINT, \
                  (SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend')";
    let (most, used) = sqlx::query_as(select).fetch_one(connection).await?;
    // And the one that holds its claim.
    Ok(Connections { most, used, a_node: i64::from(CONNECTIONS) + 1 })
}

async fn claims(connection: &mut Connection) -> Result<Claims, sqlx::Error> {
    // A number of 64 bits is kept in two halves.
    let select = "SELECT COUNT(*) FILTER (WHERE mode = 'ExclusiveLock'), COUNT(*) FROM pg_locks \
                  WHERE locktype = 'advisory' AND granted AND objsubid = 1 \
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
                  AND (classid::BIGINT << 32) | objid::BIGINT = $1";
    let (alone, all): (i64, i64) = sqlx::query_as(select).bind(USING).fetch_one(connection).await?;
    Ok(if alone > 0 { Claims::Alone } else { Claims::Joined(all) })
}
