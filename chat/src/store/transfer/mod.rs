//! Moves an embedded database into an empty one of PostgreSQL, in one transaction: when anything goes wrong,
//! the target is as empty as it was.
//!
//! | file | holds |
//! |---|---|
//! | [`tables`] | every table, and what its columns hold in both engines |
//! | [`rows`] | rows on their way, and the checksum by which both sides are compared |

mod rows;
pub mod tables;

use super::postgres::Postgres;
use super::{OpenError, sqlite};
use crate::grams;
use futures_util::TryStreamExt;
use rows::{Batch, Column};
use sqlx::{AssertSqlSafe, PgConnection, SqliteConnection};
use std::fmt::{self, Display, Formatter};
use std::path::Path;
use tables::{Table, has_column};
use uuid::Uuid;

/// Rows that travel together.
const BATCH: usize = 1_000;

#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(
        "the database is of an earlier version ({found}, this program's is {known}); start this Beseda on it once, which brings it up to date, and stop it again"
    )]
    Older { found: i64, known: i64 },
    #[error(
        "the PostgreSQL database isn't empty: there are {rows} {table}; give a new one, so that nothing is mixed or lost"
    )]
    NotEmpty { table: &'static str, rows: i64 },
    #[error("the {table} can't be read: {source}")]
    Read { table: &'static str, source: sqlx::Error },
    #[error("the {table} can't be written, and nothing was: {source}")]
    Write { table: &'static str, source: sqlx::Error },
    #[error(
        "the {table} have not arrived as they were sent ({sent}; there {arrived}), so the PostgreSQL database was left empty"
    )]
    Differs { table: &'static str, sent: Sum, arrived: Sum },
}

/// How many rows, and what is in them, whatever their order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub rows: u64,
    checksum: u128,
}

impl Display for Sum {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:>10} rows  {:032x}", self.rows, self.checksum)
    }
}

/// Copies everything. `arrived` hears of each table when both sides have the same rows of it.
pub async fn transfer(
    from: &Path,
    to: &str,
    mut arrived: impl FnMut(&'static str, Sum),
) -> Result<(), TransferError> {
    let mut source = sqlite::snapshot(from).await?;
    let found = sqlite::version(&mut source).await.map_err(|source| unreadable(from, source))?;
    let known = sqlite::known_version();
    match found {
        _ if found > known => {
            let place = from.display().to_string();
            return Err(OpenError::Newer { place, found, known }.into());
        }
        _ if found < known => return Err(TransferError::Older { found, known }),
        _ => {}
    }
    let target = Postgres::without_general(to).await?;
    let mut tx = target.pool().begin().await.map_err(OpenError::Postgres)?;
    let unhurried = sqlx::query("SET LOCAL statement_timeout = 0");
    unhurried.execute(&mut *tx).await.map_err(OpenError::Postgres)?;
    keep_others_out(&mut tx).await?;
    for table in tables::ALL {
        let sent = copy(table, &mut source, &mut tx).await?;
        let found = sum(table, &mut tx).await?;
        if sent != found {
            return Err(TransferError::Differs { table: table.name, sent, arrived: found });
        }
        arrived(table.name, found);
    }
    go_on_counting(&mut source, &mut tx).await?;
    // PostgreSQL plans by what it knows of the tables, which so far is that they are empty.
    sqlx::query("ANALYZE").execute(&mut *tx).await.map_err(OpenError::Postgres)?;
    tx.commit().await.map_err(OpenError::Postgres)?;
    target.pool().close().await;
    Ok(())
}

fn unreadable(path: &Path, source: sqlx::Error) -> TransferError {
    OpenError::Database { path: path.to_owned(), source }.into()
}

/// A server that starts there meanwhile waits until the rows are in.
async fn keep_others_out(tx: &mut PgConnection) -> Result<(), TransferError> {
    for &Table { name: table, .. } in tables::ALL {
        let failed = |source| TransferError::Write { table, source };
        let lock = format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
        sqlx::query(AssertSqlSafe(lock)).execute(&mut *tx).await.map_err(failed)?;
        let count = format!("SELECT COUNT(*) FROM {table}");
        let rows = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut *tx).await;
        let rows = rows.map_err(failed)?;
        if rows > 0 {
            return Err(TransferError::NotEmpty { table, rows });
        }
    }
    Ok(())
}

