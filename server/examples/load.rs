//! What connections and deliveries cost a server: memory and processor time, as the kernel counts them for its process.
//!
//!   cargo run -p server --example load -- target/release/beseda [FLAG OF BESEDA...]
//!
//! Starts that program, lets people come, be silent, and talk. `PEOPLE=1000` says how many.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measurement ends at the first surprise, and tells what it found"
)]

use protocol::ClientId;
use reqwest::header::{ACCEPT, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use socketio_client::{Client, Namespace, Transport};
use std::env::{args, var};
use std::fs;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio::time::sleep;
use uuid::Uuid;

const UNLIMITED: &str = "message=off,message-burst=off,typing=off,join=off,create-room=off,login=off,\
                         search=off,upload=off,connect=off,event=off";
const PATIENCE: Duration = Duration::from_secs(30);
/// For so long each thing is measured.
const MEASURED: Duration = Duration::from_secs(15);
/// As the kernel counts: a hundred ticks a second, pages of 4 KiB.
const TICK: Duration = Duration::from_millis(10);
const PAGE_KIB: u64 = 4;
/// People in each room: a message is delivered to so many.
const ROOM: usize = 50;

struct Server {
    process: Child,
    url: String,
}

struct Person {
    chat: Namespace,
    room: String,
    /// Closes when it is dropped.
    _client: Client,
}

#[derive(Clone, Copy)]
struct Usage {
    at: Instant,
    cpu: Duration,
    memory_kib: u64,
}

#[tokio::main]
async fn main() {
    let mut flags = args().skip(1);
    let program = flags.next().expect("the path of the program beseda");
    let count = var("PEOPLE").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000);
    let flags: Vec<String> = flags.collect();
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(&program, dir.path().to_str().unwrap(), &flags).await;
    let empty = server.usage();
    let heard = Arc::<AtomicUsize>::default();
    let people = come(&server.url, count, &heard).await;
    sleep(Duration::from_secs(3)).await;
    let here = server.usage();
    let per_thousand = (here.memory_kib - empty.memory_kib) / 1024 * 1_000 / count as u64;
    println!("{count} people: {} MiB, {per_thousand} MiB per 1,000", here.memory_kib / 1024);
    sleep(MEASURED).await;
    println!("  silent: {:.1} % of a processor", here.share(server.usage()));
    for pause in [2_000, 500, 200] {
        talk(&server, &people, &heard, Duration::from_millis(pause)).await;
    }
    rush(&people).await;
}

impl Server {
    async fn start(program: &str, dir: &str, flags: &[String]) -> Self {
        let mut command = Command::new(program);
        command.args(["--address", "127.0.0.1:0", "--data-dir", dir, "--limit", UNLIMITED]);
        command.args(["--max-connections", "100000", "--max-connections-per-address", "100000"]);
        command.args(flags).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().expect("a first line");
        let url = line.strip_prefix("listening on ").unwrap().to_owned();
        Self { process, url }
    }

    fn usage(&self) -> Usage {
        let id = self.process.id().unwrap();
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
        // Behind the program's name, which may hold anything.
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let number = |at: usize| fields[at].parse::<u64>().unwrap();
        let ticks = u32::try_from(number(11) + number(12)).unwrap();
        Usage { at: Instant::now(), cpu: TICK * ticks, memory_kib: number(21) * PAGE_KIB }
    }
}

impl Usage {
    /// How much of one processor was used until then, in percent.
    fn share(self, then: Self) -> f64 {
        100.0 * then.cpu.saturating_sub(self.cpu).as_secs_f64() / (then.at - self.at).as_secs_f64()
    }
}

