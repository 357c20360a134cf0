use super::{Presence, Whereabouts};
use crate::announcement::{Announcement, Announcer};
use crate::nodes::{Attendance, NodeId};
use async_trait::async_trait;
use protocol::event::{PresenceAction, RoomPresence};
use protocol::limits::{OFFLINE_AFTER, PAGE_PRESENCE};
use protocol::{RoomId, User, UserId};
use std::collections::{BTreeSet, HashMap, HashSet};
// A std lock: it is held for a few map operations and never across an await.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// What one person's coming or going tells at most, before it counts as many.
const ROOMS_TOLD: usize = 64;

#[derive(Clone)]
pub(crate) struct InMemory {
    state: Arc<Mutex<State>>,
    announcer: Announcer,
}

#[derive(Default)]
struct State {
    people: HashMap<UserId, Person>,
    rooms: HashMap<RoomId, HashSet<UserId>>,
}

/// Someone who is here, on one node at least.
struct Person {
    user: User,
    here: Option<Stay>,
    elsewhere: HashMap<NodeId, Attendance>,
}

/// On this node.
#[derive(Clone)]
struct Stay {
    rooms: BTreeSet<RoomId>,
    sockets: usize,
    /// Without a socket, online until then.
    until: Instant,
    /// When the task that watches for `until` looks next.
    watched: Option<Instant>,
}

impl Stay {
    fn new(rooms: &[RoomId]) -> Self {
        let rooms = rooms.iter().copied().collect();
        Self { rooms, sockets: 0, until: Instant::now(), watched: None }
    }
}

impl Person {
    fn new(user: User) -> Self {
        Self { user, here: None, elsewhere: HashMap::new() }
    }

    fn is_nowhere(&self) -> bool {
        self.here.is_none() && self.elsewhere.is_empty()
    }

    fn whereabouts(&self) -> Whereabouts {
        if self.here.as_ref().is_some_and(|stay| stay.sockets > 0) {
            return Whereabouts::Connected;
        }
        let connected = self.elsewhere.iter().filter(|(_, there)| there.connected);
        let nodes: Vec<NodeId> = connected.map(|(node, _)| *node).collect();
        if nodes.is_empty() { Whereabouts::Nowhere } else { Whereabouts::Elsewhere(nodes) }
    }

    fn rooms(&self) -> BTreeSet<RoomId> {
        let here = self.here.iter().flat_map(|stay| &stay.rooms);
        here.chain(self.elsewhere.values().flat_map(|there| &there.rooms)).copied().collect()
    }

    fn each_rooms(&mut self) -> impl Iterator<Item = &mut BTreeSet<RoomId>> {
        let here = self.here.iter_mut().map(|stay| &mut stay.rooms);
        here.chain(self.elsewhere.values_mut().map(|there| &mut there.rooms))
    }

    /// What the other nodes are told.
    fn attendance(&self) -> Option<Attendance> {
        self.here.as_ref().map(|stay| Attendance {
            user: self.user.clone(),
            rooms: stay.rooms.clone(),
            connected: stay.sockets > 0,
        })
    }
}

impl State {
    fn take_out(&mut self, user: UserId, room: RoomId) {
        if let Some(online) = self.rooms.get_mut(&room) {
            online.remove(&user);
            if online.is_empty() {
                self.rooms.remove(&room);
            }
        }
    }

    fn is_in(&self, user: UserId, room: RoomId) -> bool {
        self.rooms.get(&room).is_some_and(|online| online.contains(&user))
    }

    fn stay(&mut self, user: UserId) -> Option<&mut Stay> {
        self.people.get_mut(&user)?.here.as_mut()
    }
}

#[async_trait]
impl Presence for InMemory {
    async fn connected(&self, user: &User, rooms: Vec<RoomId>) {
        let mut state = self.lock();
        self.change(&mut state, user, |person| {
            person.user = user.clone();
            person.here.get_or_insert_with(|| Stay::new(&rooms)).sockets += 1;
        });
    }

    async fn disconnected(&self, user: UserId) {
        let mut state = self.lock();
        let Some(gone) = self.close_one(&mut state, user) else { return };
        if gone && let Some(stay) = state.stay(user) {
            stay.until = Instant::now() + OFFLINE_AFTER;
            self.watch(user, stay);
        }
    }

    async fn seen(&self, user: &User, rooms: Vec<RoomId>) {
        let mut state = self.lock();
        self.change(&mut state, user, |person| {
            person.user = user.clone();
            let stay = person.here.get_or_insert_with(|| Stay::new(&rooms));
            if stay.sockets == 0 {
                stay.until = Instant::now() + PAGE_PRESENCE;
                self.watch(user.id, stay);
            }
        });
    }

