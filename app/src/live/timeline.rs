//! A room's messages as this browser knows them. A pure reducer: an event in, a new state and perhaps
//! a wish out.
//!
//! What it promises: in the window ([`window`]) nothing is missing that the room had at `rev`, whatever
//! was lost, overtaken or asked for meanwhile. Where it can't know that, it wishes a sync.
//!
//! | file | holds |
//! |---|---|
//! | `window` | the messages held, and where they end |
//! | `notes` | who came and who went |
//! | [`rows`] | what all this looks like, from top to bottom |

mod notes;
pub mod rows;
#[cfg(test)]
mod tests;
mod window;

pub use rows::{Key, Page, Row, quote};
pub use window::ROWS;

use crate::zone::Zone;
use notes::Notes;
use protocol::event::{Changes, Joined, MessageChanged};
use protocol::limits::{PAGE, UNREAD};
use protocol::{ApiError, ClientId, Message, MessageId, Quote, User, UserId};
use std::sync::Arc;
use window::Window;

#[derive(Debug, Clone)]
pub struct Timeline {
    me: UserId,
    window: Window,
    /// Own messages that the server hasn't confirmed, in the order of writing.
    drafts: Vec<Arc<Draft>>,
    notes: Notes,
    /// Messages of others after this one are new.
    mark: Option<u64>,
    /// Nothing up to here is missing.
    rev: u64,
    /// The latest change that anyone spoke of.
    heard: u64,
    /// The reader is at the bottom.
    following: bool,
    /// What was there when they last were at the room's end.
    seen: u64,
    /// What others have said since.
    unseen: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub id: ClientId,
    pub text: String,
    pub at: i64,
    pub reply: Option<MessageId>,
    pub quote: Option<Quote>,
    pub refused: Option<ApiError>,
}

/// A page of history to ask for: what is before or after `seq`. It comes back with its answer, which
/// may find the window elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub older: bool,
    pub seq: u64,
    /// What was known then: what the page lacks can only be later.
    rev: u64,
}

#[derive(Debug)]
pub enum Event {
    /// The room as the server sees it now.
    Opened(Box<Joined>),
    /// Another part of the room: the window moves there.
    Shown {
        messages: Vec<Message>,
        older: bool,
        newer: bool,
        /// [`Timeline::rev`] when it was asked for; what came with the page has [`Joined`]'s.
        since: u64,
    },
    /// The answer to what [`Timeline::ask`] named.
    Paged {
        asked: Asked,
        messages: Vec<Message>,
        more: bool,
    },
    /// Fan-out: it may have been preceded by something that was lost.
    Changed(MessageChanged),
    /// The answer to an own message.
    Acked(Message),
    /// The answer to [`Wish::Sync`], with what that named.
    Synced {
        since: u64,
        changes: Changes,
    },
    /// The server's history is another one: a backup was restored.
    Undone,
    Written {
        id: ClientId,
        text: String,
        reply: Option<MessageId>,
        quote: Option<Quote>,
    },
    Refused {
        id: ClientId,
        error: ApiError,
    },
    Retried {
        id: ClientId,
    },
    Withdrawn {
        id: ClientId,
    },
    Came(User),
    Went(User),
    /// Whether the reader is at the bottom.
    Following(bool),
    /// What others say after this message is new to the reader.
    Marked(u64),
    Unmarked,
    Zoned(Zone),
    /// The reader went to another room.
    Left,
}

/// What the reducer asks the driver to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Nothing,
    /// Ask the server for everything since this `rev`.
    Sync {
        since: u64,
    },
}

impl Timeline {
    /// Knows nothing of its room, and takes nothing, until it is `Opened` or `Shown`.
    pub fn new(me: UserId) -> Self {
        Self {
            me,
            window: Window::new(me),
            drafts: Vec::new(),
            notes: Notes::default(),
            mark: None,
            rev: 0,
            heard: 0,
            following: true,
            seen: 0,
            unseen: Vec::new(),
        }
    }

