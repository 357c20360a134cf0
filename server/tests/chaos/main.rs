//! Several nodes behind nginx, with PostgreSQL and Redis, all of them programs of their own; sixty clients; and a
//! schedule by which one thing after the other goes wrong. Whatever happens: what was acked is there, once, in one
//! order, and everyone knows it in the end.
//!
//! | file | holds |
//! |---|---|
//! | `cluster`, `process`, `proxy` | the programs, and the way to PostgreSQL that can be cut |
//! | `client` | a client as one should be written |
//! | `schedule` | what goes wrong |
//! | `checker` | what must hold |
//! | `paused` | a node that stops in the middle of writing |
//! | `balancers` | what nginx and HAProxy do with the files in `deploy/` |
//! | `doctor` | what is said of them when a line is missing |
//!
//! `make chaos` is the long run: `CHAOS_SECONDS` says how long, `CHAOS_SEED` repeats one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod balancers;
mod checker;
mod client;
mod cluster;
#[path = "../integration/dice.rs"]
mod dice;
mod doctor;
mod paused;
#[path = "../../../chat/tests/suite/support/postgres.rs"]
mod postgres;
mod process;
mod proxy;
mod schedule;

use checker::Truth;
use client::{By, Person};
use cluster::{Cluster, PATIENCE};
use dice::Dice;
use protocol::RoomId;
use protocol::event::OneRoom;
use schedule::{Fault, Happened, happen, shuffled};
use serde_json::json;
use std::env::var;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

const CLIENTS: usize = 60;
/// So many leave before the end, and must not be here any more.
const LEAVING: usize = 20;
/// People don't talk all the time; this is on average.
const PAUSE_MS: usize = 3_000;
/// So that a silent server is found out soon.
const PINGS: [&str; 4] = ["--ping-interval", "2s", "--ping-timeout", "3s"];
/// Of the short run. Any will do.
const SEED: u64 = 20_261_122;

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_goes_wrong_once_and_nothing_is_lost() {
    let mut dice = Dice::new(SEED);
    let short = Duration::from_millis(1_200);
    let faults = shuffled(&mut dice).into_iter().map(|fault| (fault, short)).collect();
    run(SEED, faults).await;
}

/// A checker that notices nothing would be content with everything.
#[tokio::test(flavor = "multi_thread")]
async fn what_must_not_be_is_noticed() {
    let cluster = Cluster::start(1, &PINGS).await;
    checker::record(&cluster).await;
    let anna = Person::come(&cluster.nodes[0].url(), "Anna", By::WebSocket).await;
    let room = anna.join("general").await;
    for text in ["one", "two", "three"] {
        anna.say(room, text).await;
    }
    let all = checker::read(&anna, room).await;
    checker::until("Anna hears herself", async || checker::knows(&anna, room, &all).is_ok()).await;
    let truth = Truth::of(&cluster, &[room]).await;
    assert_eq!((truth.has_no_gap(), truth.has_what_was_acked(&anna)), (Ok(()), Ok(())));

    let meddle = async |statement| {
        postgres::execute(&cluster.database.url(), statement).await;
        Truth::of(&cluster, &[room]).await
    };
    let edited = meddle("UPDATE messages SET text = 'Two', rev = rev WHERE text = 'two'").await;
    assert!(edited.has_no_gap().is_err(), "a rev twice");
    let read = checker::read(&anna, room).await;
    assert!(checker::knows(&anna, room, &read).is_err(), "an edit that she was not told of");
    let turned = meddle("UPDATE messages SET seq = seq + 10 WHERE seq < 3").await;
    assert!(turned.has_what_was_acked(&anna).is_err(), "another order");
    let gone = meddle("DELETE FROM messages WHERE text = 'three'").await;
    assert!(gone.has_what_was_acked(&anna).is_err(), "an acked message that is gone");
    let forgotten = meddle("DELETE FROM chaos WHERE rev = 1").await;
    assert!(forgotten.has_no_gap().is_err(), "a rev that no change has");
}

/// For `make chaos`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: `make chaos`"]
async fn things_go_wrong_for_long_and_nothing_is_lost() {
    let given = |name| var(name).ok().and_then(|text| text.parse().ok());
    let seed = given("CHAOS_SEED").unwrap_or_else(Dice::seed);
    let seconds = given("CHAOS_SECONDS").unwrap_or(300);
    let mut dice = Dice::new(seed);
    let mut faults = Vec::new();
    let mut planned = Duration::ZERO;
    while planned < Duration::from_secs(seconds) {
        for fault in shuffled(&mut dice) {
            let lasting = Duration::from_millis(1_000 + dice.roll(9_000) as u64);
            planned += fault.takes(lasting);
            faults.push((fault, lasting));
        }
    }
    run(seed, faults).await;
}

