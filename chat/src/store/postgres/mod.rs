//! The shared engine: a PostgreSQL database that several nodes may use at once.

mod checkup;
mod claim;
mod search;
#[path = "../sql/mod.rs"]
mod sql;

pub use checkup::{Checkup, Claims, Connections, Trouble, check_up};
pub use claim::{Claim, Company};

use super::{OpenError, StoreError, Upkeep};
use crate::store::messages::{Change, Written};
use async_trait::async_trait;
use protocol::RoomId;
use search::{index_new, index_removed, index_text};
use sqlx::postgres::{PgConnectOptions, PgPool as Pool, PgPoolOptions};
use sqlx::{
    Connection as _, Executor as _, PgConnection as Connection, Postgres as Db, Transaction,
};
use std::str::FromStr;
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

use Postgres as Engine;
use sqlx::postgres::PgRow as Row;

/// The schema's version is how many of these have run.
const MIGRATIONS: &[&str] = &[
    include_str!("0001_first.sql"),
    include_str!("0002_todos.sql"),
    include_str!("0003_visits.sql"),
    include_str!("0004_order.sql"),
];
const CONNECTIONS: u32 = 16;
/// Whoever waits longer for a connection is told that the store is away.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// A node that is paused or cut off in the middle of writing would keep its rooms for as long as PostgreSQL believes in
/// the connection, and no other could write there. Shorter than anyone waits for an answer.
const FINISH_WITHIN: &str = "SET idle_in_transaction_session_timeout = '3s'";
/// Two nodes that start at once must not migrate at once. The number is arbitrary, and Beseda's alone.
const MIGRATING: i64 = 0x6265_7365_6461;

pub struct Postgres {
    pool: Pool,
}

impl Postgres {
    /// Opens the database at `postgres://…` and brings its schema up to date.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let store = Self::without_general(url).await?;
        store.add_general().await.map_err(OpenError::Postgres)?;
        Ok(store)
    }

    /// With all tables, and the one room that there always is still missing.
    pub(super) async fn without_general(url: &str) -> Result<Self, OpenError> {
        let options = PgConnectOptions::from_str(url).map_err(OpenError::Postgres)?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(CONNECT_WITHIN)
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(FINISH_WITHIN).await.map(drop) })
            })
            .after_release(|connection, _| {
                Box::pin(async move {
                    let answer = timeout(CONNECT_WITHIN, connection.ping()).await;
                    answer.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map(|()| true)
                })
            })
            .connect_with(options.application_name("beseda"));
        let store = Self { pool: pool.await.map_err(OpenError::Postgres)? };
        store.migrate().await?;
        Ok(store)
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.pool
    }

    fn readers(&self) -> &Pool {
        &self.pool
    }

    fn writer(&self) -> &Pool {
        &self.pool
    }

    async fn begin(&self) -> Result<Transaction<'static, Db>, StoreError> {
        Ok(self.pool.begin().await?)
    }

    async fn migrate(&self) -> Result<(), OpenError> {
        let failed = OpenError::Postgres;
        let mut tx = self.pool.begin().await.map_err(failed)?;
        let lock = sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATING);
        lock.execute(&mut *tx).await.map_err(failed)?;
        // That the table exists is no news.
        let quiet = sqlx::query("SET LOCAL client_min_messages = warning");
        quiet.execute(&mut *tx).await.map_err(failed)?;
        let make = "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)";
        sqlx::query(make).execute(&mut *tx).await.map_err(failed)?;
        let select = "SELECT COALESCE(MAX(version), 0) FROM schema_version";
        let found: i64 = sqlx::query_scalar(select).fetch_one(&mut *tx).await.map_err(failed)?;
        let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
        if found > known {
            let place = "on the PostgreSQL server".to_owned();
            return Err(OpenError::Newer { place, found, known });
        }
        for (version, script) in
            (1_i64..).zip(MIGRATIONS).skip_while(|(version, _)| *version <= found)
        {
            sqlx::raw_sql(*script).execute(&mut *tx).await.map_err(failed)?;
            let insert = sqlx::query("INSERT INTO schema_version (version) VALUES ($1)");
            insert.bind(version).execute(&mut *tx).await.map_err(failed)?;
        }
        tx.commit().await.map_err(failed)
    }
}

/// In a long list.
fn parameter(number: usize) -> String {
    format!("${number}")
}

/// The rooms must be locked first.
#[allow(clippy::unused_async, reason = "the other engine asks its database")]
async fn say(_: &Postgres, _: &[Change]) -> Result<Option<Vec<Written>>, StoreError> {
    Ok(None)
}

/// In one order, so that two nodes that write to the same rooms wait for each other and not in a circle.
async fn lock_rooms(tx: &mut Connection, rooms: &[RoomId]) -> Result<(), StoreError> {
    let rooms: Vec<Uuid> = rooms.iter().map(|room| room.0).collect();
    let lock = "SELECT id FROM rooms WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE";
    sqlx::query(lock).bind(rooms).execute(tx).await?;
    Ok(())
}

#[async_trait]
impl Upkeep for Postgres {
    /// PostgreSQL tidies up after itself.
    async fn tidy(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
