//! People, their sessions, invites to the server, and what was done to whom.

use super::{Names, StoreError};
use crate::people::names::NameKey;
use crate::people::token::TokenHash;
use async_trait::async_trait;
use protocol::event::AuditEntry;
use protocol::{Role, RoomId, SessionId, User, UserId};
use uuid::Uuid;

#[async_trait]
pub trait People: Send + Sync {
    /// Adds a person and makes them a member of `general`; renames the guest they displace. False when
    /// someone else has the name, or was first.
    async fn add_person(&self, person: &NewPerson) -> Result<bool, StoreError>;
    /// Who bears this name.
    async fn holder(&self, key: &NameKey) -> Result<Option<Person>, StoreError>;
    /// Who of several bear these names.
    async fn holders(&self, keys: &[NameKey]) -> Result<Vec<User>, StoreError>;
    async fn person(&self, user: UserId) -> Result<Option<Person>, StoreError>;
    /// In the order of their names, each folded to its key.
    async fn people(&self, names: Names<'_>) -> Result<Vec<Person>, StoreError>;
    /// Accounts in the order of their names, after a name.
    async fn accounts(&self, after: &str, limit: usize) -> Result<Vec<Account>, StoreError>;
    async fn has_accounts(&self) -> Result<bool, StoreError>;
    async fn set_password(
        &self,
        user: UserId,
        password: &str,
        role: Role,
    ) -> Result<(), StoreError>;
    async fn set_role(&self, user: UserId, role: Role) -> Result<(), StoreError>;
    async fn set_muted(&self, user: UserId, until: Option<i64>) -> Result<(), StoreError>;
    async fn set_disabled(&self, user: UserId, at: Option<i64>) -> Result<(), StoreError>;
    /// If they are told to be, with the addresses that they came from; `None` lifts both.
    async fn set_banned(
        &self,
        user: UserId,
        until: Option<i64>,
        addresses: bool,
    ) -> Result<(), StoreError>;
    async fn is_address_banned(&self, address: &str, now: i64) -> Result<bool, StoreError>;

    async fn add_session(&self, session: &NewSession) -> Result<(), StoreError>;
    /// A session that has neither ended nor expired, and whose it is.
    async fn session(
        &self,
        key: SessionKey,
        now: i64,
    ) -> Result<Option<(Session, Person)>, StoreError>;
    /// Of those that these tokens open, with whose they are.
    async fn sessions(
        &self,
        tokens: &[TokenHash],
        now: i64,
    ) -> Result<Vec<(TokenHash, Session, Person)>, StoreError>;
    async fn sessions_of(&self, user: UserId, now: i64) -> Result<Vec<Session>, StoreError>;
    async fn label_session(&self, session: SessionId, label: &str) -> Result<(), StoreError>;
    async fn touch_session(&self, session: SessionId, now: i64) -> Result<(), StoreError>;
    /// Several at once.
    async fn touch_sessions(&self, sessions: &[SessionId], now: i64) -> Result<(), StoreError>;
    /// Visits that no one has seen since, and that have not ended.
    async fn lost_visits(
        &self,
        before: i64,
        limit: usize,
    ) -> Result<Vec<(SessionId, User)>, StoreError>;
    /// True when it was the user's and had not ended.
    async fn end_session(
        &self,
        user: UserId,
        session: SessionId,
        at: i64,
    ) -> Result<bool, StoreError>;
    async fn end_sessions(
        &self,
        user: UserId,
        except: Option<SessionId>,
        at: i64,
    ) -> Result<(), StoreError>;
    /// Sessions that ended at `since` or later, whoever ended them.
    async fn ended_since(&self, since: i64) -> Result<Vec<(SessionId, i64)>, StoreError>;

    async fn add_invite(&self, invite: &NewInvite) -> Result<(), StoreError>;
    /// Whether this invite would let someone in.
    async fn invite(&self, code: TokenHash, now: i64) -> Result<Option<Invite>, StoreError>;
    /// Takes one use of it; false when none was left.
    async fn use_invite(&self, invite: Uuid, now: i64) -> Result<bool, StoreError>;

    async fn add_audit(&self, entry: &NewAudit) -> Result<(), StoreError>;
    /// From new to old.
    async fn audit(&self, before: u64, limit: usize) -> Result<Vec<AuditEntry>, StoreError>;
}

#[derive(Debug, Clone)]
pub struct Person {
    pub user: User,
    /// As argon2 writes it; a guest has none.
    pub password: Option<String>,
    pub muted_until: Option<i64>,
    pub banned_until: Option<i64>,
    pub disabled: bool,
}

pub struct NewPerson {
    pub user: User,
    pub key: NameKey,
    pub password: Option<String>,
    /// Not to be added unless no one has a password yet.
    pub first: bool,
    pub at: i64,
    pub displaced: Option<Displaced>,
}

/// A guest who has gone and whose name is wanted, with the name they get instead.
pub struct Displaced {
    pub id: UserId,
    pub name: String,
    pub key: NameKey,
}

#[derive(Debug, Clone)]
pub struct Account {
    pub user: User,
    pub key: String,
    pub disabled: bool,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// Held in a cookie.
    Browser,
    /// Held as a signed token.
    Program,
    /// Held by the open door, as long as its guest may come back.
    Visit,
}

pub struct NewSession {
    pub id: SessionId,
    pub user: UserId,
    pub kind: SessionKind,
    pub token: Option<TokenHash>,
    pub label: String,
    /// Where its holder came from, if that is one place and not everyone's.
    pub address: String,
    pub at: i64,
    pub expires_at: i64,
}

#[derive(Debug, Clone)]
pub struct Session {
    pub id: SessionId,
    pub kind: SessionKind,
    /// What its holder calls it, such as a browser's name.
    pub label: String,
    /// Where it was begun, if that is one place and not everyone's.
    pub address: String,
    pub created_at: i64,
    pub seen_at: i64,
    pub expires_at: i64,
}

#[derive(Clone, Copy)]
pub enum SessionKey {
    Token(TokenHash),
    Id(SessionId),
}

pub struct NewInvite {
    pub id: Uuid,
    pub code: TokenHash,
    pub room: Option<RoomId>,
    pub made_by: Option<UserId>,
    pub uses: u32,
    pub at: i64,
    pub expires_at: i64,
}

pub struct Invite {
    pub id: Uuid,
    pub room: Option<RoomId>,
}

pub struct NewAudit {
    pub at: i64,
    pub by: Option<UserId>,
    pub action: &'static str,
    pub user: Option<UserId>,
    pub room: Option<RoomId>,
    pub details: String,
}
