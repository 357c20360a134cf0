//! What stands on the page, from top to bottom: messages, what separates them, and what is still on
//! its way.

use super::window::Held;
use super::{Draft, Timeline};
use protocol::{ClientId, Message, Quote, User};
use std::sync::Arc;

/// Messages of one author within this time share a header.
const TOGETHER_MS: i64 = 5 * 60 * 1_000;
const QUOTE_CHARS: usize = 140;

/// What a row is to the page: as long as its key stays, it is the same element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// Days since 1970 in the reader's zone.
    Day(i64),
    New,
    Note(u64),
    /// A message: one's own has the id that it was written with, so that it stays the same row when it
    /// is confirmed. That of anyone else has the server's: their client ids are what they like, and two
    /// of them may be alike.
    Message(ClientId),
}

/// Rows that came together. A list of pages is put before or after another without touching it: in one
/// list of rows, those that others are put before would be taken out and put back, without their focus.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub number: i32,
    pub keys: Vec<Key>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    Day(i64),
    New,
    Note {
        came: Vec<User>,
        went: Vec<User>,
    },
    Said {
        message: Arc<Message>,
        /// It has a header: nothing right above it is by the same author.
        first: bool,
    },
    Draft {
        draft: Arc<Draft>,
        first: bool,
    },
}

impl Timeline {
    pub fn pages(&self) -> Vec<Page> {
        let held = &self.window.held;
        let mut pages: Vec<Page> = Vec::new();
        let new = self.first_new();
        let mut above = if self.window.older { self.first_seq() } else { Some(0) };
        let mut day = i64::MIN;
        for (place, one) in held.iter().enumerate() {
            if pages.last().is_none_or(|page| page.number != one.page) {
                pages.push(Page { number: one.page, keys: Vec::new() });
            }
            let Some(Page { keys, .. }) = pages.last_mut() else { continue };
            let notes = self.notes.between(above.unwrap_or_default(), one.seq());
            keys.extend(notes.iter().map(|note| Key::Note(note.id)));
            // A clock that went back must not bring a day for the second time.
            if one.day > day {
                day = one.day;
                keys.push(Key::Day(day));
            }
            if new == Some(place) {
                keys.push(Key::New);
            }
            keys.push(Key::Message(one.key));
            above = Some(one.seq());
        }
        if pages.is_empty() {
            pages.push(Page { number: 0, keys: Vec::new() });
        }
        if let Some(Page { keys, .. }) = pages.last_mut() {
            if let Some(above) = above {
                let notes = self.notes.between(above, self.end(above));
                keys.extend(notes.iter().map(|note| Key::Note(note.id)));
            }
            keys.extend(self.drafts.iter().map(|draft| Key::Message(draft.id)));
        }
        pages
    }

    pub fn row(&self, key: Key) -> Option<Row> {
        match key {
            Key::Day(day) => Some(Row::Day(day)),
            Key::New => Some(Row::New),
            Key::Note(id) => {
                let note = self.notes.get(id)?;
                Some(Row::Note { came: note.came.clone(), went: note.went.clone() })
            }
            Key::Message(id) => match self.window.place(id) {
                Some(place) => Some(self.said(place)),
                None => self.unsaid(id),
            },
        }
    }

    fn said(&self, place: usize) -> Row {
        let held = &self.window.held;
        let message = &held[place].message;
        let first = self.first_new() == Some(place)
            || place.checked_sub(1).is_none_or(|above| {
                !together(&held[above], &held[place])
                    || !self.notes.between(held[above].seq(), message.seq).is_empty()
            });
        Row::Said { message: Arc::clone(message), first }
    }

    fn unsaid(&self, id: ClientId) -> Option<Row> {
        let place = self.drafts.iter().position(|draft| draft.id == id)?;
        let draft = Arc::clone(&self.drafts[place]);
        let first = match place.checked_sub(1) {
            Some(above) => draft.at - self.drafts[above].at > TOGETHER_MS,
            None => self.window.held.last().is_none_or(|above| {
                above.message.user.id != self.me
                    || draft.at - above.message.at > TOGETHER_MS
                    || self.window.zone().day(draft.at) > above.day
                    || !self.notes.between(above.seq(), self.end(above.seq())).is_empty()
            }),
        };
        Some(Row::Draft { draft, first })
    }

    /// The first held message of someone else that is new.
    fn first_new(&self) -> Option<usize> {
        let mark = self.mark?;
        let held = &self.window.held;
        let after = held.partition_point(|held| held.seq() <= mark);
        let others = held[after..].iter().position(|held| held.message.user.id != self.me);
        others.map(|place| after + place)
    }

    /// Up to where notes stand below the last message.
    fn end(&self, last: u64) -> u64 {
        if self.window.newer { last + 1 } else { u64::MAX }
    }
}

/// As much of a message as stands above a reply to it.
pub fn quote(message: &Message) -> Quote {
    let text = message.text.chars().take(QUOTE_CHARS).collect();
    Quote { seq: message.seq, user: message.user.clone(), text }
}

fn together(above: &Held, below: &Held) -> bool {
    above.message.user.id == below.message.user.id
        && above.day == below.day
        && below.message.at - above.message.at <= TOGETHER_MS
}
