//! What sending, reading and searching cost: `make bench-store`.
//!
//! Durable sends: so many senders, each of whom waits for the ack of a message before sending the next.
//! Beside them, in the same run and on the same disk, what one would write first: a transaction for
//! each message. Then reading and searching where a million messages are.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark ends at the first surprise, and prints"
)]

#[path = "../tests/proof/mod.rs"]
mod proof;

use chat::store::Search as _;
use chat::store::sqlite::{Durability, Sqlite};
use chat::{Chat, Identity};
use proof::million::{self, CHINESE, COMMON, Crowd, RARE};
use proof::{guest, open_sqlite, text_to};
use protocol::event::{History, Search, Sync};
use protocol::{ClientId, RoomId};
use sqlx::{Connection as _, Executor as _};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};
use uuid::Uuid;

const SENDING: Duration = Duration::from_secs(5);
const ROOMS: usize = 4;
const MESSAGES: usize = 1_000_000;
const READINGS: usize = 1_000;
const COLUMNS: &str = "  per second     p50 ms     p99 ms     max ms  µs of CPU";

#[tokio::main]
async fn main() {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    println!("disk: {}, {} fsyncs/s of 4 KiB", filesystem(dir.path()), fsyncs(dir.path()));
    println!("cores: {}\n", std::thread::available_parallelism().unwrap());
    let only: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |what: &str| only.is_empty() || only.iter().any(|word| word == what);
    if wanted("sends") {
        sends(dir.path()).await;
    }
    if wanted("reads") {
        reads(dir.path()).await;
    }
}

async fn sends(dir: &Path) {
    println!("{:<34} {COLUMNS}", "durable sends, synchronous=FULL");
    let plain = one_transaction_each(&dir.join("plain.sqlite")).await;
    plain.line("a transaction for each");
    for senders in [1, 16, 64] {
        let taken = sending(&dir.join(format!("{senders}.sqlite")), senders).await;
        taken.line(&format!("{senders} senders"));
        println!("{:<34} {:>12.1} times as many", "", taken.per_second() / plain.per_second());
    }
    println!();
}

/// On the same schema, in one loop without anything around it.
async fn one_transaction_each(database: &Path) -> Times {
    let chat = open_sqlite(database).await;
    let crowd = million::crowd(&chat, 1, 1).await;
    chat.close().await;
    let mut connection = million::connect(database).await;
    let mut times = Times::begin();
    for seq in 1_i64.. {
        let began = Instant::now();
        let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let insert = "INSERT INTO messages (room_id, seq, rev, id, author_id, client_id, kind, text, at) \
                      VALUES ($1, $2, $2, $3, $4, $5, 'text', $6, 0)";
        let insert = sqlx::query(insert)
            .bind(crowd.rooms[0].0)
            .bind(seq)
            .bind(Uuid::now_v7())
            .bind(crowd.users[0].0)
            .bind(Uuid::now_v7())
            .bind(format!("message {seq}, as long as they are"));
        tx.execute(insert).await.unwrap();
        let update = sqlx::query("UPDATE rooms SET rev = $2, last_seq = $2 WHERE id = $1");
        tx.execute(update.bind(crowd.rooms[0].0).bind(seq)).await.unwrap();
        tx.commit().await.unwrap();
        times.took(began);
        if times.is_over() {
            break;
        }
    }
    times.end()
}

async fn sending(database: &Path, senders: usize) -> Times {
    let chat = open_sqlite(database).await;
    let crowd = million::crowd(&chat, 1, ROOMS).await;
    let mut people = Vec::new();
    for number in 0..senders {
        let who = guest(&chat, &format!("Sender {number}")).await.identity;
        let room = crowd.rooms[number % ROOMS];
        chat.join(&who, &room.to_string()).await.unwrap();
        people.push((who, room));
    }
    let mut all = Times::begin();
    let tasks: Vec<_> = people
        .into_iter()
        .map(|(who, room)| tokio::spawn(sender(chat.clone(), who, room)))
        .collect();
    for task in tasks {
        all.add(task.await.unwrap());
    }
    let all = all.end();
    chat.close().await;
    all
}

async fn sender(chat: Chat, who: Identity, room: RoomId) -> Times {
    let mut times = Times::begin();
    while !times.is_over() {
        let text = format!("message {}, as long as they are", times.each.len());
        let began = Instant::now();
        let send = text_to(room, ClientId(Uuid::now_v7()), &text);
        chat.send(&who, send).await.unwrap().durable().await.unwrap();
        times.took(began);
    }
    times
}

async fn reads(dir: &Path) {
    let database = dir.join("million.sqlite");
    let began = Instant::now();
    let chat = open_sqlite(&database).await;
    let crowd = million::crowd(&chat, 50, 20).await;
    chat.close().await;
    million::fill(&database, &crowd, MESSAGES).await;
    println!("filled with {MESSAGES} messages in {:.1} s", began.elapsed().as_secs_f64());
    index(&database).await;
    let size = std::fs::metadata(&database).unwrap().len();
    println!("the database has {} MB\n", size / 1_000_000);
    let chat = open_sqlite(&database).await;
    let who = reader(&chat, &crowd).await;
    println!("{:<34} {COLUMNS}", format!("at {MESSAGES} messages"));
    read_pages(&chat, &who, &crowd).await;
    for (what, query, room) in
        [("a common word", COMMON, 0), ("a rare word", RARE, 11), ("a Chinese word", CHINESE, 7)]
    {
        let ask = |_| Search { query: query.into(), room: None, before: None, limit: None };
        search(&chat, &who, &format!("search: {what}"), ask).await;
        let room = crowd.rooms[room].to_string();
        let ask =
            |_| Search { query: query.into(), room: Some(room.clone()), before: None, limit: None };
        search(&chat, &who, &format!("search in a room: {what}"), ask).await;
    }
    chat.close().await;
}