    pub fn apply(&mut self, event: Event) -> Wish {
        match event {
            Event::Opened(joined) => return self.open(*joined),
            Event::Shown { messages, older, newer, since } => {
                return self.show(messages, older, newer, since);
            }
            Event::Paged { asked, messages, more } => return self.paged(asked, messages, more),
            Event::Changed(changed) => return self.changed(changed),
            Event::Synced { since, changes } => return self.synced(since, changes),
            Event::Acked(message) => {
                // No gap is looked for: the fan-out of what came before may still be on its way.
                let rev = message.rev;
                self.put(message);
                self.follow_on(rev);
            }
            Event::Undone => self.forget(),
            Event::Written { id, text, reply, quote } => self.written(id, text, reply, quote),
            Event::Refused { id, error } => self.refused(id, Some(error)),
            Event::Retried { id } => self.refused(id, None),
            Event::Withdrawn { id } => self.drafts.retain(|draft| draft.id != id),
            Event::Came(user) => self.notes.came(user, self.rev.max(self.heard)),
            Event::Went(user) => self.notes.went(user, self.rev.max(self.heard)),
            Event::Following(following) => {
                self.following = following;
                self.look();
            }
            Event::Marked(seq) => self.mark = Some(seq),
            Event::Unmarked => self.mark = None,
            Event::Zoned(zone) => self.window.zoned(zone),
            Event::Left => self.left(),
        }
        Wish::Nothing
    }

    /// What to ask the server for, on the way up or down; nothing when there is nothing more.
    pub fn ask(&self, older: bool) -> Option<Asked> {
        let more = if older { self.older() } else { self.newer() };
        let seq = if older { self.first_seq() } else { self.last_seq() };
        seq.filter(|_| more).map(|seq| Asked { older, seq, rev: self.rev })
    }

    pub fn rev(&self) -> u64 {
        self.rev
    }

    pub fn is_empty(&self) -> bool {
        self.window.held.is_empty() && self.drafts.is_empty()
    }

    pub fn first_seq(&self) -> Option<u64> {
        self.window.first_seq()
    }

    pub fn last_seq(&self) -> Option<u64> {
        self.window.last_seq()
    }

    /// Whether the room has something before what is held.
    pub fn older(&self) -> bool {
        self.window.older && !self.window.held.is_empty()
    }

    /// Whether the room goes on after what is held: what comes new is only counted.
    pub fn newer(&self) -> bool {
        self.window.newer && !self.window.held.is_empty()
    }

    pub fn holds(&self, seq: u64) -> bool {
        self.window.find(seq).is_ok()
    }

    pub fn is_following(&self) -> bool {
        self.following
    }

    /// How much others have said since the reader was last at the end.
    pub fn unseen(&self) -> usize {
        self.unseen.len()
    }

    pub fn message(&self, id: MessageId) -> Option<Arc<Message>> {
        let mut held = self.window.held.iter();
        held.find(|held| held.message.id == id).map(|held| Arc::clone(&held.message))
    }

    /// What the reader has said last, if it was after `since` and isn't deleted.
    pub fn last_own(&self, since: i64) -> Option<Arc<Message>> {
        let mut messages = self.window.held.iter().rev().map(|held| &held.message);
        let own = messages.find(|message| {
            message.user.id == self.me && message.deleted_at.is_none() && message.at >= since
        });
        own.map(Arc::clone)
    }

    fn written(
        &mut self,
        id: ClientId,
        text: String,
        reply: Option<MessageId>,
        known: Option<Quote>,
    ) {
        let written = self.drafts.iter().any(|draft| draft.id == id);
        if !written && self.window.place(id).is_none() {
            let quote = known.or_else(|| Some(quote(&*self.message(reply?)?)));
            // The id begins with the milliseconds of its making.
            let at = i64::try_from(id.0.as_u128() >> 80).unwrap_or_default();
            self.drafts.push(Arc::new(Draft { id, text, at, reply, quote, refused: None }));
        }
    }

    /// The last page is whole, and what is known of the rest stays.
    fn open(&mut self, joined: Joined) -> Wish {
        if self.window.contradicts(&joined.messages) {
            self.forget();
        }
        if self.outrun(&joined) {
            self.window.close();
        }
        if self.window.held.is_empty() {
            self.window.open(joined.messages.len() >= PAGE);
            self.rev = joined.rev;
        }
        let (before, now) = (self.rev, joined.rev);
        for message in joined.messages {
            self.put(message);
        }
        self.look();
        if now < before {
            // Heard since the server looked, or undone there: its answer will tell.
            return Wish::Sync { since: before };
        }
        self.behind(now)
    }

