use crate::announcement::{Announcement, Announcer};
use crate::limits::{Limits, Rates, Tally};
use crate::meters::Meters;
use crate::nodes::{self, Others};
use crate::people::token::TokenHash;
use crate::people::{self, Passwords, Secret, Signer, Visits};
use crate::presence::{InMemory, Presence};
use crate::queue::{Desk, Queue};
use crate::rooms::Typing;
use crate::sequence::{self, Announcements, Sequence};
use crate::standing::Standings;
use crate::store::Store;
use crate::store::people::{Person, Session};
use crate::store::rooms::Counted;
use crate::together::Together;
use crate::traces::Traces;
use crate::upkeep::{self, Revocations};
use protocol::UserId;
use protocol::limits::{EDIT_WITHIN, VISIT_KEPT};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use tokio::task::AbortHandle;

/// Announcements that wait for their fan-out. When it is full, commits wait too.
const ANNOUNCEMENTS: usize = 1_024;

/// What the house's owner decides.
pub struct Settings {
    /// Signs the tokens of programs.
    pub secret: Secret,
    /// Whether one may come in with a name alone.
    pub guests: bool,
    pub registration: Registration,
    pub edit_within: Duration,
    /// How long a guest of the open door may be away and is still the same.
    pub visit_kept: Duration,
    /// Messages older than so many days are deleted.
    pub keep_days: Option<u32>,
    pub rates: Rates,
    /// Where there are several nodes, the way to them.
    pub others: Arc<dyn Others>,
    /// What counts for all of them.
    pub tally: Option<Arc<dyn Tally>>,
}

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    Open,
    /// Whoever has an invite.
    Invite,
    Closed,
}

impl Settings {
    pub fn new(secret: Secret) -> Self {
        Self {
            secret,
            guests: true,
            registration: Registration::Open,
            edit_within: EDIT_WITHIN,
            visit_kept: VISIT_KEPT,
            keep_days: None,
            rates: Rates::default(),
            others: nodes::alone(),
            tally: None,
        }
    }
}

/// The chat itself. Cheap to clone: every adapter holds one.
#[derive(Clone)]
pub struct Chat {
    pub(crate) house: Arc<House>,
}

pub(crate) struct House {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) queue: Queue,
    pub(crate) presence: Box<dyn Presence>,
    pub(crate) typing: Typing,
    pub(crate) announcer: Announcer,
    pub(crate) sequence: Sequence,
    pub(crate) limits: Limits,
    pub(crate) meters: Meters,
    pub(crate) traces: Traces,
    pub(crate) standings: Standings,
    /// Whose session a token opens. Of many who come at once, read together.
    pub(crate) holders: Together<TokenHash, Option<(Session, Person)>>,
    /// What rooms someone is in, the same way.
    pub(crate) memberships: Together<UserId, Vec<Counted>>,
    pub(crate) passwords: Passwords,
    pub(crate) signer: Signer,
    pub(crate) visits: Visits,
    pub(crate) revocations: Revocations,
    pub(crate) guests: bool,
    pub(crate) registration: Registration,
    pub(crate) edit_within: Duration,
    pub(crate) keep_days: Option<u32>,
    /// One arrival at a time: between taking a name and being here, its bearer would look like a guest
    /// who has gone, and lose it to the next.
    pub(crate) door: Mutex<()>,
    /// One change of a to-do list at a time, so that they are told in their order.
    pub(crate) list: Mutex<()>,
    upkeep: std::sync::Mutex<Option<AbortHandle>>,
}

impl Chat {
    /// Must be called inside a tokio runtime: the write queue and the upkeep are tasks.
    pub fn open(store: Arc<dyn Store>, settings: Settings) -> (Self, Announcements) {
        let Settings {
            secret,
            guests,
            registration,
            edit_within,
            visit_kept,
            keep_days,
            rates,
            others,
            tally,
        } = settings;
        let (entry, inbox) = mpsc::channel(ANNOUNCEMENTS);
        let (sequence, announcements) = sequence::start(Arc::clone(&store), inbox);
        let announcer = Announcer::new(entry, others);
        let (sessions, rooms) = (Arc::clone(&store), Arc::clone(&store));
        let (meters, traces) = (Meters::default(), Traces::default());
        let desk = Desk {
            store: Arc::clone(&store),
            announcer: announcer.clone(),
            meters: meters.clone(),
            traces: traces.clone(),
        };
        let house = Arc::new(House {
            holders: Together::start(move |tokens| people::holders(Arc::clone(&sessions), tokens)),
            memberships: Together::start(move |users| {
                people::memberships(Arc::clone(&rooms), users)
            }),
            queue: Queue::start(desk),
            presence: Box::new(InMemory::new(announcer.clone())),
            typing: Typing::new(announcer.clone()),
            announcer,
            sequence,
            limits: Limits::new(&rates, tally, &meters),
            meters,
            traces,
            standings: Standings::default(),
            passwords: Passwords::default(),
            signer: Signer::new(&secret),
            visits: Visits::new(visit_kept),
            revocations: Revocations::default(),
            guests,
            registration,
            edit_within,
            keep_days,
            door: Mutex::default(),
            list: Mutex::default(),
            upkeep: std::sync::Mutex::default(),
            store,
        });
        let task = tokio::spawn(upkeep::run(Arc::downgrade(&house))).abort_handle();
        if let Ok(mut upkeep) = house.upkeep.lock() {
            *upkeep = Some(task);
        }
        (Self { house }, announcements)
    }

    /// Waits until every write that was taken is durable or refused; later ones are refused.
    pub async fn close(&self) {
        if let Ok(mut upkeep) = self.house.upkeep.lock()
            && let Some(task) = upkeep.take()
        {
            task.abort();
        }
        self.house.queue.close().await;
        self.house.store.close().await;
    }

    /// Whether the store answers.
    pub async fn is_working(&self) -> bool {
        self.house.store.has_accounts().await.is_ok()
    }

    /// Changes that wait for their commit.
    pub fn queued(&self) -> usize {
        self.house.queue.waiting()
    }

    /// What it has counted and timed.
    pub fn meters(&self) -> &Meters {
        &self.house.meters
    }

    pub(crate) async fn announce(&self, announcement: Announcement) {
        self.house.announcer.tell(announcement).await;
    }
}
