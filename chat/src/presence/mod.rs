//! Who is here now. A person is online while any of their sockets is, and a little longer: a reload
//! is silent, and a page without a socket counts for a while after each request. Where there are several
//! nodes, each says who is there, and whoever is on any of them is here.

mod memory;

pub(crate) use memory::InMemory;

use crate::nodes::{Attendance, NodeId};
use async_trait::async_trait;
use protocol::{RoomId, User, UserId};
use std::collections::{BTreeSet, HashMap};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whereabouts {
    /// By a socket here.
    Connected,
    /// By sockets on other nodes only.
    Elsewhere(Vec<NodeId>),
    Nowhere,
}

/// Where it is kept.
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
    /// Where they are connected.
    async fn whereabouts(&self, user: UserId) -> Whereabouts;
    /// How many people are here.
    async fn count(&self) -> usize;
    async fn online(&self, room: RoomId) -> Vec<User>;
    /// So many of them and no more.
    async fn some_online(&self, room: RoomId, limit: usize) -> Vec<User>;
    /// Rooms in which someone is.
    async fn rooms(&self) -> usize;
    async fn online_in(&self, room: RoomId) -> usize;

    /// Those who are here on this node, and their rooms.
    fn here(&self) -> Vec<(User, BTreeSet<RoomId>)>;
    /// Another node has said that someone is a member.
    async fn heard_joined(&self, user: UserId, room: RoomId);
    async fn heard_left(&self, user: UserId, room: RoomId);
    /// What another node says of someone there.
    async fn heard_of(&self, node: NodeId, user: UserId, attendance: Option<Attendance>);
    /// A node stops: whoever was connected there may soon be elsewhere.
    async fn heard_leaving(&self, node: NodeId);
    async fn heard_of_all(&self, node: NodeId, people: HashMap<UserId, Attendance>);
}
