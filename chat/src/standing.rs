//! What someone is, and what they are in a room: asked for at each command, so it is remembered for
//! a moment. What this process changes it forgets at once; what another one changes (a second node,
//! the command line) takes effect when the moment is over.

use crate::chat::Chat;
use crate::error::Error;
use crate::people::{Address, Identity, refuse_barred};
use crate::permissions::{self, Action};
use crate::store::people::{Person, SessionKey};
use crate::store::rooms::{Membership, RoomRef, RoomRow};
use crate::time::now;
use protocol::{ApiError, RoomId, SessionId, UserId};
use std::collections::HashMap;
use std::hash::Hash;
// A std lock: it is held for a map operation and never across an await.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const MOMENT: Duration = Duration::from_secs(1);
/// More are not remembered; the oldest of them would be over soon anyway.
const REMEMBERED: usize = 50_000;

/// A room, who asks, and what they are there. The room's counters may be a moment old.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) person: Arc<Person>,
    pub(crate) room: Arc<RoomRow>,
    pub(crate) membership: Option<Membership>,
}

#[derive(Default)]
pub(crate) struct Standings {
    people: Memory<SessionId, Arc<Person>>,
    /// Whether guests may not come from there.
    addresses: Memory<Address, bool>,
    places: Memory<(RoomId, UserId), (Arc<RoomRow>, Option<Membership>)>,
}

impl Standings {
    pub(crate) fn forget_person(&self, user: UserId) {
        self.people.forget(|_, person| person.user.id == user);
    }

    pub(crate) fn forget_addresses(&self) {
        self.addresses.forget(|_, _| true);
    }

    pub(crate) fn forget_session(&self, session: SessionId) {
        self.people.forget_one(&session);
    }

    pub(crate) fn forget_place(&self, room: RoomId, user: UserId) {
        self.places.forget_one(&(room, user));
    }

    pub(crate) fn forget_room(&self, room: RoomId) {
        self.places.forget(|(other, _), _| *other == room);
    }
}

impl Chat {
    /// Who asks, as they are now. Refuses whoever may not ask at all any more.
    pub(crate) async fn person(&self, who: &Identity) -> Result<Arc<Person>, Error> {
        let person = match self.house.standings.people.recall(&who.session) {
            Some(person) => person,
            None => {
                let found = self.house.store.session(SessionKey::Id(who.session), now()).await?;
                let person = Arc::new(found.ok_or_else(ApiError::unauthorized)?.1);
                self.house.standings.people.remember(who.session, Arc::clone(&person));
                person
            }
        };
        refuse_barred(&person)?;
        Ok(person)
    }

    /// Whether no guest may come from there.
    pub(crate) async fn is_banned(&self, from: Address) -> Result<bool, Error> {
        if let Some(banned) = self.house.standings.addresses.recall(&from) {
            return Ok(banned);
        }
        let banned = self.house.store.is_address_banned(&from.to_string(), now()).await?;
        self.house.standings.addresses.remember(from, banned);
        Ok(banned)
    }

    /// Whether they may do this in that room, named by id or slug. What they may not see isn't there.
    pub(crate) async fn allowed(
        &self,
        who: &Identity,
        room: &str,
        action: Action,
    ) -> Result<Place, Error> {
        let place = self.place(who, &parse(room)).await?;
        permissions::may(action, &place)?;
        Ok(place)
    }

    pub(crate) async fn place(&self, who: &Identity, room: &RoomRef<'_>) -> Result<Place, Error> {
        let person = self.person(who).await?;
        let room = match room {
            RoomRef::Id(id) => *id,
            // No slug holds a NUL, and PostgreSQL can't even look for one.
            RoomRef::Slug(slug) if slug.contains('\0') => return Err(no_room().into()),
            RoomRef::Slug(_) => self.house.store.room(room).await?.ok_or_else(no_room)?.id,
        };
        let key = (room, who.user.id);
        let (room, membership) = match self.house.standings.places.recall(&key) {
            Some(place) => place,
            None => {
                let found = self.house.store.place(room, who.user.id).await?;
                let (room, membership) = found.ok_or_else(no_room)?;
                let place = (Arc::new(room), membership);
                self.house.standings.places.remember(key, place.clone());
                place
            }
        };
        Ok(Place { person, room, membership })
    }
}

pub(crate) fn parse(room: &str) -> RoomRef<'_> {
    room.parse().map_or(RoomRef::Slug(room), RoomRef::Id)
}

pub(crate) fn no_room() -> ApiError {
    ApiError::not_found("room")
}

struct Memory<K, V> {
    entries: Mutex<HashMap<K, (Instant, V)>>,
}

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self { entries: Mutex::default() }
    }
}

impl<K: Eq + Hash, V: Clone> Memory<K, V> {
    fn recall(&self, key: &K) -> Option<V> {
        let entries = self.lock();
        let (since, value) = entries.get(key)?;
        (since.elapsed() < MOMENT).then(|| value.clone())
    }

    fn remember(&self, key: K, value: V) {
        let mut entries = self.lock();
        if entries.len() >= REMEMBERED {
            entries.retain(|_, (since, _)| since.elapsed() < MOMENT);
        }
        if entries.len() < REMEMBERED {
            entries.insert(key, (Instant::now(), value));
        }
    }

    fn forget_one(&self, key: &K) {
        self.lock().remove(key);
    }

    fn forget(&self, which: impl Fn(&K, &V) -> bool) {
        self.lock().retain(|key, (_, value)| !which(key, value));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, (Instant, V)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
