//! The storage traits. Everything that must last goes through them; `chat` decides, the store keeps.
//!
//! | file | holds |
//! |---|---|
//! | [`people`] [`rooms`] [`messages`] [`todos`] | what is kept of each: the trait, and what goes in and comes out |
//! | `sql/` | the queries, written once and compiled for each engine |
//! | [`sqlite`] | the embedded engine: opening, migrating, searching, backing up |
//! | [`postgres`] | the shared engine: opening, migrating, searching |
//! | [`transfer`] | the way from the one to the other |
//! | [`checkup`], `*/checkup.rs` | how a database fares, for `beseda doctor` |
//! | [`bounded`] | a store that is waited for no longer than a moment |

pub mod bounded;
pub mod checkup;
pub mod messages;
pub mod people;
pub mod postgres;
pub mod rooms;
pub mod sqlite;
pub mod todos;
pub mod transfer;

use async_trait::async_trait;
use messages::Messages;
use people::People;
use protocol::{Message, RoomId};
use rooms::Rooms;
use std::path::PathBuf;
use std::sync::Arc;
use todos::ToDo;

pub trait Store: People + Rooms + Messages + ToDo + Search + Upkeep {}

impl<T: People + Rooms + Messages + ToDo + Search + Upkeep> Store for T {}

/// Some of what has an order by its names: those that begin so, after one of them.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    pub begin: &'a str,
    pub after: &'a str,
    pub limit: usize,
}

impl Names<'_> {
    /// All that begin so come before it.
    pub(crate) fn end(&self) -> String {
        format!("{}{}", self.begin, char::MAX)
    }
}

/// Where the engines differ: an index of which messages hold which [`crate::grams`].
#[async_trait]
pub trait Search: Send + Sync {
    /// Messages that may hold all these grams, from new to old; the caller looks at their text.
    async fn candidates(&self, search: &Candidates<'_>) -> Result<Found, StoreError>;
    /// Brings the index a step closer to the messages; true when there is more to do.
    async fn index_some(&self) -> Result<bool, StoreError>;
}

pub struct Candidates<'a> {
    pub grams: &'a [String],
    pub rooms: &'a [RoomId],
    /// Only messages with a lower number.
    pub before: u64,
    pub limit: usize,
}

pub struct Found {
    pub messages: Vec<Message>,
    /// Where the next step begins, unless there is nothing more to find.
    pub next: Option<u64>,
}

#[async_trait]
pub trait Upkeep: Send + Sync {
    /// What is to be done now and then, off the writer's way.
    async fn tidy(&self) -> Result<(), StoreError>;
    async fn close(&self);
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{0}")]
    Database(#[from] sqlx::Error),
    /// One failed transaction fails everything that was in it.
    #[error("{0}")]
    Shared(Arc<StoreError>),
    #[error("the database doesn't answer")]
    Silent,
    #[error("a stored {what} can't be read: {value}")]
    Unreadable { what: &'static str, value: String },
}

impl StoreError {
    /// The store is closing: whoever asks is late, and nothing is wrong.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Database(error) => matches!(error, sqlx::Error::PoolClosed),
            Self::Shared(error) => error.is_closed(),
            Self::Silent | Self::Unreadable { .. } => false,
        }
    }
}

/// Why a store could not be opened, in words for the person who started Beseda.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("can't open the database {}: {source}", path.display())]
    Database { path: PathBuf, source: sqlx::Error },
    #[error("can't use the PostgreSQL database: {0}")]
    Postgres(sqlx::Error),
    #[error(
        "a Beseda server is using this PostgreSQL database already; stop it first, or join both with --redis-url"
    )]
    InUse,
    #[error(
        "a Beseda server without --redis-url is using this PostgreSQL database; stop it first, or start it with --redis-url too"
    )]
    InUseAlone,
    #[error(
        "the database {place} was written by a newer Beseda (its version is {found}, this program knows {known}); \
         start that newer Beseda, or restore a backup made before the upgrade"
    )]
    Newer { place: String, found: i64, known: i64 },
}
