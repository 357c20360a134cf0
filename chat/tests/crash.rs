//! Nothing acked is lost, doubled or reordered by `kill -9`.
//!
//! The test starts itself again as a child: several people who send into several rooms as fast as the
//! acks let them, each telling every ack. Like an outbox, a sender sends what was not acked again under
//! the same id. The parent kills the child in the middle of it, looks at what the database holds, and
//! starts the next one on the same database.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

#[path = "suite/support/postgres.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the suite")]
mod postgres;
mod proof;

use chat::store::postgres::Postgres;
use chat::{Address, Chat, Identity, Token};
use proof::{Chance, Reader, guest, open_sqlite, say_aloud, text_to, whole_history};
use protocol::event::CreateRoom;
use protocol::{ClientId, Message, RoomId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use uuid::Uuid;

const ROUNDS: u64 = 10;
const ACKED: u64 = 20_000;
const SENDERS: usize = 4;
const ROOMS: usize = 3;
/// Messages that one sender has on the way: the kill hits many at each stage.
const UNACKED: usize = 48;

#[tokio::test]
async fn what_was_acked_survives_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    survives_kills(dir.path().join("chat.sqlite").to_str().unwrap(), ROUNDS, ACKED).await;
}

#[tokio::test]
async fn on_postgres_too() {
    let database = postgres::Database::new().await;
    survives_kills(&database.url(), ROUNDS / 5, ACKED / 5).await;
}

async fn survives_kills(database: &str, rounds: u64, least: u64) {
    let mut chance = Chance::new();
    let scene = Scene::new(database).await;
    let mut reader = Reader::of(scene.rooms.clone());
    // For each sender the first message that isn't known to be acked.
    let mut next = vec![0; SENDERS];
    let mut acked = BTreeMap::new();
    for round in 1..=rounds {
        let wanted = (least * round / rounds).saturating_sub(acked.len() as u64).max(1);
        let kill_after = wanted + chance.below(wanted);
        let told = scene.kill_while_sending(&next, kill_after);
        say_aloud(&format!(
            "round {round}: killed after {kill_after} acks, {} were told",
            told.len()
        ));
        for ack in told {
            next[ack.sender] = next[ack.sender].max(ack.number + 1);
            acked.insert((ack.sender, ack.number), ack);
        }
        let chat = open(database).await;
        scene.check(&chat, &mut reader, &acked).await;
        chat.close().await;
    }
    assert!(acked.len() as u64 >= least, "{} were acked", acked.len());
}

async fn open(database: &str) -> Chat {
    if database.starts_with("postgres:") {
        return proof::open(Arc::new(Postgres::open(database).await.unwrap()));
    }
    open_sqlite(Path::new(database)).await
}

#[derive(Debug, Clone, PartialEq)]
struct Ack {
    sender: usize,
    number: u64,
    id: String,
    seq: u64,
}

impl Ack {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix("acked ")?.strip_suffix('\n')?.split(' ');
        Some(Self {
            sender: words.next()?.parse().ok()?,
            number: words.next()?.parse().ok()?,
            id: words.next()?.to_owned(),
            seq: words.next()?.parse().ok()?,
        })
    }
}

/// The people and rooms, as the child is told of them.
struct Scene {
    database: String,
    tokens: Vec<Token>,
    rooms: Vec<RoomId>,
}

impl Scene {
    async fn new(database: &str) -> Self {
        let chat = open(database).await;
        let (mut tokens, mut people, mut rooms) = (Vec::new(), Vec::new(), Vec::new());
        for sender in 0..SENDERS {
            let signed_in = guest(&chat, &format!("Sender {sender}")).await;
            tokens.push(signed_in.token);
            people.push(signed_in.identity);
        }
        for room in 0..ROOMS {
            let ask = CreateRoom { name: format!("Room {room}"), ..CreateRoom::default() };
            rooms.push(chat.create_room(&people[0], &ask).await.unwrap().room.id);
        }
        for (who, room) in people.iter().flat_map(|who| rooms.iter().map(move |room| (who, room))) {
            chat.join(who, &room.to_string()).await.unwrap();
        }
        chat.close().await;
        Self { database: database.to_owned(), tokens, rooms }
    }

