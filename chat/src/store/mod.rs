//! The storage trait. Everything that must last goes through it; `chat` decides, the store keeps.

pub mod sqlite;

use crate::identity::Identity;
use crate::names::NameKey;
use crate::token::TokenHash;
use async_trait::async_trait;
use protocol::{
    ClientId, Message, MessageId, MessageKind, MessageText, RoomId, RoomKind, SessionId, User,
    UserId,
};
use std::path::PathBuf;
use std::sync::Arc;

#[async_trait]
pub trait Store: Send + Sync {
    /// Adds a guest, their session and their place in `general`, and renames the guest they displace.
    /// False when someone else has the name.
    async fn add_guest(&self, guest: &NewGuest) -> Result<bool, StoreError>;
    /// Who bears this name.
    async fn holder(&self, key: &NameKey) -> Result<Option<User>, StoreError>;
    async fn session(&self, token: TokenHash) -> Result<Option<Identity>, StoreError>;
    async fn end_session(&self, session: SessionId, at: i64) -> Result<(), StoreError>;

    async fn room(&self, room: &RoomRef<'_>) -> Result<Option<RoomRow>, StoreError>;
    async fn rooms_of(&self, user: UserId) -> Result<Vec<RoomId>, StoreError>;
    /// True when the user was not a member before.
    async fn add_member(&self, room: RoomId, user: UserId, at: i64) -> Result<bool, StoreError>;
    async fn is_member(&self, room: RoomId, user: UserId) -> Result<bool, StoreError>;
    async fn member_count(&self, room: RoomId) -> Result<usize, StoreError>;
    /// The newest members first.
    async fn members(&self, room: RoomId, limit: usize) -> Result<Vec<User>, StoreError>;

    /// Writes all of them in one transaction, in order; the outcomes are in the same order.
    async fn write(&self, batch: &[NewMessage]) -> Result<Vec<Written>, StoreError>;
    /// In ascending `seq`, whichever end the range is counted from.
    async fn history(
        &self,
        room: RoomId,
        range: Range,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError>;
    async fn latest(&self, room: RoomId, limit: usize) -> Result<Vec<Message>, StoreError> {
        self.history(room, Range::Before(u64::MAX), limit).await
    }
    /// Messages with a later `rev`, in the order of `rev`.
    async fn changes(
        &self,
        room: RoomId,
        since: u64,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError>;

    async fn close(&self);
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{0}")]
    Database(#[from] sqlx::Error),
    /// One failed transaction fails everything that was in it.
    #[error("{0}")]
    Shared(Arc<StoreError>),
    #[error("a stored {what} can't be read: {value}")]
    Unreadable { what: &'static str, value: String },
}

impl StoreError {
    /// The store is closing: whoever asks is late, and nothing is wrong.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Database(error) => matches!(error, sqlx::Error::PoolClosed),
            Self::Shared(error) => error.is_closed(),
            Self::Unreadable { .. } => false,
        }
    }
}

/// Why a store could not be opened, in words for the person who started Beseda.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("can't open the database {}: {source}", path.display())]
    Database { path: PathBuf, source: sqlx::Error },
    #[error(
        "the database {} was written by a newer Beseda (its version is {found}, this program knows {known}); \
         start that newer Beseda, or restore a backup made before the upgrade",
        path.display()
    )]
    Newer { path: PathBuf, found: i64, known: i64 },
}

pub struct NewGuest {
    pub user: User,
    pub key: NameKey,
    pub session: SessionId,
    pub token: TokenHash,
    pub at: i64,
    pub displaced: Option<Displaced>,
}

/// A guest who has gone and whose name is wanted, with the name they get instead.
pub struct Displaced {
    pub id: UserId,
    pub name: String,
    pub key: NameKey,
}

/// How a person names a room: by its id or by its slug.
pub enum RoomRef<'a> {
    Id(RoomId),
    Slug(&'a str),
}

impl<'a> RoomRef<'a> {
    pub(crate) fn parse(text: &'a str) -> Self {
        text.parse().map_or(Self::Slug(text), Self::Id)
    }
}

pub struct RoomRow {
    pub id: RoomId,
    pub slug: String,
    pub name: String,
    pub topic: String,
    pub kind: RoomKind,
    pub rev: u64,
    pub last_seq: u64,
}

pub struct NewMessage {
    pub id: MessageId,
    pub room: RoomId,
    pub client_id: ClientId,
    pub author: User,
    pub kind: MessageKind,
    pub text: MessageText,
    pub at: i64,
}

#[derive(Debug, Clone)]
pub enum Written {
    New(Message),
    /// It had been written before: a retry.
    Again(Message),
    /// Another message bears this author's client id.
    Conflict,
}

/// Exclusive bounds on `seq`.
#[derive(Debug, Clone, Copy)]
pub enum Range {
    Before(u64),
    After(u64),
}
