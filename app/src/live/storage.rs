//! What the browser keeps over a reload: messages on their way, a key for each so that two tabs don't
//! overwrite each other, and drafts. A browser that keeps nothing (private mode) costs only what a reload
//! would lose.

use super::outbox::Letter;
use crate::wire;
use protocol::{ClientId, RoomId, UserId};

pub(super) struct Kept {
    outbox: String,
    drafts: String,
}

impl Kept {
    /// Each user of this browser has their own.
    pub(super) fn of(user: UserId) -> Self {
        Self { outbox: format!("beseda.outbox.{user}."), drafts: format!("beseda.draft.{user}.") }
    }

    pub(super) fn keep(&self, letter: &Letter) {
        if let Ok(json) = serde_json::to_string(letter) {
            put(&self.letter(letter.id), &json);
        }
    }

    pub(super) fn forget(&self, id: ClientId) {
        put(&self.letter(id), "");
    }

    /// What an earlier page left, in the order of writing: the ids begin with their time.
    pub(super) fn letters(&self) -> Vec<Letter> {
        let Some(storage) = storage() else {
            return Vec::new();
        };
        let keys = (0..storage.length().unwrap_or_default())
            .filter_map(|index| storage.key(index).ok()?);
        let ours: Vec<String> = keys.filter(|key| key.starts_with(&self.outbox)).collect();
        let texts = ours.iter().filter_map(|key| storage.get_item(key).ok()?);
        let mut letters: Vec<Letter> = Vec::new();
        for letter in texts.filter_map(|text| wire::from_str::<Letter>(&text)) {
            // Sorting them would be more code than all the rest of this.
            let later = letters.iter().position(|other| other.id > letter.id);
            letters.insert(later.unwrap_or(letters.len()), letter);
        }
        letters
    }

    pub(super) fn draft(&self, room: RoomId) -> String {
        let kept = storage().and_then(|storage| storage.get_item(&self.room(room)).ok()?);
        kept.unwrap_or_default()
    }

    pub(super) fn keep_draft(&self, room: RoomId, text: &str) {
        put(&self.room(room), text);
    }

    fn letter(&self, id: ClientId) -> String {
        format!("{}{id}", self.outbox)
    }

    fn room(&self, id: RoomId) -> String {
        format!("{}{id}", self.drafts)
    }
}

/// Full or forbidden: what is written is still sent, only a reload would lose it.
fn put(key: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ =
            if text.is_empty() { storage.remove_item(key) } else { storage.set_item(key, text) };
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