#[allow(clippy::print_stdout, reason = "what it measured is published")]
async fn run(seed: u64, faults: Vec<(Fault, Duration)>) {
    println!("seed {seed}");
    let mut dice = Dice::new(seed);
    let mut cluster = Cluster::start(3, &PINGS).await;
    checker::record(&cluster).await;
    // One node's clock is wrong all the while.
    cluster.nodes[2].stop().await;
    let skewed = cluster.nodes[2].set_clock(if dice.roll(2) == 0 { "+40s" } else { "-40s" });
    println!("a clock is 40 s wrong: {skewed}");
    cluster.nodes[2].start().await;
    let nginx = cluster.nginx(|text| text).await;
    let (people, rooms) = everyone(&nginx.url).await;

    let (stop, stopping) = watch::channel(false);
    let mut talking = JoinSet::new();
    for (number, person) in people.into_iter().enumerate() {
        let dice = Dice::new(seed + 2 * number as u64);
        talking.spawn(talk(person, rooms.clone(), dice, stopping.clone()));
    }
    let mut happened: Vec<Happened> = Vec::new();
    for (fault, lasting) in faults {
        happened.push(happen(&mut cluster, fault, lasting, &mut dice).await);
    }
    stop.send_replace(true);
    let all = timeout(2 * PATIENCE, talking.join_all()).await;
    let mut people = all.expect("someone waits for an answer for ever");
    people.sort_by(|one, other| one.name.cmp(&other.name));

    let truth = Truth::of(&cluster, &rooms).await;
    truth.has_no_gap().unwrap();
    for person in &people {
        truth.has_what_was_acked(person).unwrap();
    }
    checker::converged(&people, &nginx.url, &truth).await;
    checker::tell_blackouts(&people, &happened);
    tell(&people, &truth);
    cluster
        .nodes
        .iter()
        .for_each(|node| assert!(!node.said().contains("panicked"), "{}", node.said()));
    let staying = people.split_off(LEAVING);
    people.iter().for_each(Person::leave);
    checker::only_these_are_here(&cluster, rooms[0], &staying).await;
}

/// Three ways to connect, two rooms.
async fn everyone(url: &str) -> (Vec<Person>, Arc<[RoomId]>) {
    let first = Person::come(url, "Client 00", By::Both).await;
    let made: OneRoom = first.ask("create-room", &json!({ "name": "Tea" })).await;
    let rooms: Arc<[RoomId]> = [first.join("general").await, made.room.id].into();
    first.join(&made.room.id.to_string()).await;
    let mut coming = JoinSet::new();
    for number in 1..CLIENTS {
        let (url, rooms) = (url.to_owned(), Arc::clone(&rooms));
        coming.spawn(async move {
            let by = [By::Both, By::WebSocket, By::Polling][number % 3];
            let person = Person::come(&url, &format!("Client {number:02}"), by).await;
            for room in &*rooms {
                person.join(&room.to_string()).await;
            }
            person
        });
    }
    let mut people = coming.join_all().await;
    people.push(first);
    people.sort_by(|one, other| one.name.cmp(&other.name));
    (people, rooms)
}

/// Says, edits and deletes until it is told to stop.
async fn talk(
    person: Person,
    rooms: Arc<[RoomId]>,
    mut dice: Dice,
    mut stopping: watch::Receiver<bool>,
) -> Person {
    let begun = Instant::now();
    while !*stopping.borrow() {
        let room = rooms[dice.roll(rooms.len())];
        let mine = person.story.told().rooms[&room].mine(&person.name);
        let at = begun.elapsed().as_millis();
        match (dice.roll(10), mine.is_empty()) {
            (7..9, false) => {
                let message = &mine[dice.roll(mine.len())];
                person.change("edit-message", message, &format!("edited at {at}")).await;
            }
            (9, false) => {
                let message = &mine[dice.roll(mine.len())];
                person.change("delete-message", message, "").await;
            }
            _ => {
                person.say(room, &format!("said at {at}, чай 茶")).await;
            }
        }
        let pause = Duration::from_millis(dice.roll(2 * PAUSE_MS) as u64);
        let _ = timeout(pause, stopping.wait_for(|stop| *stop)).await;
    }
    person
}

#[allow(clippy::print_stdout, reason = "it is published")]
fn tell(people: &[Person], truth: &Truth) {
    let (mut acked, mut signs, mut overtaken, mut syncs, mut connects) = (0, 0, 0, 0, 0);
    for person in people {
        let told = person.story.told();
        acked += told.acked.len();
        signs += told.signs.len();
        overtaken += told.overtaken;
        syncs += told.syncs;
        connects += told.connects;
    }
    println!(
        "{} changes, {acked} acked; {signs} answers and deliveries, of which {overtaken} came out of order; \
         {connects} connects, {syncs} syncs of {} clients",
        truth.changes(),
        people.len()
    );
}
