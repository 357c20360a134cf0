//! Guests of the open door. Their programs know a name, or not even that, and keep nothing: no one but
//! us holds their session. So whoever comes back soon, by the same name from the same address, is taken for
//! the same guest; and a guest who doesn't come back is a member nowhere.

use super::{Address, Identity, names, refuse_barred};
use crate::announcement::Announcement;
use crate::chat::{Chat, House};
use crate::error::Error;
use crate::presence::Whereabouts;
use crate::store::people::{Session, SessionKind};
use crate::store::rooms::Membership;
use crate::time::{millis, now};
use protocol::limits::Limit;
use protocol::{ApiError, ErrorCode, Name, Role, SessionId, User, UserId, event};
use std::collections::HashMap;
// A std lock: it is held for a map operation and never across an await.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// Of one name. Whoever comes after that many finds it taken.
const VARIANTS: usize = 100;

/// That an open visit was seen is kept as precisely as this.
pub(crate) const TOUCHED_EVERY: Duration = Duration::from_mins(1);
/// A visit that no node has seen for so long is over. Their clocks may differ.
const LOST_AFTER: Duration = Duration::from_mins(5);
const LOST_AT_ONCE: usize = 100;

/// The visits that this process knows of, with when their last socket went.
pub(crate) struct Visits {
    known: Mutex<HashMap<SessionId, Option<Instant>>>,
    opened: Instant,
    kept: Duration,
}

impl Visits {
    pub(crate) fn new(kept: Duration) -> Self {
        Self { known: Mutex::default(), opened: Instant::now(), kept }
    }

    /// Those that were cut off by a restart, or by the end of another node, aren't known, and are welcome for
    /// as long.
    fn may_return(&self, visit: &Session) -> bool {
        let seen_lately = now() - visit.seen_at < millis(TOUCHED_EVERY + self.kept);
        seen_lately || self.opened.elapsed() < self.kept || self.lock().contains_key(&visit.id)
    }

    fn begin(&self, visit: SessionId) {
        self.lock().insert(visit, None);
    }

    /// False for a session that is no visit.
    fn pause(&self, visit: SessionId) -> bool {
        let mut known = self.lock();
        let gone = known.get_mut(&visit);
        gone.map(|gone| *gone = Some(Instant::now())).is_some()
    }

    /// It goes on at another node.
    fn forget(&self, visit: SessionId) {
        self.lock().remove(&visit);
    }

    /// Those whose guests are connected.
    fn open(&self) -> Vec<SessionId> {
        let known = self.lock();
        known.iter().filter(|(_, gone)| gone.is_none()).map(|(visit, _)| *visit).collect()
    }