    /// Whether so much has happened that nothing of what is held would stay: a reader who wants the
    /// end needn't wait for all of it.
    fn outrun(&self, joined: &Joined) -> bool {
        let first = joined.messages.first().map(|message| message.seq);
        self.at_end() && joined.rev > self.rev + ROWS as u64 && first > self.last_seq()
    }

    fn show(&mut self, messages: Vec<Message>, older: bool, newer: bool, since: u64) -> Wish {
        if self.window.is_closed() {
            (self.rev, self.seen) = (since, since);
        }
        self.window.open(older);
        for message in messages {
            self.confirm(&message);
            self.notes.said(message.seq);
            self.window.put(message, true);
        }
        self.window.newer = newer;
        self.look();
        self.back_to(since);
        self.behind(since)
    }

    fn paged(&mut self, asked: Asked, messages: Vec<Message>, more: bool) -> Wish {
        for message in &messages {
            self.confirm(message);
        }
        let passed = if asked.older { self.window.passed_before } else { self.window.passed_after };
        if !self.window.page(asked, messages, more) {
            return Wish::Nothing;
        }
        self.look();
        if passed > asked.rev {
            // It may have come between the asking and the answer, and be in neither.
            self.back_to(asked.rev);
        }
        self.behind(0)
    }

    fn changed(&mut self, changed: MessageChanged) -> Wish {
        self.put(changed.message);
        self.follow_on(changed.rev);
        let wish = self.behind(changed.rev);
        self.look();
        wish
    }

    fn synced(&mut self, since: u64, changes: Changes) -> Wish {
        for message in changes.messages {
            self.put(message);
        }
        if since == self.rev && changes.rev <= since {
            // Nothing new ends it: asking once more would bring nothing either.
            self.heard = since;
            return Wish::Nothing;
        }
        // When a page in between has set `rev` back, what was asked for is not what is needed.
        if since <= self.rev {
            self.rev = self.rev.max(changes.rev);
        }
        let wish = self.behind(changes.rev + u64::from(!changes.complete));
        self.look();
        wish
    }

    fn behind(&mut self, heard: u64) -> Wish {
        self.heard = self.heard.max(heard).max(self.rev);
        if self.heard > self.rev && !self.window.is_closed() {
            Wish::Sync { since: self.rev }
        } else {
            Wish::Nothing
        }
    }

    fn follow_on(&mut self, rev: u64) {
        if rev == self.rev + 1 {
            self.rev = rev;
        }
    }

    /// What happened after that may be missing.
    fn back_to(&mut self, rev: u64) {
        self.heard = self.heard.max(self.rev);
        self.rev = self.rev.min(rev);
    }

    fn put(&mut self, message: Message) {
        self.confirm(&message);
        self.count(&message);
        self.notes.said(message.seq);
        if self.window.put(message, self.at_end())
            && let Some(first) = self.first_seq()
        {
            self.notes.forget_before(first);
        }
    }

    fn confirm(&mut self, message: &Message) {
        if message.user.id == self.me {
            self.drafts.retain(|draft| draft.id != message.client_id);
        }
    }

    fn at_end(&self) -> bool {
        self.following && !self.window.newer
    }

    fn count(&mut self, message: &Message) {
        let counts = message.user.id != self.me && message.seq > self.seen && !self.at_end();
        if counts
            && (self.unseen.len() as u64) < UNREAD
            && let Err(place) = self.unseen.binary_search(&message.seq)
        {
            self.unseen.insert(place, message.seq);
        }
    }

    /// At the end, everything is seen.
    fn look(&mut self) {
        if self.at_end() {
            self.seen = self.rev.max(self.heard);
            self.unseen.clear();
        }
    }

    /// All but what is still to be sent.
    fn forget(&mut self) {
        self.window.close();
        self.notes = Notes::default();
        self.mark = None;
        (self.rev, self.heard, self.seen) = (0, 0, 0);
        self.unseen.clear();
    }

    fn left(&mut self) {
        self.following = true;
        if self.window.newer {
            // One comes back to the end, not to somewhere in the past.
            return self.forget();
        }
        self.window.leave();
        self.notes = Notes::default();
        self.mark = None;
        self.look();
    }

    fn refused(&mut self, id: ClientId, refused: Option<ApiError>) {
        if let Some(draft) = self.drafts.iter_mut().find(|draft| draft.id == id) {
            *draft = Arc::new(Draft { refused, ..(**draft).clone() });
        }
    }
}
