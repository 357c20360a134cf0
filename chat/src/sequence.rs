//! Puts the changes of each room in the order of their `rev`. Several nodes write to one room, and what they
//! announce may overtake each other or be lost: a change that comes too early waits a moment for those
//! before it, and if they don't come, they are read from the store.

use crate::announcement::Announcement;
use crate::store::{Store, StoreError};
use protocol::event::MessageChanged;
use protocol::limits::SYNC_CHANGES;
use protocol::{Message, RoomId};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// So long a change waits for those before it.
const PATIENCE: Duration = Duration::from_millis(200);
/// Of more rooms than this, only those where something is missing are remembered. For the others, the next
/// change counts as the next.
const REMEMBERED: usize = 50_000;
const ORDERS: usize = 64;

/// Tells the sequencer what the store knows.
#[derive(Clone)]
pub(crate) struct Sequence(mpsc::Sender<Vec<(RoomId, u64)>>);

impl Sequence {
    /// These rooms have come to these `rev`s, whether it was announced or not.
    pub(crate) async fn reaches(&self, revs: Vec<(RoomId, u64)>) {
        let _ = self.0.send(revs).await;
    }
}

/// What is announced, put in order by whoever hears it: a task between the two would be one waking more for each.
pub(crate) fn start(
    store: Arc<dyn Store>,
    announced: mpsc::Receiver<Announcement>,
) -> (Sequence, Announcements) {
    let (orders, reached) = mpsc::channel(ORDERS);
    let sequencer = Sequencer {
        store,
        told: VecDeque::new(),
        rooms: HashMap::new(),
        due: VecDeque::new(),
        reading: JoinSet::new(),
    };
    (Sequence(orders), Announcements { announced, reached, sequencer })
}

/// Changes of one room come in the order of their `rev`.
pub struct Announcements {
    announced: mpsc::Receiver<Announcement>,
    reached: mpsc::Receiver<Vec<(RoomId, u64)>>,
    sequencer: Sequencer,
}

impl Announcements {
    /// `None` when no one announces anything any more. Nothing is lost when it isn't waited for to the end.
    pub async fn recv(&mut self) -> Option<Announcement> {
        let sequencer = &mut self.sequencer;
        loop {
            if let Some(next) = sequencer.told.pop_front() {
                return Some(next);
            }
            let next_due = sequencer.due.front().map(|(due, _)| *due);
            tokio::select! {
                biased;
                Some(read) = sequencer.reading.join_next() => {
                    if let Ok((room, since, found)) = read {
                        sequencer.read(room, since, found);
                    }
                }
                () = sleep_until(next_due.unwrap_or_else(Instant::now)), if next_due.is_some() => {
                    sequencer.lose_patience();
                }
                Some(revs) = self.reached.recv() => sequencer.reached(revs),
                announcement = self.announced.recv() => match announcement? {
                    Announcement::Message(changed) => sequencer.changed(changed),
                    other => sequencer.other(other),
                },
            }
        }
    }
}

struct Sequencer {
    store: Arc<dyn Store>,
    /// In order, and not yet taken.
    told: VecDeque<Announcement>,
    rooms: HashMap<RoomId, Line>,
    /// Rooms where something is missing, in the order in which patience ends.
    due: VecDeque<(Instant, RoomId)>,
    reading: JoinSet<(RoomId, u64, Result<Vec<Message>, StoreError>)>,
}

/// Where a room's telling stands.
struct Line {
    told: u64,
    /// What the room has come to, as far as anyone said.
    reached: u64,
    /// Came too early.
    early: BTreeMap<u64, MessageChanged>,
    waits: bool,
}

impl Line {
    fn at(rev: u64) -> Self {
        Self { told: rev, reached: rev, early: BTreeMap::new(), waits: false }
    }
}

impl Sequencer {
    fn other(&mut self, announcement: Announcement) {
        if let Announcement::RoomRemoved(room, _) = &announcement {
            self.rooms.remove(room);
        }
        self.tell(announcement);
    }

    fn changed(&mut self, changed: MessageChanged) {
        let (room, rev) = (changed.room, changed.rev);
        let Some(line) = self.rooms.get_mut(&room) else {
            self.remember(room, rev);
            return self.tell(Announcement::Message(changed));
        };
        if rev <= line.told {
            return;
        }
        line.reached = line.reached.max(rev);
        line.early.insert(rev, changed);
        self.tell_next(room);
        self.wait_if_behind(room);
    }

    /// What the store says.
    fn reached(&mut self, revs: Vec<(RoomId, u64)>) {
        for (room, rev) in revs {
            match self.rooms.get_mut(&room) {
                Some(line) => line.reached = line.reached.max(rev),
                // Whoever comes has what there is, and hears what follows.
                None => self.remember(room, rev),
            }
            self.wait_if_behind(room);
        }
    }

    fn remember(&mut self, room: RoomId, rev: u64) {
        if self.rooms.len() >= REMEMBERED {
            self.rooms.retain(|_, line| line.waits);
        }
        self.rooms.insert(room, Line::at(rev));
    }

    /// All that follows without a gap.
    fn tell_next(&mut self, room: RoomId) {
        while let Some(line) = self.rooms.get_mut(&room)
            && let Some(changed) = line.early.remove(&(line.told + 1))
        {
            line.told += 1;
            self.tell(Announcement::Message(changed));
        }
    }

    fn wait_if_behind(&mut self, room: RoomId) {
        if let Some(line) = self.rooms.get_mut(&room)
            && line.told < line.reached
            && !line.waits
        {
            line.waits = true;
            self.due.push_back((Instant::now() + PATIENCE, room));
        }
    }

    /// Reads what is still missing.
    fn lose_patience(&mut self) {
        let Some((_, room)) = self.due.pop_front() else { return };
        let Some(line) = self.rooms.get_mut(&room) else { return };
        line.waits = false;
        if line.told < line.reached {
            line.waits = true;
            let (store, since, reached) = (Arc::clone(&self.store), line.told, line.reached);
            self.reading.spawn(async move {
                (room, reached, store.changes(room, since, SYNC_CHANGES + 1).await)
            });
        }
    }

    /// Where more is missing than one page, or the store doesn't answer, the gap is left to those who hear it.
    fn read(&mut self, room: RoomId, reached: u64, found: Result<Vec<Message>, StoreError>) {
        let Some(line) = self.rooms.get_mut(&room) else { return };
        line.waits = false;
        let before = line.told;
        let mut news = std::mem::take(&mut line.early);
        match found {
            Ok(found) => {
                // What the store no longer has, no one waits for.
                line.told = line.told.max(reached);
                news.extend(found.into_iter().map(|message| (message.rev, change_of(message))));
            }
            Err(error) => tracing::debug!(%error, "what is missing in a room can't be read"),
        }
        let news = news.split_off(&(before + 1));
        line.told = news.keys().next_back().copied().unwrap_or_default().max(line.told);
        line.reached = line.reached.max(line.told);
        for changed in news.into_values() {
            self.tell(Announcement::Message(changed));
        }
    }

    fn tell(&mut self, announcement: Announcement) {
        self.told.push_back(announcement);
    }
}

fn change_of(message: Message) -> MessageChanged {
    MessageChanged { room: message.room, rev: message.rev, message }
}
