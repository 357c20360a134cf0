//! The outbox's place in the browser: a key for each message, so that two tabs don't overwrite each
//! other. A browser that keeps nothing (private mode) costs only what a reload would lose.

use super::outbox::Letter;
use protocol::{ClientId, UserId};

pub(super) struct LetterStorage {
    prefix: String,
}

impl LetterStorage {
    /// Each user of this browser has their own.
    pub(super) fn of(user: UserId) -> Self {
        Self { prefix: format!("beseda.outbox.{user}.") }
    }

    pub(super) fn keep(&self, letter: &Letter) {
        if let (Some(storage), Ok(json)) = (storage(), serde_json::to_string(letter)) {
            // Full or forbidden: the message is still sent, only a reload would lose it.
            let _ = storage.set_item(&self.key(letter.id), &json);
        }
    }

    pub(super) fn forget(&self, id: ClientId) {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(&self.key(id));
        }
    }

    /// What an earlier page left, in the order of writing: the ids begin with their time.
    pub(super) fn kept(&self, room: &str) -> Vec<Letter> {
        let Some(storage) = storage() else {
            return Vec::new();
        };
        let keys = (0..storage.length().unwrap_or_default())
            .filter_map(|index| storage.key(index).ok()?);
        let ours: Vec<String> = keys.filter(|key| key.starts_with(&self.prefix)).collect();
        let texts = ours.iter().filter_map(|key| storage.get_item(key).ok()?);
        let letters = texts.filter_map(|text| serde_json::from_str::<Letter>(&text).ok());
        let mut letters: Vec<Letter> = letters.filter(|letter| letter.room == room).collect();
        letters.sort_by_key(|letter| letter.id);
        letters
    }

    fn key(&self, id: ClientId) -> String {
        format!("{}{id}", self.prefix)
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
