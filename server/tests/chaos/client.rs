//! A client as one should be written: what it sends it sends again until it is answered, under one id; what it
//! missed it asks for. It writes down what it was told.

use protocol::event::{Joined, MessageChanged, Sent, Synced};
use protocol::{ApiError, ClientId, ErrorCode, Message, MessageId, RoomId, reply};
use reqwest::ClientBuilder;
use reqwest::header::{ACCEPT, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use socketio_client::{Change, Client, Namespace, Transport};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use uuid::Uuid;

/// Then the connection is as good as lost.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const GIVES_UP_AFTER: Duration = Duration::from_secs(45);
const AGAIN_AFTER: Duration = Duration::from_millis(100);
/// A change that is missing may only have been overtaken.
const GAP_AFTER: Duration = Duration::from_millis(500);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Polling,
    WebSocket,
    /// First the one, then the other.
    Both,
}

pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) client: Client,
    pub(crate) chat: Namespace,
    pub(crate) story: Story,
    tasks: Vec<JoinHandle<()>>,
}

/// Shared by whoever listens and whoever talks.
#[derive(Clone, Default)]
pub(crate) struct Story(Arc<Mutex<Told>>);

/// What a client was told.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) rooms: BTreeMap<RoomId, Known>,
    /// Each acked change: where, which message, and the `rev` that it got.
    pub(crate) acked: Vec<(RoomId, MessageId, u64)>,
    /// What was said and acked, in the order of saying.
    pub(crate) said: Vec<(RoomId, ClientId, u64)>,
    /// When something came that shows that all is well: an answer or a delivery.
    pub(crate) signs: Vec<Instant>,
    pub(crate) overtaken: usize,
    pub(crate) syncs: usize,
    pub(crate) connects: usize,
}

/// A room as a client knows it.
#[derive(Default, Clone)]
pub(crate) struct Known {
    pub(crate) messages: BTreeMap<MessageId, Message>,
    /// Up to here nothing is missing.
    pub(crate) complete: u64,
    ahead: BTreeSet<u64>,
}

impl Known {
    fn take(&mut self, message: Message) {
        self.ahead.insert(message.rev);
        let old = self.messages.get(&message.id).is_some_and(|known| known.rev >= message.rev);
        if !old {
            self.messages.insert(message.id, message);
        }
        self.advance(self.complete);
    }

    fn advance(&mut self, to: u64) {
        self.complete = self.complete.max(to);
        while let Some(first) = self.ahead.first().copied() {
            if first > self.complete + 1 {
                return;
            }
            self.complete = self.complete.max(first);
            self.ahead.pop_first();
        }
    }

    pub(crate) fn has_gap(&self) -> bool {
        !self.ahead.is_empty()
    }
}

impl Story {
    pub(crate) fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap()
    }

    fn heard(&self, changed: MessageChanged) {
        let mut told = self.told();
        told.signs.push(Instant::now());
        let room = told.rooms.entry(changed.room).or_default();
        let overtaken = changed.rev < room.ahead.last().copied().unwrap_or_default();
        room.take(changed.message);
        told.overtaken += usize::from(overtaken);
    }
}

impl Person {
    /// Comes in as a guest.
    pub(crate) async fn come(url: &str, name: &str, by: By) -> Self {
        let token = sign_in(url, name).await;
        Self::connect(url, name, &token, by)
    }

    pub(crate) fn connect(url: &str, name: &str, token: &str, by: By) -> Self {
        let builder = Client::builder(url)
            .reconnection_delay(Duration::from_millis(100), Duration::from_secs(1))
            .timeout(Duration::from_secs(5));
        let builder = match by {
            By::Polling => builder.transports(&[Transport::Polling]),
            By::WebSocket => builder.transports(&[Transport::WebSocket]),
            By::Both => builder.transports(&[Transport::Polling, Transport::WebSocket]),
        };
        let (client, chat) = builder.connect_to("/chat", &json!({ "token": token })).unwrap();
        let story = Story::default();
        let mut messages = chat.stream("message");
        let listening = story.clone();
        let listen = tokio::spawn(async move {
            loop {
                listening.heard(messages.next().await.get(0).unwrap());
            }
        });
        let keep = tokio::spawn(keep_up(client.clone(), chat.clone(), story.clone()));
        let tasks = vec![listen, keep];
        Self { name: name.to_owned(), client, chat, story, tasks }
    }

    pub(crate) async fn join(&self, room: &str) -> RoomId {
        let joined: Joined =
            insist(&self.chat, "join-room", &json!({ "room": room })).await.unwrap();
        self.story.told().rooms.entry(joined.room.id).or_default();
        joined.room.id
    }

