use super::Presence;
use crate::announcement::Announcement;
use async_trait::async_trait;
use protocol::event::{PresenceAction, RoomPresence};
use protocol::limits::{OFFLINE_AFTER, PAGE_PRESENCE};
use protocol::{RoomId, User, UserId};
use std::collections::{HashMap, HashSet};
// A std lock: it is held for a few map operations and never across an await.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;
use tokio::time::Instant;

#[derive(Clone)]
pub(crate) struct InMemory {
    state: Arc<Mutex<State>>,
    announce: mpsc::Sender<Announcement>,
}

#[derive(Default)]
struct State {
    people: HashMap<UserId, Here>,
    rooms: HashMap<RoomId, HashSet<UserId>>,
}

struct Here {
    user: User,
    rooms: HashSet<RoomId>,
    sockets: usize,
    /// Without a socket, online until then.
    until: Instant,
    /// When the task that watches for `until` looks next.
    watched: Option<Instant>,
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
}

#[async_trait]
impl Presence for InMemory {
    async fn connected(&self, user: &User, rooms: Vec<RoomId>) {
        let mut state = self.lock();
        self.enter(&mut state, user, rooms);
        if let Some(here) = state.people.get_mut(&user.id) {
            here.sockets += 1;
        }
    }

    async fn disconnected(&self, user: UserId) {
        let mut state = self.lock();
        if let Some(here) = state.people.get_mut(&user) {
            here.sockets = here.sockets.saturating_sub(1);
            if here.sockets == 0 {
                here.until = Instant::now() + OFFLINE_AFTER;
                self.watch(here);
            }
        }
    }

    async fn seen(&self, user: &User, rooms: Vec<RoomId>) {
        let mut state = self.lock();
        self.enter(&mut state, user, rooms);
        if let Some(here) = state.people.get_mut(&user.id)
            && here.sockets == 0
        {
            here.until = Instant::now() + PAGE_PRESENCE;
            self.watch(here);
        }
    }

    async fn joined(&self, user: &User, room: RoomId) {
        let mut state = self.lock();
        if let Some(here) = state.people.get_mut(&user.id) {
            here.rooms.insert(room);
            state.rooms.entry(room).or_default().insert(user.id);
        }
        self.tell(&state, user, room, PresenceAction::Joined);
    }

    async fn forget(&self, user: UserId) {
        let mut state = self.lock();
        self.leave(&mut state, user);
    }

    async fn is_here(&self, user: UserId) -> bool {
        self.lock().people.contains_key(&user)
    }

    async fn is_connected(&self, user: UserId) -> bool {
        self.lock().people.get(&user).is_some_and(|here| here.sockets > 0)
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
        ids.filter_map(|id| state.people.get(id)).map(|here| here.user.clone()).collect()
    }

    async fn left(&self, user: &User, room: RoomId) {
        let mut state = self.lock();
        if let Some(here) = state.people.get_mut(&user.id) {
            here.rooms.remove(&room);
        }
        state.take_out(user.id, room);
        self.tell(&state, user, room, PresenceAction::Left);
    }

    async fn room_gone(&self, room: RoomId) {
        let mut state = self.lock();
        for user in state.rooms.remove(&room).into_iter().flatten() {
            if let Some(here) = state.people.get_mut(&user) {
                here.rooms.remove(&room);
            }
        }
    }

    async fn dropped(&self, user: UserId) {
        let mut state = self.lock();
        if let Some(here) = state.people.get_mut(&user) {
            here.sockets = here.sockets.saturating_sub(1);
            if here.sockets == 0 {
                self.leave(&mut state, user);
            }
        }
    }

    async fn rooms(&self) -> usize {
        self.lock().rooms.len()
    }

    async fn online_in(&self, room: RoomId) -> usize {
        self.lock().rooms.get(&room).map_or(0, HashSet::len)
    }
}

impl InMemory {
    pub(crate) fn new(announce: mpsc::Sender<Announcement>) -> Self {
        Self { state: Arc::default(), announce }
    }

    fn enter(&self, state: &mut State, user: &User, rooms: Vec<RoomId>) {
        if let Some(here) = state.people.get_mut(&user.id) {
            here.user = user.clone();
            return;
        }
        for room in &rooms {
            state.rooms.entry(*room).or_default().insert(user.id);
        }
        let here = Here {
            user: user.clone(),
            rooms: rooms.iter().copied().collect(),
            sockets: 0,
            until: Instant::now(),
            watched: None,
        };
        state.people.insert(user.id, here);
        for room in rooms {
            self.tell(state, user, room, PresenceAction::Online);
        }
    }

    fn leave(&self, state: &mut State, user: UserId) {
        let Some(here) = state.people.remove(&user) else {
            return;
        };
        for room in here.rooms {
            state.take_out(user, room);
            self.tell(state, &here.user, room, PresenceAction::Offline);
        }
    }

    fn watch(&self, here: &mut Here) {
        let early_enough = here.watched.is_some_and(|watched| watched <= here.until);
        if !early_enough {
            here.watched = Some(here.until);
            tokio::spawn(self.clone().see_off(here.user.id, here.until));
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
        let here = state.people.get_mut(&user)?;
        // An earlier end came up meanwhile, and another task with it.
        if here.watched != Some(looked) {
            return None;
        }
        here.watched = (here.sockets == 0 && here.until > looked).then_some(here.until);
        if here.watched.is_none() && here.sockets == 0 {
            self.leave(&mut state, user);
            return None;
        }
        here.watched
    }

    fn tell(&self, state: &State, user: &User, room: RoomId, action: PresenceAction) {
        let count = state.rooms.get(&room).map_or(0, HashSet::len);
        let presence = RoomPresence { room, user: user.clone(), action, count };
        // Presence may be dropped where a message may not: it never waits.
        if self.announce.try_send(Announcement::Presence(presence)).is_err() {
            tracing::debug!("presence dropped: the fan-out is behind");
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Role;
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
        let presence = InMemory::new(announce);
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
        let presence = InMemory::new(announce);
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
        let presence = InMemory::new(announce);
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
        let presence = InMemory::new(announce);
        let anna = person("Anna");

        presence.seen(&anna, vec![]).await;
        tokio::time::sleep(PAGE_PRESENCE / 2).await;
        presence.seen(&anna, vec![]).await;
        tokio::time::sleep(PAGE_PRESENCE / 4 * 3).await;
        assert!(presence.is_here(anna.id).await);
        tokio::time::sleep(PAGE_PRESENCE).await;
        assert!(!presence.is_here(anna.id).await);
    }
}
