//! What moderators see of the house: everyone in it, its public rooms, where someone is signed in.

use crate::chat::Chat;
use crate::error::Error;
use crate::people::Identity;
use crate::people::names::NameKey;
use crate::rooms::{info, slugs};
use crate::store::Names;
use crate::store::people::{Person, Session, SessionKind};
use crate::time::now;
use protocol::RoomKind;
use protocol::event::{
    AllPeople, AllRooms, ListAll, OfUser, PersonOf, RoomOf, SessionOf, SessionsOf,
};
use protocol::limits::{PAGE, PAGE_MAX};

impl Chat {
    /// Everyone who ever came, whether they are here or not.
    pub async fn list_people(&self, who: &Identity, ask: &ListAll) -> Result<AllPeople, Error> {
        self.may_oversee(who).await?;
        let key = |name: Option<&str>| NameKey::of(name.unwrap_or_default()).0;
        let (begin, after) = (key(ask.query.as_deref()), key(ask.after.as_deref()));
        let limit = limit(ask);
        let names = Names { begin: &begin, after: &after, limit: limit + 1 };
        let mut found = self.house.store.people(names).await?;
        let next = cut(&mut found, limit).map(|last| last.user.name.clone());
        // They were read in the order of their keys, in which look-alikes are one.
        found.sort_by_cached_key(|person| person.user.name.to_lowercase());
        let mut people = Vec::with_capacity(found.len());
        for person in found {
            people.push(self.overseen(person).await);
        }
        Ok(AllPeople { people, next })
    }

    /// The public rooms. A private one is its members' own business, so of those there is only a number.
    pub async fn list_rooms(&self, who: &Identity, ask: &ListAll) -> Result<AllRooms, Error> {
        self.may_oversee(who).await?;
        let (begin, limit) = (slugs::begin(ask.query.as_deref().unwrap_or_default()), limit(ask));
        let after = ask.after.as_deref().unwrap_or_default().replace('\0', "");
        let slugs = Names { begin: &begin, after: &after, limit: limit + 1 };
        let mut found = self.house.store.public_rooms(slugs).await?;
        let next = cut(&mut found, limit).map(|last| last.slug.clone());
        let mut rooms = Vec::with_capacity(found.len());
        for room in found {
            let online = self.house.presence.online_in(room.id).await;
            rooms.push(RoomOf { room: info(&room), online });
        }
        let private = self.house.store.count_rooms(RoomKind::Private).await?;
        let direct = self.house.store.count_rooms(RoomKind::Direct).await?;
        Ok(AllRooms { rooms, next, private, direct })
    }

    /// Where someone is signed in, for whoever may end it.
    pub async fn sessions_of(&self, who: &Identity, ask: OfUser) -> Result<SessionsOf, Error> {
        self.moderated(who, ask.user).await?;
        let sessions = self.house.store.sessions_of(ask.user, now()).await?;
        Ok(SessionsOf { sessions: sessions.into_iter().map(session).collect() })
    }

    async fn overseen(&self, person: Person) -> PersonOf {
        let until = |until: Option<i64>| until.filter(|until| *until > now());
        PersonOf {
            online: self.house.presence.is_here(person.user.id).await,
            muted_until: until(person.muted_until),
            banned_until: until(person.banned_until),
            disabled: person.disabled,
            user: person.user,
        }
    }
}

fn limit(ask: &ListAll) -> usize {
    ask.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX)
}

/// Leaves a page of what was found; answers the last of it when there was more.
fn cut<T>(found: &mut Vec<T>, limit: usize) -> Option<&T> {
    let more = found.len() > limit;
    found.truncate(limit);
    found.last().filter(|_| more)
}

fn session(session: Session) -> SessionOf {
    SessionOf {
        id: session.id,
        program: session.kind != SessionKind::Browser,
        label: session.label,
        created_at: session.created_at,
        seen_at: session.seen_at,
    }
}