async fn copy(
    table: &Table,
    source: &mut SqliteConnection,
    tx: &mut PgConnection,
) -> Result<Sum, TransferError> {
    let failed = |source| TransferError::Read { table: table.name, source };
    let mut sent = Sum::default();
    let select = table.select();
    let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(source);
    let mut batch = Batch::new(table);
    while let Some(row) = rows.try_next().await.map_err(failed)? {
        sent.add(batch.take(&row).map_err(failed)?);
        if batch.rows() == BATCH {
            insert(table, std::mem::replace(&mut batch, Batch::new(table)), tx).await?;
        }
    }
    insert(table, batch, tx).await?;
    Ok(sent)
}

async fn insert(table: &Table, batch: Batch, tx: &mut PgConnection) -> Result<(), TransferError> {
    let failed = |source| TransferError::Write { table: table.name, source };
    let found = (table.name == tables::MESSAGES).then(|| grams_of(&batch));
    let insert = table.insert();
    let mut query = sqlx::query(AssertSqlSafe(insert));
    for column in batch.into_columns() {
        query = match column {
            Column::Ids(values) => query.bind(values),
            Column::Bytes(values) => query.bind(values),
            Column::Texts(values) => query.bind(values),
            Column::Integers(values) => query.bind(values),
            Column::Flags(values) => query.bind(values),
        };
    }
    query.execute(&mut *tx).await.map_err(failed)?;
    if let Some((messages, grams)) = found {
        // Arrays of arrays would have to be of one length.
        let insert = "INSERT INTO found (message_id, grams) \
                      SELECT id, string_to_array(grams, ' ') FROM UNNEST($1, $2) AS new (id, grams)";
        let insert = sqlx::query(insert).bind(messages).bind(grams);
        insert.execute(tx).await.map_err(failed)?;
    }
    Ok(())
}

/// The search index is made anew: each engine has its own.
fn grams_of(messages: &Batch) -> (Vec<Uuid>, Vec<String>) {
    let indexed = messages.ids("id").zip(messages.texts("text"));
    indexed
        .filter(|(_, text)| !text.is_empty())
        .map(|(id, text)| (id, grams::of(text).join(" ")))
        .unzip()
}

/// What the target holds of a table, read back.
async fn sum(table: &Table, tx: &mut PgConnection) -> Result<Sum, TransferError> {
    let failed = |source| TransferError::Read { table: table.name, source };
    let mut sum = Sum::default();
    let select = table.select();
    let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(tx);
    let mut batch = Batch::new(table);
    while let Some(row) = rows.try_next().await.map_err(failed)? {
        sum.add(batch.take(&row).map_err(failed)?);
        batch.clear();
    }
    Ok(sum)
}

/// New rows get numbers that no row ever had, be it gone by now.
async fn go_on_counting(
    source: &mut SqliteConnection,
    tx: &mut PgConnection,
) -> Result<(), TransferError> {
    for &Table { name: table, .. } in tables::ALL.iter().filter(|table| has_column(table, "num")) {
        let last = format!(
            "SELECT MAX(COALESCE((SELECT MAX(num) FROM {table}), 0), \
             COALESCE((SELECT seq FROM sqlite_sequence WHERE name = '{table}'), 0))"
        );
        let last = sqlx::query_scalar(AssertSqlSafe(last)).fetch_one(&mut *source).await;
        let last: i64 = last.map_err(|source| TransferError::Read { table, source })?;
        let next = format!("ALTER TABLE {table} ALTER COLUMN num RESTART WITH {}", last + 1);
        let next = sqlx::query(AssertSqlSafe(next)).execute(&mut *tx).await;
        next.map_err(|source| TransferError::Write { table, source })?;
    }
    Ok(())
}
