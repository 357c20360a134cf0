//! What runs beside: the search index, retention, revocations made elsewhere, tidying.

use crate::announcement::Announcement;
use crate::chat::{Chat, House};
use crate::error::Error;
use crate::store::StoreError;
use crate::time::{millis, now};
use protocol::SessionId;
use std::collections::HashMap;
use std::fmt::Display;
// A std lock: it is held for a map operation and never across an await.
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval};

const EVERY: Duration = Duration::from_secs(1);
/// Limits, visits, retention, what deleted rooms have left. Once a minute.
const SELDOM: u32 = 60;
/// Other nodes' clocks may be off by so much.
const LOOK_BACK: Duration = Duration::from_mins(1);
/// What needs the writer, too, goes in small steps, and waits longer while messages wait for it.
const BREATH: Duration = Duration::from_millis(1);
const LONG_BREATH: Duration = Duration::from_millis(500);

/// Ended sessions that have been told.
#[derive(Default)]
pub(crate) struct Revocations(Mutex<HashMap<SessionId, i64>>);

/// Ends with the house. What takes long keeps nothing waiting that is urgent.
pub(crate) async fn run(house: Weak<House>) {
    tokio::join!(brisk(&house), slow(&house));
}

async fn brisk(house: &Weak<House>) {
    let mut ticks = ticks();
    loop {
        ticks.tick().await;
        let Some(house) = house.upgrade() else { return };
        let chat = Chat { house };
        report(chat.tell_revoked_here().await);
        report(chat.house.store.tidy().await);
    }
}

async fn slow(house: &Weak<House>) {
    let mut ticks = ticks();
    for tick in 0_u32.. {
        ticks.tick().await;
        report(step_by_step(house, async |house| house.store.index_some().await).await);
        if tick % SELDOM == 0 {
            if let Some(house) = house.upgrade() {
                house.limits.tidy();
            }
            if let Some(house) = house.upgrade() {
                report(Chat { house }.tend_visits().await);
            }
            report(step_by_step(house, async |house| house.store.purge_rooms().await).await);
            report(step_by_step(house, purge_old).await);
        }
        if house.strong_count() == 0 {
            return;
        }
    }
}

fn ticks() -> Interval {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// The next tick tries again.
fn report(done: Result<(), impl Display>) {
    if let Err(error) = done {
        tracing::warn!(%error, "upkeep was left undone");
    }
}

/// Until there is nothing more to do, or no house.
async fn step_by_step(
    house: &Weak<House>,
    step: impl AsyncFn(&House) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    while let Some(house) = house.upgrade() {
        if !step(&house).await? {
            break;
        }
        let breath = if house.queue.is_busy() { LONG_BREATH } else { BREATH };
        drop(house);
        tokio::time::sleep(breath).await;
    }
    Ok(())
}

async fn purge_old(house: &House) -> Result<bool, StoreError> {
    let Some(days) = house.keep_days else { return Ok(false) };
    let before = now() - millis(Duration::from_hours(24) * days);
    house.store.purge_messages(before).await
}

impl Chat {
    /// Tells which sessions have ended since it was last told, whoever ended them.
    pub(crate) async fn tell_revoked(&self) -> Result<(), Error> {
        for session in self.newly_revoked().await? {
            self.announce(Announcement::SessionEnded(session)).await;
        }
        Ok(())
    }

    /// The same, for this node: each one looks for itself.
    async fn tell_revoked_here(&self) -> Result<(), Error> {
        for session in self.newly_revoked().await? {
            self.house.announcer.tell_here(Announcement::SessionEnded(session)).await;
        }
        Ok(())
    }

    /// Whether a session has ended lately, as far as anyone here was told.
    pub fn has_ended(&self, session: SessionId) -> bool {
        self.house.revocations.lock().contains_key(&session)
    }

    async fn newly_revoked(&self) -> Result<Vec<SessionId>, Error> {
        let since = now() - millis(LOOK_BACK);
        let ended = self.house.store.ended_since(since).await?;
        Ok(self.house.revocations.news(ended, since))
    }
}

impl Revocations {
    /// Another node has told it.
    pub(crate) fn is_told(&self, session: SessionId) {
        self.lock().insert(session, now());
    }

    fn news(&self, ended: Vec<(SessionId, i64)>, since: i64) -> Vec<SessionId> {
        let mut told = self.lock();
        told.retain(|_, at| *at >= since);
        let mut is_new = |session, at| told.insert(session, at).is_none();
        ended.into_iter().filter(|(session, at)| is_new(*session, *at)).map(|(id, _)| id).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
