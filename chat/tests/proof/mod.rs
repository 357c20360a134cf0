//! What the proofs have in common: a house to prove things of, chance that can be repeated, and a
//! reader who keeps up by `sync` alone.

#![allow(dead_code, reason = "each proof uses a part of it")]

pub(crate) mod million;

use chat::limits::Rates;
use chat::store::Store;
use chat::store::sqlite::{Durability, Sqlite};
use chat::{Address, Chat, Error, Identity, Secret, Settings, SignedIn};
use protocol::event::{self, History, Sent};
use protocol::{ApiError, ClientId, Message, MessageKind, Name, RoomId};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Opens the chat on a store, with a listener that takes in every announcement.
pub(crate) fn open(store: Arc<dyn Store>) -> Chat {
    let mut settings =
        Settings::new(Secret::new("a secret that is long enough for anyone").unwrap());
    settings.rates = Rates::none();
    let (chat, mut announcements) = Chat::open(store, settings);
    tokio::spawn(async move { while announcements.recv().await.is_some() {} });
    chat
}

pub(crate) async fn open_sqlite(path: &Path) -> Chat {
    open(Arc::new(Sqlite::open(path, Durability::Full).await.unwrap()))
}

pub(crate) async fn guest(chat: &Chat, name: &str) -> SignedIn {
    chat.sign_in_guest(&Name::parse(name).unwrap(), Address::LOCAL).await.unwrap()
}

pub(crate) fn text_to(room: RoomId, id: ClientId, text: &str) -> event::Send {
    event::Send {
        room: room.to_string(),
        id,
        text: text.to_owned(),
        kind: MessageKind::Text,
        reply_to: None,
    }
}

pub(crate) async fn say(
    chat: &Chat,
    who: &Identity,
    send: event::Send,
) -> Result<Message, ApiError> {
    let said: Result<Sent, Error> = async { chat.send(who, send).await?.durable().await }.await;
    said.map(|sent| sent.message).map_err(ApiError::from)
}

/// All that was said in a room, read page by page.
pub(crate) async fn whole_history(chat: &Chat, who: &Identity, room: RoomId) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    loop {
        let after = Some(messages.last().map_or(0, |message| message.seq));
        let ask = History { room: room.to_string(), before: None, after, limit: Some(100) };
        let page = chat.history(who, &ask).await.unwrap();
        messages.extend(page.messages);
        if !page.more {
            return messages;
        }
    }
}

/// What a client knows of the rooms, by asking `sync` alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reader {
    pub(crate) rooms: BTreeMap<RoomId, Known>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) rev: u64,
    pub(crate) messages: BTreeMap<u64, Message>,
}

impl Reader {
    pub(crate) fn of(rooms: impl IntoIterator<Item = RoomId>) -> Self {
        Self { rooms: rooms.into_iter().map(|room| (room, Known::default())).collect() }
    }

    /// Takes page after page until there is no more.
    pub(crate) async fn catch_up(&mut self, chat: &Chat, who: &Identity) {
        loop {
            let revs = self.rooms.iter().map(|(room, known)| (*room, known.rev)).collect();
            let synced = chat.sync(who, &event::Sync { rooms: revs }).await.unwrap();
            let mut complete = true;
            for (room, changes) in synced.rooms {
                let known = self.rooms.get_mut(&room).unwrap();
                let mut last = known.rev;
                for message in changes.messages {
                    assert!(
                        last < message.rev && message.rev <= changes.rev,
                        "sync is in order of rev"
                    );
                    last = message.rev;
                    known.messages.insert(message.seq, message);
                }
                known.rev = changes.rev;
                complete &= changes.complete;
            }
            if complete {
                return;
            }
        }
    }
}

/// Chance from a seed (splitmix64), so that a failure can be repeated.
pub(crate) struct Chance(u64);

impl Chance {
    /// The seed is taken from `BESEDA_SEED` or the clock, and is printed with the test's output.
    pub(crate) fn new() -> Self {
        let nanos = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
        let seed = std::env::var("BESEDA_SEED").ok().map(|seed| seed.parse().unwrap());
        let seed = seed.unwrap_or_else(|| u64::from(nanos()));
        say_aloud(&format!("the same again: BESEDA_SEED={seed}"));
        Self(seed)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

#[allow(clippy::print_stdout, reason = "the runner shows it when the test fails")]
pub(crate) fn say_aloud(text: &str) {
    println!("{text}");
}

/// Asks again and again until the answer is there.
pub(crate) async fn eventually<T>(
    what: &str,
    within: Duration,
    mut ask: impl AsyncFnMut() -> Option<T>,
) -> T {
    let end = Instant::now() + within;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < end, "not within {within:?}: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
