//! Who is here now. A person is online while any of their sockets is, and a little longer: a reload
//! is silent, and a page without a socket counts for a while after each request.

mod memory;

pub(crate) use memory::InMemory;

use async_trait::async_trait;
use protocol::{RoomId, User, UserId};

/// Where it is kept: [`InMemory`] for one node.
#[async_trait]
pub(crate) trait Presence: Send + Sync {
    /// One more socket.
    async fn connected(&self, user: &User, rooms: Vec<RoomId>);
    /// One socket fewer.
    async fn disconnected(&self, user: UserId);
    /// One socket fewer, and no one waits for its owner to come back.
    async fn dropped(&self, user: UserId);
    /// A request without a socket.
    async fn seen(&self, user: &User, rooms: Vec<RoomId>);
    /// A new member of a room, online as far as they are.
    async fn joined(&self, user: &User, room: RoomId);
    /// A member no longer.
    async fn left(&self, user: &User, room: RoomId);
    async fn room_gone(&self, room: RoomId);
    /// Someone signed out: what sockets they still have no longer count.
    async fn forget(&self, user: UserId);
    async fn is_here(&self, user: UserId) -> bool;
    /// Whether any socket of theirs is.
    async fn is_connected(&self, user: UserId) -> bool;
    /// How many people are here.
    async fn count(&self) -> usize;
    async fn online(&self, room: RoomId) -> Vec<User>;
    /// So many of them and no more.
    async fn some_online(&self, room: RoomId, limit: usize) -> Vec<User>;
    /// Rooms in which someone is.
    async fn rooms(&self) -> usize;
    async fn online_in(&self, room: RoomId) -> usize;
}