    async fn joined(&self, user: &User, room: RoomId) {
        let mut state = self.lock();
        if !self.join(&mut state, user.id, room) {
            self.tell(&state, user, room, PresenceAction::Joined);
        }
    }

    async fn forget(&self, user: UserId) {
        let mut state = self.lock();
        self.change_known(&mut state, user, |person| {
            person.here = None;
            person.elsewhere.clear();
        });
    }

    async fn is_here(&self, user: UserId) -> bool {
        self.lock().people.contains_key(&user)
    }

    async fn whereabouts(&self, user: UserId) -> Whereabouts {
        self.lock().people.get(&user).map_or(Whereabouts::Nowhere, Person::whereabouts)
    }

    async fn count(&self) -> usize {
        self.lock().people.len()
    }

    async fn online(&self, room: RoomId) -> Vec<User> {
        self.some_online(room, usize::MAX).await
    }

    async fn some_online(&self, room: RoomId, limit: usize) -> Vec<User> {
        let state = self.lock();
        let ids = state.rooms.get(&room).into_iter().flatten().take(limit);
        ids.filter_map(|id| state.people.get(id)).map(|person| person.user.clone()).collect()
    }

    async fn left(&self, user: &User, room: RoomId) {
        let mut state = self.lock();
        if !self.leave(&mut state, user.id, room) {
            self.tell(&state, user, room, PresenceAction::Left);
        }
    }

    async fn room_gone(&self, room: RoomId) {
        let mut state = self.lock();
        for user in state.rooms.remove(&room).into_iter().flatten() {
            let Some(person) = state.people.get_mut(&user) else { continue };
            person.each_rooms().for_each(|rooms| _ = rooms.remove(&room));
            if let Some(attendance) = person.attendance() {
                self.announcer.others().post(user, Some(attendance));
            }
        }
    }

    async fn dropped(&self, user: UserId) {
        let mut state = self.lock();
        if self.close_one(&mut state, user) == Some(true) {
            self.change_known(&mut state, user, |person| person.here = None);
        }
    }

    async fn rooms(&self) -> usize {
        self.lock().rooms.len()
    }

    async fn online_in(&self, room: RoomId) -> usize {
        self.lock().rooms.get(&room).map_or(0, HashSet::len)
    }

    fn here(&self) -> Vec<(User, BTreeSet<RoomId>)> {
        let state = self.lock();
        let here =
            |person: &Person| Some((person.user.clone(), person.here.as_ref()?.rooms.clone()));
        state.people.values().filter_map(here).collect()
    }

    async fn heard_joined(&self, user: UserId, room: RoomId) {
        self.announcer.has_room_for(1).await;
        self.join(&mut self.lock(), user, room);
    }

    async fn heard_left(&self, user: UserId, room: RoomId) {
        self.announcer.has_room_for(1).await;
        self.leave(&mut self.lock(), user, room);
    }

    async fn heard_of(&self, node: NodeId, user: UserId, attendance: Option<Attendance>) {
        // A whole node may come or go: that is told to the end.
        self.announcer.has_room_for(ROOMS_TOLD).await;
        let mut state = self.lock();
        match attendance {
            Some(there) => self.change(&mut state, &there.user.clone(), |person| {
                person.user = there.user.clone();
                person.elsewhere.insert(node, there);
            }),
            None => self.change_known(&mut state, user, |person| {
                person.elsewhere.remove(&node);
            }),
        }
    }

    async fn heard_leaving(&self, node: NodeId) {
        let mut state = self.lock();
        let there = state.people.values_mut().filter_map(|person| person.elsewhere.get_mut(&node));
        there.for_each(|there| there.connected = false);
    }

    async fn heard_of_all(&self, node: NodeId, people: HashMap<UserId, Attendance>) {
        let is_gone = |(user, person): (&UserId, &Person)| {
            let gone = person.elsewhere.contains_key(&node) && !people.contains_key(user);
            gone.then_some(*user)
        };
        let gone: Vec<UserId> = self.lock().people.iter().filter_map(is_gone).collect();
        for user in gone {
            self.heard_of(node, user, None).await;
        }
        for (user, attendance) in people {
            self.heard_of(node, user, Some(attendance)).await;
        }
    }
}

impl InMemory {
    pub(crate) fn new(announcer: Announcer) -> Self {
        Self { state: Arc::default(), announcer }
    }

