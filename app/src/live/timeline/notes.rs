//! Who became a member and who is one no longer, since the page was opened. Between the same two
//! messages that is one line, and whoever came and went again isn't in it.

use protocol::User;

#[derive(Debug, Clone, Default)]
pub(super) struct Notes {
    /// In the order of their places.
    all: Vec<Note>,
    /// The latest message that was heard of.
    said: u64,
    made: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Note {
    pub(super) id: u64,
    /// It stands before the first message with a higher `seq`.
    pub(super) after: u64,
    pub(super) came: Vec<User>,
    pub(super) went: Vec<User>,
}

impl Notes {
    pub(super) fn came(&mut self, user: User, now: u64) {
        let note = self.current(now);
        if !take(&mut note.went, &user) {
            take(&mut note.came, &user);
            note.came.push(user);
        }
        self.all.retain(Note::says_something);
    }

    pub(super) fn went(&mut self, user: User, now: u64) {
        let note = self.current(now);
        if !take(&mut note.came, &user) {
            take(&mut note.went, &user);
            note.went.push(user);
        }
        self.all.retain(Note::says_something);
    }

    pub(super) fn said(&mut self, seq: u64) {
        self.said = self.said.max(seq);
    }

    pub(super) fn forget_before(&mut self, seq: u64) {
        self.all.retain(|note| note.after >= seq);
    }

    pub(super) fn get(&self, id: u64) -> Option<&Note> {
        self.all.iter().find(|note| note.id == id)
    }

    /// Those that stand before this message and not before an earlier one.
    pub(super) fn between(&self, earlier: u64, seq: u64) -> &[Note] {
        let place = |seq| self.all.partition_point(|note| note.after < seq);
        &self.all[place(earlier)..place(seq)]
    }

    /// The note to add to; a message since the last one begins another.
    fn current(&mut self, now: u64) -> &mut Note {
        if self.all.last().is_none_or(|note| self.said > note.after) {
            self.made += 1;
            let note = Note { id: self.made, after: now, came: Vec::new(), went: Vec::new() };
            self.all.push(note);
        }
        let last = self.all.len() - 1;
        &mut self.all[last]
    }
}

impl Note {
    fn says_something(&self) -> bool {
        !self.came.is_empty() || !self.went.is_empty()
    }
}

fn take(users: &mut Vec<User>, user: &User) -> bool {
    let before = users.len();
    users.retain(|other| other.id != user.id);
    users.len() < before
}
