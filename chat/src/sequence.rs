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
                Some(revs) = self.reached.recv() => {
                    // Whoever has seen that far needs not hear it; those who were here before do.
                    while let Ok(announcement) = self.announced.try_recv() {
                        sequencer.hear(announcement);
                    }
                    sequencer.reached(revs);
                }
                announcement = self.announced.recv() => sequencer.hear(announcement?),
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
    fn hear(&mut self, announcement: Announcement) {
        match announcement {
            Announcement::Message(changed) => self.changed(changed),
            other => self.other(other),
        }
    }

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
        let mut news = std::mem::take(&mut line.early);
        let until = match found {
            Ok(found) => {
                // What the store no longer has, no one waits for.
                let until = found.last().map_or(reached, |last| last.rev.max(reached));
                news.extend(found.into_iter().map(|message| (message.rev, change_of(message))));
                until
            }
            Err(error) => {
                tracing::debug!(%error, "what is missing in a room can't be read");
                news.keys().next_back().copied().unwrap_or_default()
            }
        };
        // What came meanwhile may have a gap before it that no one has looked for.
        line.early = news.split_off(&(until + 1));
        let news = news.split_off(&(line.told + 1));
        line.told = line.told.max(until);
        line.reached = line.reached.max(line.told);
        for changed in news.into_values() {
            self.tell(Announcement::Message(changed));
        }
        self.tell_next(room);
        self.wait_if_behind(room);
    }

    fn tell(&mut self, announcement: Announcement) {
        self.told.push_back(announcement);
    }
}

fn change_of(message: Message) -> MessageChanged {
    MessageChanged { room: message.room, rev: message.rev, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::{Durability, Sqlite};
    use protocol::{ClientId, MessageId, MessageKind, Role, User, UserId};
    use uuid::Uuid;

    fn message(rev: u64) -> Message {
        Message {
            id: MessageId(Uuid::from_u128(rev.into())),
            room: RoomId(Uuid::nil()),
            seq: rev,
            rev,
            client_id: ClientId(Uuid::nil()),
            user: User::new(UserId(Uuid::nil()), "Anna".to_owned(), Role::Guest),
            kind: MessageKind::Text,
            text: "tea".to_owned(),
            at: 0,
            edited_at: None,
            deleted_at: None,
            reply_to: None,
            quote: None,
        }
    }

    #[tokio::test]
    async fn what_comes_while_one_reads_may_have_a_gap_before_it() {
        let dir = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&dir.path().join("sqlite"), Durability::Normal).await.unwrap();
        let (_announced, inbox) = mpsc::channel(1);
        let (_sequence, mut announcements) = start(Arc::new(store), inbox);
        let sequencer = &mut announcements.sequencer;
        let mut comes = |rev| sequencer.changed(change_of(message(rev)));
        // Behind 5, 4 is missing and read; meanwhile 7 comes.
        [3, 5, 7].into_iter().for_each(&mut comes);
        sequencer.read(RoomId(Uuid::nil()), 5, Ok(vec![message(4), message(5)]));
        sequencer.changed(change_of(message(6)));
        let told = sequencer.told.drain(..).map(|told| match told {
            Announcement::Message(changed) => changed.rev,
            other => panic!("{other:?}"),
        });
        assert_eq!(told.collect::<Vec<_>>(), [3, 4, 5, 6, 7]);
    }
}
