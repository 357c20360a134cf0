//! What the user has written and the server has not yet confirmed. One message at a time is on its
//! way, so that they arrive in the order of writing; the client id makes sending again harmless.

use protocol::ClientId;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    pub id: ClientId,
    pub room: String,
    pub text: String,
}

#[derive(Debug, Default)]
pub struct Outbox {
    waiting: VecDeque<Letter>,
    /// Which message is on its way, if one is.
    sent: Option<ClientId>,
}

impl Outbox {
    pub fn push(&mut self, letter: Letter) {
        if self.waiting.iter().all(|other| other.id != letter.id) {
            self.waiting.push_back(letter);
        }
    }

    /// The next message to send, unless one is on its way.
    pub fn next_to_send(&mut self) -> Option<Letter> {
        if self.sent.is_some() {
            return None;
        }
        let letter = self.waiting.front()?.clone();
        self.sent = Some(letter.id);
        Some(letter)
    }

    /// The server answered for good, or the user took it back.
    pub fn remove(&mut self, id: ClientId) {
        self.waiting.retain(|letter| letter.id != id);
        if self.sent == Some(id) {
            self.sent = None;
        }
    }

    /// No answer came: it is sent again.
    pub fn unanswered(&mut self, id: ClientId) {
        if self.sent == Some(id) {
            self.sent = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn letter(number: u128) -> Letter {
        Letter {
            id: ClientId(Uuid::from_u128(number)),
            room: "general".into(),
            text: number.to_string(),
        }
    }

    #[test]
    fn one_at_a_time_in_order() {
        let mut outbox = Outbox::default();
        outbox.push(letter(1));
        outbox.push(letter(2));
        outbox.push(letter(1));
        assert_eq!(outbox.next_to_send(), Some(letter(1)));
        assert_eq!(outbox.next_to_send(), None);
        outbox.remove(letter(1).id);
        assert_eq!(outbox.next_to_send(), Some(letter(2)));
        outbox.remove(letter(2).id);
        assert_eq!(outbox.next_to_send(), None);
    }

    #[test]
    fn without_an_answer_the_same_message_is_sent_again() {
        let mut outbox = Outbox::default();
        outbox.push(letter(1));
        outbox.push(letter(2));
        outbox.next_to_send();
        outbox.unanswered(letter(1).id);
        // An answer of an older attempt changes nothing for the one that is on its way now.
        outbox.unanswered(letter(2).id);
        assert_eq!(outbox.next_to_send(), Some(letter(1)));
    }
}
