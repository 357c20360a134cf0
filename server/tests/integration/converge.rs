//! Several clients say, change and take back things at random while their connections are cut at random.
//! In the end each of them, by what it heard and one `sync`, knows what a newcomer is told; and what was
//! acknowledged is there exactly once.

use crate::dice::Dice;
use crate::house::{House, Person, sign_in};
use protocol::event::{Joined, MessageChanged, Page, Sent, Synced};
use protocol::{ApiError, ClientId, ErrorCode, Message, MessageId, RoomId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

const CLIENTS: u64 = 5;
const STEPS: usize = 60;

/// What a client has heard of the room.
#[derive(Default)]
struct Heard {
    messages: BTreeMap<MessageId, Message>,
    revs: BTreeSet<u64>,
}

impl Heard {
    fn take(&mut self, message: Message) {
        self.revs.insert(message.rev);
        let known = self.messages.get(&message.id).is_some_and(|known| known.rev >= message.rev);
        if !known {
            self.messages.insert(message.id, message);
        }
    }

    /// Up to which `rev` nothing is missing.
    fn complete(&self) -> u64 {
        let last = self.revs.last().copied().unwrap_or_default();
        (1..=last).take_while(|rev| self.revs.contains(rev)).last().unwrap_or_default()
    }
}

struct Talker {
    person: Person,
    room: RoomId,
    heard: Arc<Mutex<Heard>>,
    dice: Dice,
    mine: Vec<MessageId>,
    acked: Vec<ClientId>,
}

impl Talker {
    async fn start(house: &House, name: &str, seed: u64) -> Self {
        let token = sign_in(&house.url, name).await;
        let person = Person::connect(&house.url, &token);
        let room = person.join().await.room.id;
        let heard = Arc::<Mutex<Heard>>::default();
        let listening = Arc::clone(&heard);
        let mut messages = person.chat.stream("message");
        tokio::spawn(async move {
            while let Some(changed) = Some(messages.next().await.get::<MessageChanged>(0).unwrap())
            {
                listening.lock().unwrap().take(changed.message);
            }
        });
        Self { person, room, heard, dice: Dice::new(seed), mine: Vec::new(), acked: Vec::new() }
    }

    async fn talk(mut self) -> Self {
        for step in 0..STEPS {
            match self.dice.roll(10) {
                0..5 => self.say(step).await,
                5..7 => self.change("edit-message", &format!("edited at {step}")).await,
                7 => self.change("delete-message", "").await,
                _ => self.person.client.drop_connection(),
            }
        }
        self
    }

    /// Until an answer comes, under the same id.
    async fn say(&mut self, step: usize) {
        let id = ClientId(Uuid::now_v7());
        let message = json!({ "room": self.room, "id": id, "text": format!("said at {step}") });
        // A cut in the middle of it, now and then.
        let cut = self.dice.roll(3) == 0;
        let sent: Sent = self.insist("message", &message, cut).await.unwrap();
        assert_eq!(sent.message.client_id, id);
        self.mine.push(sent.message.id);
        self.acked.push(id);
    }

    async fn change(&mut self, event: &str, text: &str) {
        if self.mine.is_empty() {
            return;
        }
        let message = self.mine[self.dice.roll(self.mine.len())];
        let ask = json!({ "room": self.room, "message": message, "text": text });
        let changed: Result<Sent, ApiError> = self.insist(event, &ask, false).await;
        // It was deleted before, perhaps.
        assert!(changed.is_ok_and(|sent| sent.message.id == message) || event == "edit-message");
    }

    async fn insist<T: serde::de::DeserializeOwned>(
        &self,
        event: &str,
        payload: &Value,
        cut: bool,
    ) -> Result<T, ApiError> {
        let first = self.person.chat.event(event).emit_with_ack::<Value>(payload);
        if cut {
            self.person.client.drop_connection();
        }
        let mut answer = first.await;
        loop {
            match answer {
                Ok(answer) => return protocol::reply::read(&answer.to_string()),
                Err(_) => {
                    answer = self.person.chat.event(event).emit_with_ack::<Value>(payload).await;
                }
            }
        }
    }

    /// What one knows after the room was entered anew and synced.
    async fn knows(&self) -> BTreeMap<MessageId, Message> {
        let _: Joined =
            self.insist("join-room", &json!({ "room": self.room }), false).await.unwrap();
        loop {
            let since = self.heard.lock().unwrap().complete();
            let ask = json!({ "rooms": { self.room.to_string(): since } });
            let mut synced: Synced = self.insist("sync", &ask, false).await.unwrap();
            let changes = synced.rooms.remove(&self.room).unwrap();
            let mut heard = self.heard.lock().unwrap();
            // A page of changes has no gaps but those that later changes of the same message leave.
            heard.revs.extend(since + 1..=changes.rev);
            changes.messages.into_iter().for_each(|message| heard.take(message));
            if changes.complete {
                return heard.messages.clone();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_any_cuts_everyone_agrees_and_every_ack_is_kept_exactly_once() {
    let seed = Dice::seed();
    let house = House::open().await;
    let mut talking = Vec::new();
    for number in 0..CLIENTS {
        let talker = Talker::start(&house, &format!("Talker {number}"), seed + 2 * number).await;
        talking.push(tokio::spawn(talker.talk()));
    }
    let mut talkers = Vec::new();
    for one in talking {
        talkers.push(one.await.unwrap());
    }

    let fresh = house.person("Newcomer").await;
    fresh.join().await;
    let mut truth = BTreeMap::new();
    let mut after = 0;
    loop {
        let ask = json!({ "room": "general", "after": after, "limit": 100 });
        let page: Page = fresh.ask("history", &ask).await.unwrap();
        after = page.messages.last().map_or(after, |message| message.seq);
        truth.extend(page.messages.into_iter().map(|message| (message.id, message)));
        if !page.more {
            break;
        }
    }
    let mut acked: Vec<ClientId> = Vec::new();
    for talker in &talkers {
        assert_eq!(talker.knows().await, truth);
        acked.extend(&talker.acked);
    }
    let mut kept: Vec<ClientId> = truth.values().map(|message| message.client_id).collect();
    kept.sort_unstable();
    acked.sort_unstable();
    assert_eq!(kept, acked);
    house.close().await;
}

#[tokio::test]
async fn an_id_that_was_used_for_another_text_is_a_conflict() {
    let house = House::open().await;
    let anna = house.person("Anna").await;
    anna.join().await;
    let id = ClientId(Uuid::now_v7());
    let say = |text: &str| json!({ "room": "general", "id": id, "text": text });
    anna.send(&say("one")).await.unwrap();
    assert_eq!(anna.send(&say("two")).await.unwrap_err().code, ErrorCode::Conflict);
    house.close().await;
}