    /// True once, when no one has come back in time.
    fn end_if_due(&self, visit: SessionId) -> bool {
        let mut known = self.lock();
        let due = known
            .get(&visit)
            .is_some_and(|gone| gone.is_some_and(|gone| gone.elapsed() >= self.kept));
        due && known.remove(&visit).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Option<Instant>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Chat {
    /// Whether someone without a session may look in from there.
    pub async fn may_visit(&self, from: Address) -> Result<(), Error> {
        if !self.house.guests {
            return Err(ApiError::unauthorized().into());
        }
        self.refuse_banned(from).await
    }

    /// Whether they may ask anything just now.
    pub fn may_ask_from(&self, from: Address) -> Result<(), Error> {
        self.house.limits.check_address_here(Limit::Event, from)
    }

    /// In by this name or a variant of it, or by a made-up one, and connected by one socket. That
    /// is taken back as any other socket is, and told with [`Chat::pause_visit`].
    pub async fn visit(&self, name: Option<&Name>, from: Address) -> Result<Identity, Error> {
        self.may_visit(from).await?;
        self.house.limits.check_address(Limit::Connect, from).await?;
        let asked = match name {
            Some(name) => name.clone(),
            None => made_up()?,
        };
        let _door = self.house.door.lock().await;
        let who = self.enter_as(&asked, from).await?;
        self.house.visits.begin(who.session);
        self.connected(&who).await?;
        Ok(who)
    }

    /// A socket has gone. If it was the last one of a visit, its guest has a moment to come back.
    pub async fn pause_visit(&self, who: &Identity) {
        let visits = &self.house.visits;
        match self.house.presence.whereabouts(who.user.id).await {
            Whereabouts::Elsewhere(_) => visits.forget(who.session),
            Whereabouts::Nowhere if visits.pause(who.session) => {
                tokio::spawn(see_off(Arc::downgrade(&self.house), who.clone(), visits.kept));
            }
            Whereabouts::Connected | Whereabouts::Nowhere => {}
        }
    }

    /// Called at the door.
    async fn enter_as(&self, name: &Name, from: Address) -> Result<Identity, Error> {
        let names = std::iter::once(name.as_str().to_owned()).chain(names::variants(name.as_str()));
        for candidate in names.take(VARIANTS) {
            let candidate = Name::parse(&candidate)?;
            if let Some(who) = self.returning(&candidate, from).await? {
                return Ok(who);
            }
            match self.take_name(&candidate, Role::Guest, None, None).await {
                Ok(user) => {
                    self.leave_all(user.id).await?;
                    return self.begin_visit(user, from).await;
                }
                Err(Error::Refused(error)) if error.code == ErrorCode::Conflict => {}
                Err(error) => return Err(error),
            }
        }
        Err(super::taken(name))
    }

    /// Whether a socket of theirs is, on any node that lives.
    async fn is_connected(&self, user: UserId) -> bool {
        let nodes = match self.house.presence.whereabouts(user).await {
            Whereabouts::Connected => return true,
            Whereabouts::Nowhere => return false,
            Whereabouts::Elsewhere(nodes) => nodes,
        };
        // They may have come here because theirs has just died.
        for node in nodes {
            if self.house.announcer.others().answers(node).await {
                return true;
            }
        }
        false
    }

    /// Whoever bore the name a moment ago, and came from there.
    async fn returning(&self, name: &Name, from: Address) -> Result<Option<Identity>, Error> {
        let key = names::NameKey::of(name.as_str());
        let Some(holder) = self.house.store.holder(&key).await? else { return Ok(None) };
        if !holder.user.guest || self.is_connected(holder.user.id).await {
            return Ok(None);
        }
        let sessions = self.house.store.sessions_of(holder.user.id, now()).await?;
        let visit = sessions.into_iter().find(|session| {
            session.kind == SessionKind::Visit
                && session.address == from.bannable()
                && self.house.visits.may_return(session)
        });
        let Some(visit) = visit else { return Ok(None) };
        refuse_barred(&holder)?;
        Ok(Some(Identity { user: holder.user, session: visit.id, address: from }))
    }

    /// A new guest is a member of the default room, and this one is where they say that they are. No one
    /// has been told of either.
    async fn leave_all(&self, user: UserId) -> Result<(), Error> {
        for room in self.house.store.rooms_of(user).await? {
            self.house.store.dismiss_member(room, user, Membership::Left, now()).await?;
        }
        Ok(())
    }

    /// The guest won't come back: their session ends, and they are a member nowhere.
    async fn end_visit(&self, who: &Identity) -> Result<(), Error> {
        let _door = self.house.door.lock().await;
        if self.house.visits.end_if_due(who.session) {
            self.close_visit(who.session, &who.user).await?;
        }
        Ok(())
    }

    /// Says that the guests here are still here, and ends the visits of nodes that are no more.
    pub(crate) async fn tend_visits(&self) -> Result<(), Error> {
        let open = self.house.visits.open();
        self.house.store.touch_sessions(&open, now()).await?;
        let lost = self.house.store.lost_visits(now() - millis(LOST_AFTER), LOST_AT_ONCE).await?;
        for (visit, user) in lost {
            let _door = self.house.door.lock().await;
            let known = self.house.visits.lock().contains_key(&visit);
            if !known && !self.house.presence.is_here(user.id).await {
                self.close_visit(visit, &user).await?;
            }
        }
        Ok(())
    }

    /// Called at the door.
    async fn close_visit(&self, visit: SessionId, guest: &User) -> Result<(), Error> {
        let user = guest.id;
        for room in self.house.store.rooms_of(user).await? {
            let left = self.house.store.dismiss_member(room, user, Membership::Left, now()).await?;
            self.house.standings.forget_place(room, user);
            if let Some(count) = left {
                let left = event::Membership { room, user: guest.clone(), count };
                self.announce(Announcement::Left(left)).await;
            }
        }
        self.house.store.end_session(user, visit, now()).await?;
        self.house.standings.forget_person(user);
        self.tell_revoked().await
    }
}

async fn see_off(house: Weak<House>, who: Identity, kept: Duration) {
    sleep(kept).await;
    let Some(house) = house.upgrade() else { return };
    if let Err(error) = (Chat { house }).end_visit(&who).await {
        tracing::warn!(%error, "a visit was not ended");
    }
}

fn made_up() -> Result<Name, ApiError> {
    Name::parse(&format!("Guest {}", 1_000 + Uuid::now_v7().as_u128() % 9_000))
}
