//! Where several nodes serve one database: what this one tells the others, and what it hears from them.
//!
//! All of it may be lost or overtaken. Messages are put in order again and what is missing is read from the
//! store ([`crate::sequence`]); who is here is what each node says of itself, taken together
//! ([`crate::presence`]).

use crate::announcement::Announcement;
use crate::chat::Chat;
use crate::error::Error;
use crate::store::rooms::Counted;
use async_trait::async_trait;
use protocol::event::Membership;
use protocol::{RoomId, User, UserId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// People whose rooms are asked for at once.
const PEOPLE_AT_ONCE: usize = 500;
const ROOMS_AT_ONCE: usize = 1_000;

/// A process, from its start to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(Uuid);

impl NodeId {
    pub fn random() -> Self {
        Self(Uuid::now_v7())
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for NodeId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Someone who is here on one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    pub user: User,
    pub rooms: BTreeSet<RoomId>,
    /// By a socket, and not only by a page or by having gone a moment ago.
    pub connected: bool,
}

/// The way to the other nodes. Telling them something never waits.
#[async_trait]
pub trait Others: Send + Sync {
    fn tell(&self, announcement: &Announcement);
    /// They are nowhere, whatever sockets of theirs are left.
    fn forget(&self, user: UserId);
    /// What is different about someone on this node; `None`: they are no longer here.
    fn post(&self, user: UserId, attendance: Option<Attendance>);
    /// For how long someone may be on another node before it is known here; `None` while they aren't heard.
    fn lag(&self) -> Option<Duration>;
    /// Whether a node gives a sign of life when it is asked; true where no one can be asked.
    async fn answers(&self, node: NodeId) -> bool;
}

/// What a node has that is alone.
pub fn alone() -> Arc<dyn Others> {
    Arc::new(NoOne)
}

pub(crate) struct NoOne;

#[async_trait]
impl Others for NoOne {
    fn tell(&self, _: &Announcement) {}
    fn forget(&self, _: UserId) {}
    fn post(&self, _: UserId, _: Option<Attendance>) {}

    fn lag(&self) -> Option<Duration> {
        Some(Duration::ZERO)
    }

    async fn answers(&self, _: NodeId) -> bool {
        false
    }
}

impl Chat {
    /// Another node has announced something: it is told here too.
    pub async fn hear(&self, announcement: Announcement) {
        let house = &self.house;
        match &announcement {
            Announcement::Joined(joined) => {
                house.standings.forget_place(joined.room, joined.user.id);
                house.presence.heard_joined(joined.user.id, joined.room).await;
            }
            Announcement::Left(left) => {
                house.standings.forget_place(left.room, left.user.id);
                house.presence.heard_left(left.user.id, left.room).await;
            }
            Announcement::RoomUpdated(info) => house.standings.forget_room(info.id),
            Announcement::RoomRemoved(room, _) => {
                house.standings.forget_room(*room);
                house.presence.room_gone(*room).await;
            }
            Announcement::Kicked(user, _) => house.standings.forget_person(*user),
            Announcement::SessionEnded(session) => {
                house.standings.forget_session(*session);
                house.revocations.is_told(*session);
            }
            _ => {}
        }
        house.announcer.tell_here(announcement).await;
    }

    /// Whatever sockets of theirs are left, on any node, they are no longer here.
    pub(crate) async fn forget(&self, user: UserId) {
        self.house.announcer.others().forget(user);
        self.house.presence.forget(user).await;
    }

    /// Someone has signed out on another node.
    pub async fn hear_forgotten(&self, user: UserId) {
        self.house.standings.forget_person(user);
        self.house.presence.forget(user).await;
    }

    /// What is different about someone on another node.
    pub async fn hear_of(&self, node: NodeId, user: UserId, attendance: Option<Attendance>) {
        self.house.presence.heard_of(node, user, attendance).await;
    }

    /// Everyone who is on another node, and no one else is.
    pub async fn hear_of_all(&self, node: NodeId, people: HashMap<UserId, Attendance>) {
        self.house.presence.heard_of_all(node, people).await;
    }

    /// A node stops, and those who were there look for another one.
    pub async fn hear_leaving(&self, node: NodeId) {
        self.house.presence.heard_leaving(node).await;
    }

    /// A node is no more, and whoever was there.
    pub async fn hear_gone(&self, node: NodeId) {
        self.hear_of_all(node, HashMap::new()).await;
    }

    /// Looks in the store for what was said in the rooms that someone here is in, and in `more` of them,
    /// and has not been told.
    pub async fn catch_up(&self, more: &[RoomId]) -> Result<(), Error> {
        let mut rooms: HashSet<RoomId> = more.iter().copied().collect();
        for (_, theirs) in self.house.presence.here() {
            rooms.extend(theirs);
        }
        let rooms: Vec<RoomId> = rooms.into_iter().collect();
        for rooms in rooms.chunks(ROOMS_AT_ONCE) {
            let counted = self.house.store.counted(rooms).await?;
            let there: HashSet<RoomId> = counted.iter().map(|counted| counted.room).collect();
            for gone in rooms.iter().filter(|room| !there.contains(room)) {
                // Whether everyone could see it, no one knows any more.
                self.hear(Announcement::RoomRemoved(*gone, false)).await;
            }
            let revs = counted.into_iter().map(|counted| (counted.room, counted.rev)).collect();
            self.house.sequence.reaches(revs).await;
        }
        Ok(())
    }

    /// Looks in the store for the rooms of everyone here, in case that it was not told when they changed.
    pub async fn catch_up_memberships(&self) -> Result<(), Error> {
        let people = self.house.presence.here();
        for people in people.chunks(PEOPLE_AT_ONCE) {
            let ids: Vec<UserId> = people.iter().map(|(user, _)| user.id).collect();
            let mut found: HashMap<UserId, HashMap<RoomId, Counted>> = HashMap::new();
            for (user, counted) in self.house.store.memberships(&ids).await? {
                found.entry(user).or_default().insert(counted.room, counted);
            }
            for (user, known) in people {
                let found = found.remove(&user.id).unwrap_or_default();
                self.reconcile(user, known, &found).await?;
            }
        }
        Ok(())
    }

    async fn reconcile(
        &self,
        user: &User,
        known: &BTreeSet<RoomId>,
        found: &HashMap<RoomId, Counted>,
    ) -> Result<(), Error> {
        for (room, counted) in found.iter().filter(|(room, _)| !known.contains(room)) {
            let (user, count) = (user.clone(), counted.members);
            self.hear(Announcement::Joined(Membership { room: *room, user, count })).await;
        }
        for room in known.iter().filter(|room| !found.contains_key(room)) {
            // Asked once more: they may have come in just now.
            if !self.is_member(*room, user).await? {
                let counted = self.house.store.counted(&[*room]).await?;
                let count = counted.first().map_or(0, |counted| counted.members);
                let left = Membership { room: *room, user: user.clone(), count };
                self.hear(Announcement::Left(left)).await;
            }
        }
        Ok(())
    }
}