async fn index(database: &Path) {
    let began = Instant::now();
    let store = Sqlite::open(database, Durability::Full).await.unwrap();
    while store.index_some().await.unwrap() {}
    let seconds = began.elapsed().as_secs_f64();
    println!("indexed in {seconds:.1} s, {:.0} messages/s", MESSAGES as f64 / seconds);
    chat::store::Upkeep::tidy(&store).await.unwrap();
    chat::store::Upkeep::close(&store).await;
}

async fn reader(chat: &Chat, crowd: &Crowd) -> Identity {
    let who = guest(chat, "Reader").await.identity;
    for room in &crowd.rooms {
        chat.join(&who, &room.to_string()).await.unwrap();
    }
    who
}

async fn read_pages(chat: &Chat, who: &Identity, crowd: &Crowd) {
    let last = (MESSAGES / crowd.rooms.len()) as u64;
    let mut chance = proof::Chance::new();
    let mut times = Times::begin();
    for _ in 0..READINGS {
        let room = crowd.rooms[usize::try_from(chance.below(20)).unwrap()];
        let before = Some(51 + chance.below(last - 51));
        let ask = History { room: room.to_string(), before, after: None, limit: None };
        let began = Instant::now();
        assert_eq!(chat.history(who, &ask).await.unwrap().messages.len(), 50);
        times.took(began);
    }
    times.end().line("history: a page of 50");
    let mut times = Times::begin();
    for _ in 0..READINGS {
        let room = crowd.rooms[usize::try_from(chance.below(20)).unwrap()];
        let ask = Sync { rooms: [(room, chance.below(last - 200))].into() };
        let began = Instant::now();
        assert_eq!(chat.sync(who, &ask).await.unwrap().rooms[&room].messages.len(), 200);
        times.took(began);
    }
    times.end().line("sync: 200 changes");
}

async fn search(chat: &Chat, who: &Identity, what: &str, ask: impl Fn(usize) -> Search) {
    let mut times = Times::begin();
    for number in 0..READINGS {
        let began = Instant::now();
        assert!(!chat.search(who, &ask(number)).await.unwrap().messages.is_empty());
        times.took(began);
        if times.is_over() {
            break;
        }
    }
    times.end().line(what);
}

struct Times {
    began: Instant,
    processor: Duration,
    lasted: Duration,
    each: Vec<Duration>,
}

impl Times {
    fn begin() -> Self {
        Self {
            began: Instant::now(),
            processor: processor_time(),
            lasted: Duration::ZERO,
            each: Vec::new(),
        }
    }

    fn took(&mut self, began: Instant) {
        self.each.push(began.elapsed());
    }

    fn add(&mut self, other: Self) {
        self.each.extend(other.each);
    }

    fn is_over(&self) -> bool {
        self.began.elapsed() > SENDING
    }

    fn end(mut self) -> Self {
        self.lasted = self.began.elapsed();
        self.processor = processor_time().saturating_sub(self.processor);
        self.each.sort_unstable();
        self
    }

    fn per_second(&self) -> f64 {
        self.each.len() as f64 / self.lasted.as_secs_f64()
    }

    fn line(&self, what: &str) {
        let at = |share: usize| self.each[(self.each.len() * share / 100).min(self.each.len() - 1)];
        let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
        println!(
            "{what:<34} {:>12.0} {:>10.3} {:>10.3} {:>10.3} {:>10.0}",
            self.per_second(),
            ms(at(50)),
            ms(at(99)),
            ms(at(100)),
            self.processor.as_secs_f64() * 1e6 / self.each.len() as f64
        );
    }
}

/// How often a file that has its length already, as a log has, can be made durable.
fn fsyncs(dir: &Path) -> u64 {
    let mut file = std::fs::File::create(dir.join("fsync")).unwrap();
    file.write_all(&vec![7; 4_096 * 1_024]).unwrap();
    file.sync_all().unwrap();
    let began = Instant::now();
    let mut count = 0;
    while began.elapsed() < Duration::from_secs(1) {
        file.seek(SeekFrom::Start(count % 1_024 * 4_096)).unwrap();
        file.write_all(&[9; 4_096]).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    count
}

/// Processor time of this process until now, of all its threads.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name, which ends with a bracket, user and system time are the 12th and 13th word.
    let words = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    // In hundredths of a second, wherever Linux runs.
    Duration::from_millis(words.filter_map(|word| word.parse::<u64>().ok()).sum::<u64>() * 10)
}

/// What the directory is on: the mount whose path is the longest beginning of the directory's.
fn filesystem(dir: &Path) -> String {
    let dir = dir.canonicalize().unwrap();
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let fields = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    fields
        .filter(|fields| fields.len() > 2 && dir.starts_with(fields[1]))
        .max_by_key(|fields| fields[1].len())
        .map_or_else(|| "unknown".to_owned(), |fields| format!("{} on {}", fields[2], fields[0]))
}
