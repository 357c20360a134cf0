//! Rooms and who is in them.

use super::{Names, StoreError};
use async_trait::async_trait;
use protocol::{RoomId, RoomKind, User, UserId};

#[async_trait]
pub trait Rooms: Send + Sync {
    async fn room(&self, room: &RoomRef<'_>) -> Result<Option<RoomRow>, StoreError>;
    /// A room and what one is there.
    async fn place(
        &self,
        room: RoomId,
        user: UserId,
    ) -> Result<Option<(RoomRow, Option<Membership>)>, StoreError>;
    /// The rooms that one is a member of.
    async fn rooms_of(&self, user: UserId) -> Result<Vec<RoomId>, StoreError>;
    /// Those, and the public ones.
    async fn rooms_for(&self, user: UserId, limit: usize) -> Result<Vec<Listed>, StoreError>;
    async fn listed(&self, room: RoomId, user: UserId) -> Result<Option<Listed>, StoreError>;
    async fn rooms_made_by(&self, user: UserId) -> Result<usize, StoreError>;
    async fn rooms(&self, after: Option<RoomId>, limit: usize) -> Result<Vec<RoomRow>, StoreError>;
    /// In the order of their slugs.
    async fn public_rooms(&self, slugs: Names<'_>) -> Result<Vec<RoomRow>, StoreError>;
    async fn count_rooms(&self, kind: RoomKind) -> Result<usize, StoreError>;
    /// Adds a room with its first members; false when the slug is taken.
    async fn add_room(&self, room: &NewRoom) -> Result<bool, StoreError>;
    async fn update_room(&self, room: RoomId, change: &RoomChange) -> Result<(), StoreError>;
    async fn archive_room(&self, room: RoomId, at: i64) -> Result<(), StoreError>;
    /// The room is gone at once; what was said there goes with [`Store::purge_rooms`].
    async fn delete_room(&self, room: RoomId, at: i64) -> Result<(), StoreError>;

    async fn admit(&self, room: RoomId, user: UserId, at: i64) -> Result<Admitted, StoreError>;
    /// Makes someone who is no member one who may come (`Invited`); false for a member.
    async fn invite_member(&self, room: RoomId, user: UserId, at: i64) -> Result<bool, StoreError>;
    /// A member leaves or is removed; how many are left, or `None` when they were no member.
    async fn dismiss_member(
        &self,
        room: RoomId,
        user: UserId,
        state: Membership,
        at: i64,
    ) -> Result<Option<usize>, StoreError>;
    /// The newest members first.
    async fn members(&self, room: RoomId, limit: usize) -> Result<Vec<User>, StoreError>;
    /// Which of these people are members.
    async fn members_among(
        &self,
        room: RoomId,
        users: &[UserId],
    ) -> Result<Vec<UserId>, StoreError>;
    /// How far these rooms have come; those that are gone are left out.
    async fn counted(&self, rooms: &[RoomId]) -> Result<Vec<Counted>, StoreError>;
    /// The rooms that these people are members of.
    async fn memberships(&self, users: &[UserId]) -> Result<Vec<(UserId, Counted)>, StoreError>;
    /// The other one of a direct room.
    async fn partner(&self, room: RoomId, user: UserId) -> Result<Option<User>, StoreError>;
    /// Reads up to `seq`, and dismisses what that settles. A read position never goes back.
    async fn mark_read(&self, room: RoomId, user: UserId, seq: u64) -> Result<Read, StoreError>;

    /// Deletes some of what deleted rooms have left; true when there may be more.
    async fn purge_rooms(&self) -> Result<bool, StoreError>;
}

/// How a person names a room: by its id or by its slug.
pub enum RoomRef<'a> {
    Id(RoomId),
    Slug(&'a str),
}

#[derive(Debug, Clone)]
pub struct RoomRow {
    pub id: RoomId,
    pub slug: String,
    pub name: String,
    pub topic: String,
    pub kind: RoomKind,
    pub max_users: u32,
    pub made_by: Option<UserId>,
    pub archived: bool,
    pub members: usize,
    pub rev: u64,
    pub last_seq: u64,
}

/// What a room counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub room: RoomId,
    pub rev: u64,
    pub members: usize,
}

pub struct NewRoom {
    pub id: RoomId,
    pub slug: String,
    pub name: String,
    pub topic: String,
    pub kind: RoomKind,
    pub max_users: u32,
    pub made_by: UserId,
    pub members: Vec<UserId>,
    pub at: i64,
}

#[derive(Default)]
pub struct RoomChange {
    pub name: Option<String>,
    pub topic: Option<String>,
    pub max_users: Option<u32>,
}

/// What someone is in a room that they have had to do with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    Member,
    Left,
    /// Sent out; only an invitation lets them in again.
    Removed,
    Invited,
}

/// A room as one person sees it.
pub struct Listed {
    pub room: RoomRow,
    pub membership: Option<Membership>,
    pub read: Read,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Read {
    pub seq: u64,
    pub unread: u64,
    pub mentions: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// With how many members the room has now.
    New(usize),
    Already,
    Full,
}