    /// Changes where someone is, and tells what that means for their rooms.
    fn change(&self, state: &mut State, user: &User, change: impl FnOnce(&mut Person)) {
        let person = state.people.entry(user.id).or_insert_with(|| Person::new(user.clone()));
        let (was_nowhere, before, posted) =
            (person.is_nowhere(), person.rooms(), person.attendance());
        change(person);
        let (is_nowhere, after, posts) = (person.is_nowhere(), person.rooms(), person.attendance());
        let user = person.user.clone();
        if posts != posted {
            self.announcer.others().post(user.id, posts);
        }
        if is_nowhere {
            state.people.remove(&user.id);
        }
        let (came, went) = (
            if was_nowhere { PresenceAction::Online } else { PresenceAction::Joined },
            if is_nowhere { PresenceAction::Offline } else { PresenceAction::Left },
        );
        for room in after.difference(&before) {
            state.rooms.entry(*room).or_default().insert(user.id);
            self.tell(state, &user, *room, came);
        }
        for room in before.difference(&after) {
            state.take_out(user.id, *room);
            self.tell(state, &user, *room, went);
        }
    }

    /// The same for someone who is here.
    fn change_known(&self, state: &mut State, user: UserId, change: impl FnOnce(&mut Person)) {
        if let Some(person) = state.people.get(&user) {
            let user = person.user.clone();
            self.change(state, &user, change);
        }
    }

    /// Whether it was the last one on this node; `None` for someone who isn't here.
    fn close_one(&self, state: &mut State, user: UserId) -> Option<bool> {
        state.stay(user)?;
        let mut last = false;
        self.change_known(state, user, |person| {
            if let Some(stay) = &mut person.here {
                stay.sockets = stay.sockets.saturating_sub(1);
                last = stay.sockets == 0;
            }
        });
        Some(last)
    }

    /// False when that changes nothing, and nothing is told.
    fn join(&self, state: &mut State, user: UserId, room: RoomId) -> bool {
        if !state.people.contains_key(&user) || state.is_in(user, room) {
            return false;
        }
        self.change_known(state, user, |person| {
            person.each_rooms().for_each(|rooms| _ = rooms.insert(room));
        });
        true
    }

    fn leave(&self, state: &mut State, user: UserId, room: RoomId) -> bool {
        let was_in = state.is_in(user, room);
        self.change_known(state, user, |person| {
            person.each_rooms().for_each(|rooms| _ = rooms.remove(&room));
        });
        was_in
    }

    fn watch(&self, user: UserId, stay: &mut Stay) {
        let early_enough = stay.watched.is_some_and(|watched| watched <= stay.until);
        if !early_enough {
            stay.watched = Some(stay.until);
            tokio::spawn(self.clone().see_off(user, stay.until));
        }
    }

    async fn see_off(self, user: UserId, until: Instant) {
        let mut next = Some(until);
        while let Some(until) = next {
            tokio::time::sleep_until(until).await;
            next = self.leave_if_due(user, until);
        }
    }

    /// When to look again; `None` when there is nothing left to wait for.
    fn leave_if_due(&self, user: UserId, looked: Instant) -> Option<Instant> {
        let mut state = self.lock();
        let stay = state.stay(user)?;
        // An earlier end came up meanwhile, and another task with it.
        if stay.watched != Some(looked) {
            return None;
        }
        stay.watched = (stay.sockets == 0 && stay.until > looked).then_some(stay.until);
        if stay.watched.is_none() && stay.sockets == 0 {
            self.change_known(&mut state, user, |person| person.here = None);
            return None;
        }
        stay.watched
    }

