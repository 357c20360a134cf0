//! The part of a room that is on the page: messages without a gap between them, and whether the room
//! goes on at either end. What changes outside it passes by.

use super::{Asked, quote};
use crate::zone::Zone;
use protocol::{ClientId, Message, UserId};
use std::sync::Arc;

/// How many messages are held at most, however long the room is.
pub const ROWS: usize = 300;
/// What is kept of them for someone at the end, and of a room that one has left: what each new message
/// costs grows with the rows.
const FEW: usize = 100;
const SCREEN: usize = 15;
/// A long list becomes short little by little.
const AT_ONCE: usize = 2;

#[derive(Debug, Clone)]
pub(super) struct Window {
    me: UserId,
    zone: Zone,
    /// In the order of their `seq`.
    pub(super) held: Vec<Held>,
    pub(super) older: bool,
    pub(super) newer: bool,
    /// The latest change of a message before the window, and of one after it.
    pub(super) passed_before: u64,
    pub(super) passed_after: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Held {
    /// As in [`Key::Message`](super::Key::Message).
    pub(super) key: ClientId,
    /// With which page of history it came; what is said meanwhile belongs to the page beside it.
    pub(super) page: i32,
    pub(super) day: i64,
    pub(super) message: Arc<Message>,
}

impl Held {
    pub(super) fn seq(&self) -> u64 {
        self.message.seq
    }
}

impl Window {
    pub(super) fn new(me: UserId) -> Self {
        Self {
            me,
            zone: Zone::Fixed(0),
            held: Vec::new(),
            older: true,
            newer: true,
            passed_before: 0,
            passed_after: 0,
        }
    }

    /// There is nothing in it, and nothing gets in.
    pub(super) fn close(&mut self) {
        self.held.clear();
        (self.older, self.newer) = (true, true);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.held.is_empty() && self.newer
    }

    /// At the room's end, for messages to be put in.
    pub(super) fn open(&mut self, older: bool) {
        self.held.clear();
        // Until the first is in, none is before it.
        (self.older, self.newer) = (older, false);
    }

    pub(super) fn first_seq(&self) -> Option<u64> {
        self.held.first().map(Held::seq)
    }

    pub(super) fn last_seq(&self) -> Option<u64> {
        self.held.last().map(Held::seq)
    }

    /// Where a message is, or where it would be.
    pub(super) fn find(&self, seq: u64) -> Result<usize, usize> {
        self.held.binary_search_by_key(&seq, Held::seq)
    }

    pub(super) fn place(&self, key: ClientId) -> Option<usize> {
        self.held.iter().rposition(|held| held.key == key)
    }

    pub(super) fn zone(&self) -> Zone {
        self.zone
    }

    pub(super) fn zoned(&mut self, zone: Zone) {
        self.zone = zone;
        for held in &mut self.held {
            held.day = zone.day(held.message.at);
        }
    }

    /// Whether another message has the place of one that is held: then the room has another history.
    pub(super) fn contradicts(&self, messages: &[Message]) -> bool {
        messages.iter().any(|message| {
            self.find(message.seq).is_ok_and(|place| self.held[place].message.id != message.id)
        })
    }

    /// The latest change of a message wins, however they arrive. Whether the oldest had to go.
    pub(super) fn put(&mut self, message: Message, keep_newest: bool) -> bool {
        if message.rev > message.seq {
            self.requote(&message);
        }
        match self.find(message.seq) {
            Ok(place) => {
                if self.held[place].message.rev <= message.rev {
                    self.held[place] = self.hold(message, self.held[place].page);
                }
            }
            Err(0) if self.older && !self.held.is_empty() => {
                self.passed_before = self.passed_before.max(message.rev);
            }
            Err(place) if self.newer && place == self.held.len() => {
                self.passed_after = self.passed_after.max(message.rev);
            }
            Err(place) => {
                let beside = self.held.get(place.saturating_sub(1));
                let held = self.hold(message, beside.map_or(0, |held| held.page));
                self.held.insert(place, held);
            }
        }
        if keep_newest && self.held.len() > FEW {
            self.shrink(FEW.max(self.held.len() - AT_ONCE).min(ROWS));
            return true;
        }
        self.trim(keep_newest) && keep_newest
    }

    /// Replies show what they reply to as it is now.
    fn requote(&mut self, changed: &Message) {
        let replies = self.held.iter_mut().filter(|held| held.message.reply_to == Some(changed.id));
        for held in replies {
            Arc::make_mut(&mut held.message).quote = Some(quote(changed));
        }
    }

    /// Whether the page belongs where the window ends now.
    pub(super) fn page(&mut self, asked: Asked, messages: Vec<Message>, more: bool) -> bool {
        let edge = if asked.older { self.first_seq() } else { self.last_seq() };
        if edge != Some(asked.seq) {
            return false;
        }
        let number = if asked.older {
            self.held.first().map_or(0, |held| held.page - 1)
        } else {
            self.held.last().map_or(0, |held| held.page + 1)
        };
        let page: Vec<Held> =
            messages.into_iter().map(|message| self.hold(message, number)).collect();
        let place = if asked.older { 0 } else { self.held.len() };
        self.held.splice(place..place, page);
        if asked.older {
            self.older = more;
        } else {
            self.newer = more;
        }
        self.trim(!asked.older);
        true
    }

    /// Keeps a few of the newest; those that fill a screen become a page, for they are shown first when one
    /// comes back.
    pub(super) fn leave(&mut self) {
        self.shrink(FEW);
        let above = self.held.len().saturating_sub(SCREEN);
        for (place, held) in self.held.iter_mut().enumerate() {
            held.page = i32::from(place >= above);
        }
    }

    /// Keeps so many of the newest.
    fn shrink(&mut self, rows: usize) {
        if let Some(over) = self.held.len().checked_sub(rows).filter(|over| *over > 0) {
            self.held.drain(..over);
            self.older = true;
        }
    }

    fn trim(&mut self, keep_newest: bool) -> bool {
        let over = self.held.len() > ROWS;
        if over && keep_newest {
            self.shrink(ROWS);
        } else if over {
            self.held.truncate(ROWS);
            self.newer = true;
        }
        over
    }

    fn hold(&self, message: Message, page: i32) -> Held {
        let own = message.user.id == self.me;
        let key = if own { message.client_id } else { ClientId(message.id.0) };
        Held { key, page, day: self.zone.day(message.at), message: Arc::new(message) }
    }
}
