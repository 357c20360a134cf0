//! What the user has written and the server has not yet confirmed. One message at a time is on its
//! way in each room, so that they arrive in the order of writing; the client id makes sending again
//! harmless.

use protocol::{ClientId, MessageId, RoomId};
use serde::{Deserialize, Serialize};

/// A page may find letters of an older one: a new field needs a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    pub id: ClientId,
    pub room: RoomId,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
}

#[derive(Debug, Default)]
pub struct Outbox {
    waiting: Vec<Letter>,
    /// Those of them that are on their way.
    sent: Vec<ClientId>,
}

impl Outbox {
    pub fn push(&mut self, letter: Letter) {
        if self.waiting.iter().all(|other| other.id != letter.id) {
            self.waiting.push(letter);
        }
    }

    /// The next message to send, of a room where none is on its way.
    pub fn next_to_send(&mut self) -> Option<Letter> {
        let busy =
            |room| self.waiting.iter().any(|other| other.room == room && self.is_sent(other));
        let letter = self.waiting.iter().find(|letter| !busy(letter.room))?.clone();
        self.sent.push(letter.id);
        Some(letter)
    }

    /// The server answered for good, or the user took it back.
    pub fn remove(&mut self, id: ClientId) {
        self.waiting.retain(|letter| letter.id != id);
        self.unanswered(id);
    }

    /// No answer came: it is sent again.
    pub fn unanswered(&mut self, id: ClientId) {
        self.sent.retain(|sent| *sent != id);
    }

    fn is_sent(&self, letter: &Letter) -> bool {
        self.sent.contains(&letter.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn letter(number: u128) -> Letter {
        Letter {
            id: ClientId(Uuid::from_u128(number)),
            room: RoomId(Uuid::from_u128(number / 10)),
            text: number.to_string(),
            reply_to: None,
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
    fn no_room_waits_for_another() {
        let mut outbox = Outbox::default();
        for number in [11, 12, 21, 22] {
            outbox.push(letter(number));
        }
        assert_eq!(outbox.next_to_send(), Some(letter(11)));
        assert_eq!(outbox.next_to_send(), Some(letter(21)));
        assert_eq!(outbox.next_to_send(), None);
        outbox.remove(letter(21).id);
        assert_eq!(outbox.next_to_send(), Some(letter(22)));
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

    #[test]
    fn a_letter_of_an_older_page_is_read() {
        let id = "018f0000-0000-7000-8000-000000000001";
        let kept = format!(r#"{{"id":"{id}","room":"{id}","text":"hello"}}"#);
        let letter: Letter = serde_json::from_str(&kept).unwrap();
        assert_eq!((letter.room.to_string().as_str(), letter.reply_to), (id, None));
        assert_eq!(serde_json::to_string(&letter).unwrap(), kept);
    }
}
