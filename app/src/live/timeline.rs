//! A room's messages as this browser knows them. A pure reducer: an event in, a new state and perhaps
//! a wish out.

use protocol::event::{Changes, Joined, MessageChanged};
use protocol::{ApiError, ClientId, Message};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Messages of one author within this time share a header.
const TOGETHER_MS: i64 = 5 * 60 * 1_000;

#[derive(Debug, Clone, Default)]
pub struct Timeline {
    messages: BTreeMap<u64, Arc<Message>>,
    seqs: BTreeMap<ClientId, u64>,
    /// Own messages that the server hasn't confirmed, in the order of writing.
    drafts: Vec<Arc<Draft>>,
    /// Nothing up to here is missing.
    rev: u64,
    /// The latest change that anyone spoke of.
    heard: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub id: ClientId,
    pub text: String,
    pub refused: Option<ApiError>,
}

#[derive(Debug)]
pub enum Event {
    /// The room as the server sees it now.
    Opened(Box<Joined>),
    /// Fan-out: it may have been preceded by something that was lost.
    Changed(MessageChanged),
    /// The answer to an own message.
    Acked(Message),
    Synced(Changes),
    Written {
        id: ClientId,
        text: String,
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
}

/// What the reducer asks the driver to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Wish {
    Nothing,
    /// Ask the server for everything since this `rev`.
    Sync {
        since: u64,
    },
}

/// A row of the list: a message, or one on its way.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    Said { message: Arc<Message>, first: bool },
    Draft(Arc<Draft>),
}

impl Timeline {
    pub fn apply(&mut self, event: Event) -> Wish {
        match event {
            Event::Opened(joined) => self.open(*joined),
            Event::Changed(changed) => self.changed(changed),
            Event::Acked(message) => {
                // No gap is looked for: the fan-out of what came before may still be on its way.
                if message.rev == self.rev + 1 {
                    self.rev = message.rev;
                }
                self.put(message);
                Wish::Nothing
            }
            Event::Synced(changes) => self.synced(changes),
            Event::Written { id, text } => {
                if !self.seqs.contains_key(&id) && self.draft(id).is_none() {
                    self.drafts.push(Arc::new(Draft { id, text, refused: None }));
                }
                Wish::Nothing
            }
            Event::Refused { id, error } => self.mark(id, Some(error)),
            Event::Retried { id } => self.mark(id, None),
            Event::Withdrawn { id } => {
                self.drafts.retain(|draft| draft.id != id);
                Wish::Nothing
            }
        }
    }

    pub fn rev(&self) -> u64 {
        self.rev
    }