    fn tell(&self, state: &State, user: &User, room: RoomId, action: PresenceAction) {
        let count = state.rooms.get(&room).map_or(0, HashSet::len);
        let presence = RoomPresence { room, user: user.clone(), action, count };
        // Presence may be dropped where a message may not: it never waits.
        self.announcer.try_tell_here(Announcement::Presence(presence));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nodes::NoOne;
    use protocol::Role;
    use tokio::sync::mpsc;
    use uuid::Uuid;

    fn person(name: &str) -> User {
        User::new(UserId(Uuid::now_v7()), name.to_owned(), Role::Guest)
    }

    fn heard(announcements: &mut mpsc::Receiver<Announcement>) -> Vec<(PresenceAction, usize)> {
        let all = std::iter::from_fn(|| announcements.try_recv().ok());
        all.filter_map(|announcement| match announcement {
            Announcement::Presence(presence) => Some((presence.action, presence.count)),
            _ => None,
        })
        .collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_reload_is_silent_and_a_departure_is_told_after_five_seconds() {
        let (announce, mut announcements) = mpsc::channel(16);
        let presence = InMemory::new(Announcer::new(announce, Arc::new(NoOne)));
        let (anna, room) = (person("Anna"), RoomId(Uuid::now_v7()));

        presence.connected(&anna, vec![room]).await;
        presence.disconnected(anna.id).await;
        tokio::time::sleep(OFFLINE_AFTER / 2).await;
        presence.connected(&anna, vec![room]).await;
        tokio::time::sleep(OFFLINE_AFTER * 2).await;
        assert_eq!(heard(&mut announcements), [(PresenceAction::Online, 1)]);

        presence.disconnected(anna.id).await;
        tokio::time::sleep(OFFLINE_AFTER / 2).await;
        assert!(presence.is_here(anna.id).await);
        tokio::time::sleep(OFFLINE_AFTER).await;
        assert!(!presence.is_here(anna.id).await);
        assert_eq!(heard(&mut announcements), [(PresenceAction::Offline, 0)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_that_was_read_does_not_delay_a_departure() {
        let (announce, _announcements) = mpsc::channel(16);
        let presence = InMemory::new(Announcer::new(announce, Arc::new(NoOne)));
        let anna = person("Anna");

        presence.seen(&anna, vec![]).await;
        presence.connected(&anna, vec![]).await;
        presence.disconnected(anna.id).await;
        tokio::time::sleep(OFFLINE_AFTER + OFFLINE_AFTER / 10).await;
        assert!(!presence.is_here(anna.id).await);
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_of_several_sockets_counts() {
        let (announce, mut announcements) = mpsc::channel(16);
        let presence = InMemory::new(Announcer::new(announce, Arc::new(NoOne)));
        let (anna, room) = (person("Anna"), RoomId(Uuid::now_v7()));

        presence.connected(&anna, vec![room]).await;
        presence.connected(&anna, vec![room]).await;
        presence.disconnected(anna.id).await;
        tokio::time::sleep(OFFLINE_AFTER * 2).await;
        assert_eq!(presence.online(room).await.len(), 1);
        presence.disconnected(anna.id).await;
        tokio::time::sleep(OFFLINE_AFTER * 2).await;
        assert!(presence.online(room).await.is_empty());
        assert_eq!(heard(&mut announcements).len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_without_a_socket_counts_for_a_while() {
        let (announce, _announcements) = mpsc::channel(16);
        let presence = InMemory::new(Announcer::new(announce, Arc::new(NoOne)));
        let anna = person("Anna");

        presence.seen(&anna, vec![]).await;
        tokio::time::sleep(PAGE_PRESENCE / 2).await;
        presence.seen(&anna, vec![]).await;
        tokio::time::sleep(PAGE_PRESENCE / 4 * 3).await;
        assert!(presence.is_here(anna.id).await);
        tokio::time::sleep(PAGE_PRESENCE).await;
        assert!(!presence.is_here(anna.id).await);
    }

    fn there(user: &User, rooms: &[RoomId]) -> Attendance {
        let rooms = rooms.iter().copied().collect();
        Attendance { user: user.clone(), rooms, connected: true }
    }

    #[tokio::test(start_paused = true)]
    async fn someone_is_here_while_they_are_on_any_node() {
        let (announce, mut announcements) = mpsc::channel(128);
        let presence = InMemory::new(Announcer::new(announce, Arc::new(NoOne)));
        let (anna, room) = (person("Anna"), RoomId(Uuid::now_v7()));
        let (one, other) = (NodeId::random(), NodeId::random());

        presence.heard_of(one, anna.id, Some(there(&anna, &[room]))).await;
        presence.connected(&anna, vec![room]).await;
        presence.heard_of_all(other, [(anna.id, there(&anna, &[room]))].into()).await;
        assert_eq!(heard(&mut announcements), [(PresenceAction::Online, 1)]);
        assert_eq!(presence.whereabouts(anna.id).await, Whereabouts::Connected);

        presence.dropped(anna.id).await;
        presence.heard_leaving(one).await;
        assert_eq!(presence.whereabouts(anna.id).await, Whereabouts::Elsewhere(vec![other]));
        presence.heard_of(one, anna.id, None).await;
        assert!(heard(&mut announcements).is_empty(), "she is still there");
        presence.heard_of_all(other, HashMap::new()).await;
        assert_eq!(heard(&mut announcements), [(PresenceAction::Offline, 0)]);
        assert!(!presence.is_here(anna.id).await);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_heard_twice_is_told_once() {
        let (announce, mut announcements) = mpsc::channel(128);
        let presence = InMemory::new(Announcer::new(announce, Arc::new(NoOne)));
        let (anna, room, tea) = (person("Anna"), RoomId(Uuid::now_v7()), RoomId(Uuid::now_v7()));
        let node = NodeId::random();

        presence.heard_of(node, anna.id, Some(there(&anna, &[room]))).await;
        presence.heard_joined(anna.id, tea).await;
        presence.heard_of(node, anna.id, Some(there(&anna, &[room, tea]))).await;
        presence.heard_left(anna.id, room).await;
        presence.heard_left(anna.id, room).await;
        presence.heard_of(node, anna.id, Some(there(&anna, &[tea]))).await;
        let told =
            [(PresenceAction::Online, 1), (PresenceAction::Joined, 1), (PresenceAction::Left, 0)];
        assert_eq!(heard(&mut announcements), told);
        assert_eq!(presence.online_in(tea).await, 1);
    }
}