    pub(crate) async fn say(&self, room: RoomId, text: &str) -> Message {
        let id = ClientId(Uuid::now_v7());
        let message = json!({ "room": room, "id": id, "text": text });
        let sent: Sent = insist(&self.chat, "message", &message).await.unwrap();
        assert_eq!(sent.message.client_id, id);
        self.story.told().said.push((room, id, sent.message.seq));
        self.acked(&sent.message);
        sent.message
    }

    /// `edit-message` or `delete-message`. Whether it was done: one that is sent again may find the message gone.
    pub(crate) async fn change(&self, event: &str, message: &Message, text: &str) -> bool {
        let ask = json!({ "room": message.room, "message": message.id, "text": text });
        let changed: Result<Sent, ApiError> = insist(&self.chat, event, &ask).await;
        if let Ok(changed) = &changed {
            self.acked(&changed.message);
        }
        changed.is_ok()
    }

    fn acked(&self, message: &Message) {
        let mut told = self.story.told();
        told.signs.push(Instant::now());
        told.acked.push((message.room, message.id, message.rev));
    }

    pub(crate) async fn ask<T: DeserializeOwned>(&self, event: &str, payload: &Value) -> T {
        insist(&self.chat, event, payload).await.unwrap()
    }

    pub(crate) fn leave(&self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        self.client.close();
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Comes back when it was put out, and asks for what is missing: after each return, and where a gap stays.
async fn keep_up(client: Client, chat: Namespace, story: Story) {
    let mut changes = client.changes();
    let mut gap_since = None;
    loop {
        let change = tokio::time::timeout(AGAIN_AFTER, changes.next()).await;
        let came_back = match change {
            Ok(Change::Connect { .. }) => {
                story.told().connects += 1;
                true
            }
            Ok(change) if is_out(&change) => {
                sleep(AGAIN_AFTER).await;
                chat.connect();
                false
            }
            _ => false,
        };
        let gap = story.told().rooms.values().any(Known::has_gap);
        gap_since = gap.then(|| gap_since.unwrap_or_else(Instant::now));
        if came_back || gap_since.is_some_and(|since| since.elapsed() > GAP_AFTER) {
            sync(&chat, &story).await;
            gap_since = None;
        }
    }
}

/// Whether the client stays out unless someone asks for more.
fn is_out(change: &Change) -> bool {
    match change {
        Change::ConnectError { refused, .. } => *refused,
        Change::Disconnect { reason, .. } => !reason.returns(),
        _ => false,
    }
}

async fn sync(chat: &Namespace, story: &Story) {
    loop {
        let known: BTreeMap<String, u64> = {
            let mut told = story.told();
            told.syncs += 1;
            told.rooms.iter().map(|(room, known)| (room.to_string(), known.complete)).collect()
        };
        if known.is_empty() {
            return;
        }
        let synced: Synced = insist(chat, "sync", &json!({ "rooms": known })).await.unwrap();
        let mut complete = true;
        let mut told = story.told();
        for (id, changes) in synced.rooms {
            let room = told.rooms.entry(id).or_default();
            changes.messages.into_iter().for_each(|message| room.take(message));
            room.advance(changes.rev);
            complete &= changes.complete;
        }
        if complete {
            return;
        }
    }
}

/// Until there is an answer that is one; nothing that goes wrong lasts longer than [`GIVES_UP_AFTER`].
async fn insist<T: DeserializeOwned>(
    chat: &Namespace,
    event: &str,
    payload: &Value,
) -> Result<T, ApiError> {
    let begun = Instant::now();
    loop {
        assert!(begun.elapsed() < GIVES_UP_AFTER, "no answer to {event}: {payload}");
        let answer = chat.event(event).timeout(ANSWER_WITHIN).emit_with_ack::<Value>(payload).await;
        match answer.map(|answer| reply::read(&answer.to_string())) {
            Ok(Err(error)) if error.code == ErrorCode::Unavailable => {
                sleep(error.retry_after.map_or(AGAIN_AFTER, Duration::from_millis)).await;
            }
            Ok(answer) => return answer,
            Err(_) => sleep(AGAIN_AFTER).await,
        }
    }
}

/// Returns the session's token.
pub(crate) async fn sign_in(url: &str, name: &str) -> String {
    sign_in_by(reqwest::Client::builder(), url, name).await
}

pub(crate) async fn sign_in_by(http: ClientBuilder, url: &str, name: &str) -> String {
    let http = http.redirect(Policy::none()).build().unwrap();
    let form = http.post(format!("{url}/forms/sign-in")).form(&[("name", name)]);
    let response = form.header(ACCEPT, "text/html").header(ORIGIN, url).send().await.unwrap();
    let mut cookies = response.headers().get_all(SET_COOKIE).iter();
    let token = cookies.find_map(|cookie| cookie.to_str().unwrap().strip_prefix("beseda_session="));
    let token = token.unwrap_or_else(|| panic!("no session: {response:?}"));
    token.split(';').next().unwrap().to_owned()
}