    pub fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.drafts.is_empty()
    }

    /// The rows' keys in their order. The client id is the key, so that a row stays the same element
    /// when the server confirms it.
    pub fn keys(&self) -> Vec<ClientId> {
        let said = self.messages.values().map(|message| message.client_id);
        said.chain(self.drafts.iter().map(|draft| draft.id)).collect()
    }

    pub fn row(&self, key: ClientId) -> Option<Row> {
        match self.seqs.get(&key) {
            Some(seq) => {
                let message = Arc::clone(self.messages.get(seq)?);
                let before = self.messages.range(..seq).next_back().map(|(_, before)| before);
                let first = before.is_none_or(|before| {
                    before.user.id != message.user.id || message.at - before.at > TOGETHER_MS
                });
                Some(Row::Said { message, first })
            }
            None => self.draft(key).map(|draft| Row::Draft(Arc::clone(draft))),
        }
    }

    fn draft(&self, id: ClientId) -> Option<&Arc<Draft>> {
        self.drafts.iter().find(|draft| draft.id == id)
    }

    /// The last page is whole; what is older than it and known already stays.
    fn open(&mut self, joined: Joined) -> Wish {
        let fresh = self.messages.is_empty();
        for message in joined.messages {
            self.put(message);
        }
        if fresh {
            self.rev = joined.rev;
            return Wish::Nothing;
        }
        self.behind(joined.rev)
    }

    fn changed(&mut self, changed: MessageChanged) -> Wish {
        self.put(changed.message);
        if changed.rev == self.rev + 1 {
            self.rev = changed.rev;
        }
        self.behind(changed.rev)
    }

    fn synced(&mut self, changes: Changes) -> Wish {
        let before = self.rev;
        for message in changes.messages {
            self.put(message);
        }
        self.rev = self.rev.max(changes.rev);
        // An answer that brings nothing new ends it: asking once more would bring nothing either.
        if self.rev > before {
            self.behind(self.rev + u64::from(!changes.complete))
        } else {
            Wish::Nothing
        }
    }

    fn behind(&mut self, heard: u64) -> Wish {
        self.heard = self.heard.max(heard);
        if self.heard > self.rev { Wish::Sync { since: self.rev } } else { Wish::Nothing }
    }

    /// The latest change of a message wins, however they arrive.
    fn put(&mut self, message: Message) {
        self.drafts.retain(|draft| draft.id != message.client_id);
        let known = self.messages.get(&message.seq);
        if known.is_none_or(|known| known.rev <= message.rev) {
            self.seqs.insert(message.client_id, message.seq);
            self.messages.insert(message.seq, Arc::new(message));
        }
    }

    fn mark(&mut self, id: ClientId, refused: Option<ApiError>) -> Wish {
        if let Some(draft) = self.drafts.iter_mut().find(|draft| draft.id == id) {
            *draft = Arc::new(Draft { refused, ..(**draft).clone() });
        }
        Wish::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{MessageId, MessageKind, Role, RoomId, User, UserId};
    use uuid::Uuid;

    const ROOM: RoomId = RoomId(Uuid::from_u128(1));

    fn client(number: u64) -> ClientId {
        ClientId(Uuid::from_u128(1_000 + u128::from(number)))
    }

    fn message(seq: u64) -> Message {
        Message {
            id: MessageId(Uuid::from_u128(u128::from(seq))),
            room: ROOM,
            seq,
            rev: seq,
            client_id: client(seq),
            user: User::new(UserId(Uuid::from_u128(7)), "Anna".into(), Role::Guest),
            kind: MessageKind::Text,
            text: format!("message {seq}"),
            at: 0,
        }
    }

    fn changed(seq: u64) -> Event {
        Event::Changed(MessageChanged { room: ROOM, rev: seq, message: message(seq) })
    }

    fn synced(revs: std::ops::RangeInclusive<u64>, complete: bool) -> Event {
        let rev = *revs.end();
        Event::Synced(Changes { messages: revs.map(message).collect(), rev, complete })
    }

    fn keys(timeline: &Timeline) -> Vec<ClientId> {
        timeline.keys()
    }

    #[test]
    fn a_gap_asks_for_what_is_missing() {
        let mut timeline = Timeline::default();
        assert_eq!(timeline.apply(changed(1)), Wish::Nothing);
        assert_eq!(timeline.apply(changed(4)), Wish::Sync { since: 1 });
        assert_eq!(timeline.apply(synced(2..=3, false)), Wish::Sync { since: 3 });
        assert_eq!(timeline.apply(synced(4..=4, true)), Wish::Nothing);
        assert_eq!(keys(&timeline), (1..=4).map(client).collect::<Vec<_>>());
        assert_eq!(timeline.rev(), 4);
    }

    #[test]
    fn whatever_is_lost_or_overtaken_sync_makes_it_whole() {
        // Every subset of six changes arrives, in both directions; then one sync.
        for arrived in 0_u64..64 {
            for backwards in [false, true] {
                let mut timeline = Timeline::default();
                let mut seqs: Vec<u64> =
                    (1..=6).filter(|seq| arrived & (1 << (seq - 1)) != 0).collect();
                if backwards {
                    seqs.reverse();
                }
                for seq in seqs {
                    timeline.apply(changed(seq));
                }
                let since = timeline.rev();
                timeline.apply(synced(since + 1..=6, true));
                assert_eq!(keys(&timeline), (1..=6).map(client).collect::<Vec<_>>(), "{arrived:b}");
            }
        }
    }

    #[test]
    fn a_gap_that_opens_during_a_sync_is_not_forgotten() {
        let mut timeline = Timeline::default();
        timeline.apply(changed(1));
        assert_eq!(timeline.apply(changed(3)), Wish::Sync { since: 1 });
        timeline.apply(changed(5));
        assert_eq!(timeline.apply(synced(2..=3, true)), Wish::Sync { since: 3 });
        assert_eq!(timeline.apply(synced(4..=5, true)), Wish::Nothing);
    }

    #[test]
    fn an_own_message_keeps_its_row() {
        let mut timeline = Timeline::default();
        timeline.apply(Event::Written { id: client(1), text: "message 1".into() });
        assert!(matches!(timeline.row(client(1)), Some(Row::Draft(_))));
        timeline.apply(Event::Acked(message(1)));
        timeline.apply(changed(1));
        assert_eq!(keys(&timeline), [client(1)]);
        assert!(matches!(timeline.row(client(1)), Some(Row::Said { .. })));
        // A draft that an older tab kept: it was said long ago.
        timeline.apply(Event::Written { id: client(1), text: "message 1".into() });
        assert_eq!(keys(&timeline), [client(1)]);
    }

    #[test]
    fn a_refused_message_stays_until_it_is_withdrawn() {
        let mut timeline = Timeline::default();
        timeline.apply(Event::Written { id: client(1), text: "x".into() });
        timeline.apply(Event::Refused { id: client(1), error: ApiError::internal() });
        assert!(
            matches!(timeline.row(client(1)), Some(Row::Draft(draft)) if draft.refused.is_some())
        );
        timeline.apply(Event::Retried { id: client(1) });
        assert!(
            matches!(timeline.row(client(1)), Some(Row::Draft(draft)) if draft.refused.is_none())
        );
        timeline.apply(Event::Withdrawn { id: client(1) });
        assert!(timeline.is_empty());
    }

    #[test]
    fn an_older_version_of_a_message_does_not_overwrite_a_newer_one() {
        let mut timeline = Timeline::default();
        timeline.apply(changed(1));
        let edited = Message { rev: 2, text: "edited".into(), ..message(1) };
        timeline.apply(Event::Changed(MessageChanged { room: ROOM, rev: 2, message: edited }));
        timeline.apply(changed(1));
        let Some(Row::Said { message, .. }) = timeline.row(client(1)) else {
            panic!("the row is gone")
        };
        assert_eq!(message.text, "edited");
    }
}