    fn child(&self, next: &[u64]) -> Child {
        let tokens: Vec<&str> = self.tokens.iter().map(Token::as_str).collect();
        let words = |words: Vec<String>| words.join(" ");
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_sends", "--ignored", "--nocapture"])
            .env("CRASH_DATABASE", &self.database)
            .env("CRASH_TOKENS", tokens.join(" "))
            .env("CRASH_ROOMS", words(self.rooms.iter().map(ToString::to_string).collect()))
            .env("CRASH_NEXT", words(next.iter().map(ToString::to_string).collect()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// What the child told before it died: acks that stood in the pipe by then count, too.
    fn kill_while_sending(&self, next: &[u64], kill_after: u64) -> Vec<Ack> {
        let mut child = self.child(next);
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut acks = Vec::new();
        let mut line = String::new();
        while lines.read_line(&mut line).unwrap() > 0 {
            acks.extend(Ack::parse(&line));
            if acks.len() as u64 == kill_after {
                child.kill().unwrap();
            }
            line.clear();
        }
        let status = child.wait().unwrap();
        assert!(acks.len() as u64 >= kill_after, "the child ended by itself: {status}");
        acks
    }

    async fn check(&self, chat: &Chat, reader: &mut Reader, acked: &BTreeMap<(usize, u64), Ack>) {
        let who = chat.authenticate(&self.tokens[0], Address::LOCAL).await.unwrap();
        reader.catch_up(chat, &who).await;
        let mut said: BTreeMap<(usize, u64), Message> = BTreeMap::new();
        for room in &self.rooms {
            let messages = whole_history(chat, &who, *room).await;
            self.check_room(chat, &who, *room, &messages).await;
            let synced: Vec<Message> = reader.rooms[room].messages.values().cloned().collect();
            assert!(messages == synced, "what was read before, and sync, make the whole");
            for message in messages {
                let twice = said.insert(numbers(&message.text), message);
                assert!(twice.is_none(), "said twice: {twice:?}");
            }
        }
        for (what, ack) in acked {
            let message = said.get(what).unwrap_or_else(|| panic!("acked and lost: {ack:?}"));
            assert_eq!((message.id.to_string(), message.seq), (ack.id.clone(), ack.seq));
        }
        for sender in 0..SENDERS {
            let numbers = said.keys().filter(|(by, _)| *by == sender).map(|(_, number)| *number);
            assert!(numbers.eq(0..numbers_of(&said, sender)), "sender {sender} has a gap");
        }
    }

    async fn check_room(&self, chat: &Chat, who: &Identity, room: RoomId, messages: &[Message]) {
        let revs: Vec<u64> = messages.iter().map(|message| message.rev).collect();
        assert!(revs.iter().copied().eq(1..=revs.len() as u64), "a gap in the revs of {room}");
        let view = chat.view(who, room).await.unwrap();
        assert_eq!((view.room.rev, view.room.last_seq), (revs.len() as u64, revs.len() as u64));
        for sender in 0..SENDERS {
            let said = messages.iter().map(|message| numbers(&message.text));
            let order: Vec<u64> =
                said.filter(|(by, _)| *by == sender).map(|(_, number)| number).collect();
            assert!(order.is_sorted(), "sender {sender} was reordered in {room}");
        }
        let ids: BTreeSet<_> = messages.iter().map(|message| message.id).collect();
        assert_eq!(ids.len(), messages.len());
    }
}

fn numbers_of(said: &BTreeMap<(usize, u64), Message>, sender: usize) -> u64 {
    said.keys().filter(|(by, _)| *by == sender).count() as u64
}

fn numbers(text: &str) -> (usize, u64) {
    let (sender, number) = text.split_once(' ').unwrap();
    (sender.parse().unwrap(), number.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the other tests start it as a process of its own"]
async fn child_that_sends() {
    let Ok(database) = std::env::var("CRASH_DATABASE") else { return };
    let words = |name| std::env::var(name).unwrap();
    let chat = open(&database).await;
    let rooms: Vec<RoomId> =
        words("CRASH_ROOMS").split(' ').map(|room| room.parse().unwrap()).collect();
    let mut sending = tokio::task::JoinSet::new();
    for (sender, (token, next)) in
        words("CRASH_TOKENS").split(' ').zip(words("CRASH_NEXT").split(' ')).enumerate()
    {
        let token = Token::from_text(token);
        let who = chat.authenticate(&token, Address::LOCAL).await.unwrap();
        sending.spawn(send_for_ever(
            chat.clone(),
            who,
            sender,
            next.parse().unwrap(),
            rooms.clone(),
        ));
    }
    sending.join_next().await.unwrap().unwrap();
}

async fn send_for_ever(chat: Chat, who: Identity, sender: usize, first: u64, rooms: Vec<RoomId>) {
    let mut waiting = VecDeque::new();
    for number in first.. {
        let id = ClientId(Uuid::from_u64_pair(sender as u64 + 1, number));
        let room = rooms[usize::try_from(number).unwrap() % rooms.len()];
        let send = text_to(room, id, &format!("{sender} {number}"));
        waiting.push_back((number, chat.send(&who, send).await.unwrap()));
        if waiting.len() == UNACKED {
            let (number, pending) = waiting.pop_front().unwrap();
            let message = pending.durable().await.unwrap().message;
            let line = format!("acked {sender} {number} {} {}\n", message.id, message.seq);
            // Past the test harness, and in one piece.
            let mut out = std::io::stdout().lock();
            out.write_all(line.as_bytes()).unwrap();
            out.flush().unwrap();
        }
    }
}