/// Guests in rooms of fifty, each with one `WebSocket`.
async fn come(url: &str, count: usize, heard: &Arc<AtomicUsize>) -> Vec<Person> {
    let mut people = Vec::new();
    let mut room = String::new();
    for number in 0..count {
        let token = sign_in(url, &format!("Guest {number}")).await;
        let builder = Client::builder(url).transports(&[Transport::WebSocket]);
        let (client, chat) = builder.connect_to("/chat", &json!({ "token": token })).unwrap();
        let hearing = Arc::clone(heard);
        chat.on("message", move |_| {
            hearing.fetch_add(1, Ordering::Relaxed);
        })
        .keep();
        if number % ROOM == 0 {
            room = own_room(&chat, &format!("Room {number}")).await;
        }
        ask(&chat, "join-room", &json!({ "room": room })).await;
        people.push(Person { chat, room: room.clone(), _client: client });
    }
    people
}

/// Each says something, waits for so long, and again.
async fn talk(server: &Server, people: &[Person], heard: &AtomicUsize, pause: Duration) {
    let talkers = people.iter().step_by(10);
    let mut talking = JoinSet::new();
    for person in talkers {
        let (chat, room) = (person.chat.clone(), person.room.clone());
        talking.spawn(async move {
            loop {
                say(&chat, &room).await;
                sleep(pause).await;
            }
        });
    }
    sleep(Duration::from_secs(3)).await;
    let (before, heard_before) = (server.usage(), heard.load(Ordering::Relaxed));
    sleep(MEASURED).await;
    let (after, heard_after) = (server.usage(), heard.load(Ordering::Relaxed));
    let seconds = (after.at - before.at).as_secs_f64();
    let rate = (heard_after - heard_before) as f64 / seconds;
    let share = before.share(after);
    println!(
        "  {rate:.0} deliveries a second: {share:.1} % of a processor, {:.1} % per 1,000; {} MiB",
        share * 1_000.0 / rate,
        after.memory_kib / 1024
    );
}

/// How many messages a second are durable when some people say one after the other as quickly as they are answered.
async fn rush(people: &[Person]) {
    for senders in [1, 16, 64] {
        let mut sending = JoinSet::new();
        for person in people.iter().step_by(people.len().div_ceil(senders)) {
            let chat = person.chat.clone();
            // Of their own: this is about writing, and not about telling fifty people.
            let room = own_room(&chat, "Alone").await;
            sending.spawn(async move {
                let begun = Instant::now();
                let mut took = Vec::new();
                while begun.elapsed() < MEASURED / 3 {
                    let asked = Instant::now();
                    say(&chat, &room).await;
                    took.push(asked.elapsed());
                }
                took
            });
        }
        let mut took: Vec<Duration> = sending.join_all().await.into_iter().flatten().collect();
        took.sort();
        let at = |percent: usize| took[(took.len() - 1) * percent / 100].as_secs_f64() * 1_000.0;
        let rate = took.len() as f64 / (MEASURED / 3).as_secs_f64();
        println!(
            "  {senders} senders: {rate:.0} a second, p50 {:.1} ms, p99 {:.1} ms",
            at(50),
            at(99)
        );
    }
}

async fn own_room(chat: &Namespace, name: &str) -> String {
    let made = ask(chat, "create-room", &json!({ "name": name })).await;
    made["room"]["id"].as_str().unwrap().to_owned()
}

async fn say(chat: &Namespace, room: &str) {
    let message =
        json!({ "room": room, "id": ClientId(Uuid::now_v7()), "text": "чай is tea is 茶" });
    ask(chat, "message", &message).await;
}

async fn ask(chat: &Namespace, event: &str, payload: &Value) -> Value {
    let answer = chat.event(event).timeout(PATIENCE).emit_with_ack::<Value>(payload).await.unwrap();
    assert_eq!(answer["ok"], true, "{answer}");
    answer
}

async fn sign_in(url: &str, name: &str) -> String {
    let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let form = http.post(format!("{url}/forms/sign-in")).form(&[("name", name)]);
    let response = form.header(ACCEPT, "text/html").header(ORIGIN, url).send().await.unwrap();
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    let token = cookie.strip_prefix("beseda_session=").unwrap();
    token.split(';').next().unwrap().to_owned()
}
