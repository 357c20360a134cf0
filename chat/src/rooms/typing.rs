//! Who is writing. It is told at most once a second, a stop always, and silence ends it.

use crate::announcement::{Announcement, Announcer};
use crate::chat::Chat;
use crate::error::Error;
use crate::people::Identity;
use crate::permissions::Action;
use protocol::event::{self, UserTyping};
use protocol::limits::{Limit, TYPING_LASTS, TYPING_TOLD_EVERY};
use protocol::{RoomId, User, UserId};
use std::collections::HashMap;
// A std lock: it is held for a map operation and never across an await.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::{Instant, sleep_until};

#[derive(Clone)]
pub(crate) struct Typing {
    writing: Arc<Mutex<HashMap<(RoomId, UserId), Writing>>>,
    announcer: Announcer,
}

struct Writing {
    told: Instant,
    until: Instant,
}

impl Chat {
    /// Someone writes in a room, or has stopped.
    pub async fn typing(&self, who: &Identity, ask: &event::Typing) -> Result<(), Error> {
        let place = self.allowed(who, &ask.room, Action::Say).await?;
        self.house.limits.check(Limit::Typing, who).await?;
        let typing = &self.house.typing;
        if ask.on {
            typing.begin(place.room.id, &place.person.user);
        } else {
            typing.end(place.room.id, &place.person.user);
        }
        Ok(())
    }
}

impl Typing {
    pub(crate) fn new(announcer: Announcer) -> Self {
        Self { writing: Arc::default(), announcer }
    }

    fn begin(&self, room: RoomId, user: &User) {
        let now = Instant::now();
        let until = now + TYPING_LASTS;
        let mut writing = self.lock();
        if let Some(known) = writing.get_mut(&(room, user.id)) {
            known.until = until;
            if now - known.told < TYPING_TOLD_EVERY {
                return;
            }
            known.told = now;
        } else {
            writing.insert((room, user.id), Writing { told: now, until });
            tokio::spawn(self.clone().end_in_silence(room, user.clone()));
        }
        drop(writing);
        self.tell(room, user, true);
    }

    /// Saying something ends it too.
    pub(crate) fn end(&self, room: RoomId, user: &User) {
        if self.lock().remove(&(room, user.id)).is_some() {
            self.tell(room, user, false);
        }
    }

    async fn end_in_silence(self, room: RoomId, user: User) {
        loop {
            let until = self.lock().get(&(room, user.id)).map(|writing| writing.until);
            match until {
                None => return,
                Some(until) if until <= Instant::now() => return self.end(room, &user),
                Some(until) => sleep_until(until).await,
            }
        }
    }

    fn tell(&self, room: RoomId, user: &User, on: bool) {
        let typing = UserTyping { room, user: user.clone(), on };
        // It may be dropped where a message may not: it never waits.
        self.announcer.try_tell(Announcement::Typing(typing));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(RoomId, UserId), Writing>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nodes::NoOne;
    use protocol::Role;
    use std::time::Duration;
    use tokio::sync::mpsc;
    use uuid::Uuid;

    fn told(announcements: &mut mpsc::Receiver<Announcement>) -> Vec<bool> {
        let all = std::iter::from_fn(|| announcements.try_recv().ok());
        all.filter_map(|told| match told {
            Announcement::Typing(typing) => Some(typing.on),
            _ => None,
        })
        .collect()
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_told_once_a_second_and_ends_in_silence() {
        let (announce, mut announcements) = mpsc::channel(64);
        let typing = Typing::new(Announcer::new(announce, Arc::new(NoOne)));
        let room = RoomId(Uuid::now_v7());
        let user = User::new(UserId(Uuid::now_v7()), "Anna".to_owned(), Role::Guest);
        for _ in 0..21 {
            typing.begin(room, &user);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(told(&mut announcements), [true, true, true]);
        tokio::time::sleep(TYPING_LASTS * 2).await;
        assert_eq!(told(&mut announcements), [false]);
        typing.end(room, &user);
        assert!(told(&mut announcements).is_empty());
        assert!(typing.lock().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_is_told_at_once() {
        let (announce, mut announcements) = mpsc::channel(64);
        let typing = Typing::new(Announcer::new(announce, Arc::new(NoOne)));
        let room = RoomId(Uuid::now_v7());
        let user = User::new(UserId(Uuid::now_v7()), "Anna".to_owned(), Role::Guest);
        typing.begin(room, &user);
        typing.end(room, &user);
        typing.begin(room, &user);
        assert_eq!(told(&mut announcements), [true, false, true]);
    }
}
