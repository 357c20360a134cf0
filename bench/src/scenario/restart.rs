//! The server is killed while people talk, and started again. All come back at once, enter their rooms and ask
//! what they missed; whoever spoke says again what was not acknowledged, and goes on. In the end everything
//! acknowledged must be there once, and everyone must have everything.

use super::filled::{Filled, Shape};
use super::{Figures, Sizes, count};
use crate::crowd::client::Client;
use crate::crowd::heard::{Came, Heard};
use crate::crowd::tally::Tally;
use crate::crowd::{Crowd, at_once};
use crate::failure::Failure;
use crate::measure::latency::Latencies;
use crate::peer::dialect::Dialect;
use crate::peer::server::Server;
use crate::peer::{Peer, Programs};
use crate::wire::engine::Mark;
use serde::Deserialize;
use std::cell::Cell;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::sleep;

const AGAIN_AFTER: Duration = Duration::from_millis(20);
const PAUSE: Duration = Duration::from_millis(50);
const DELIVERED_WITHIN: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(30);

/// Someone who has a place in a room, whatever happens to their connection.
struct Person {
    number: u32,
    token: String,
    room: String,
    /// Of those who speak: the first so many of their messages are acknowledged.
    acked: Option<Cell<u32>>,
}

/// What a `sync` answers.
#[derive(Deserialize)]
struct Synced {
    rooms: HashMap<String, Changes>,
}

#[derive(Deserialize)]
struct Changes {
    messages: Vec<Message>,
    complete: bool,
}

#[derive(Deserialize)]
struct Message {
    rev: u64,
    text: String,
}

pub(super) async fn run(
    peer: Peer,
    programs: &Programs,
    sizes: &Sizes,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let server = Server::start(peer, programs).await?;
    let (rooms, members) = sizes.returning;
    let shape = Shape { rooms, members, speaking: 1 };
    let Filled { mut crowd, tokens, rooms, .. } = Filled::with(&server, &shape).await?;
    let people = people(tokens, &rooms, members);
    let speaking = begin(&crowd, &people);
    sleep(sizes.lasting / 4).await;

    let killed = Instant::now();
    let server = server.kill_and_start().await?;
    figures.note_ms("start after the kill, ms", server.started_within);
    for one in speaking {
        one.await.map_err(|_| Failure::Gone)??;
    }
    let until = Instant::now() + sizes.lasting / 4;
    let return_one = |place: usize| {
        let (person, old) = (Rc::clone(&people[place]), Rc::clone(&crowd.people[place]));
        come_back(crowd.server, crowd.dialect, Rc::clone(&crowd.tally), person, old, until)
    };
    let back = at_once(people.len(), people.len(), return_one).await?;
    let cpu = server.cpu_of_its_life()?;
    let (mut within, mut learned) = (Latencies::default(), 0);
    for (place, one) in back.into_iter().enumerate() {
        within.add(micros(one.at - killed));
        learned += one.learned;
        crowd.people[place] = one.client;
        if let Some(speaking) = one.speaking {
            speaking.await.map_err(|_| Failure::Gone)??;
        }
    }
    figures.note_ms("until half are back and have everything, ms", within.percentile(50));
    figures.note_ms("until all are back and have everything, ms", within.max());
    figures.note_cpu("CPU until then, for each of them, µs", cpu, within.count() as u64);
    figures.note("messages learned by sync", count(learned as u64));
    look_after(&crowd, &people, figures).await
}

fn people(tokens: Vec<String>, rooms: &[String], members: usize) -> Vec<Rc<Person>> {
    let numbered = (0..).zip(tokens);
    let places = rooms.iter().flat_map(|room| (0..members).map(move |place| (room, place)));
    let person = |((number, token), (room, place)): ((u32, String), (&String, usize))| Person {
        number,
        token,
        room: room.clone(),
        acked: (place == 0).then(|| Cell::new(0)),
    };
    numbered.zip(places).map(person).map(Rc::new).collect()
}

/// From here on everyone counts the changes of their room, and some speak, until the server is gone.
fn begin(crowd: &Crowd, people: &[Rc<Person>]) -> Vec<JoinHandle<Result<(), Failure>>> {
    let until = Instant::now() + PATIENCE;
    let mut speaking = Vec::new();
    for (person, client) in people.iter().zip(&crowd.people) {
        client.count_revs(0);
        if person.acked.is_some() {
            speaking.push(spawn_local(speak(
                Rc::clone(person),
                Rc::clone(client),
                crowd.dialect,
                until,
            )));
        }
    }
    speaking
}

/// One message after the other, each until it is acknowledged; the one that wasn't, first and in the same words.
async fn speak(
    person: Rc<Person>,
    client: Rc<Client>,
    dialect: &Dialect,
    until: Instant,
) -> Result<(), Failure> {
    let Some(acked) = &person.acked else { return Ok(()) };
    while Instant::now() < until {
        let mark = Mark { sender: person.number, number: acked.get(), at: 0 };
        match client.ask(&dialect.message(&person.room, mark)).await {
            Ok(_) => acked.set(acked.get() + 1),
            Err(Failure::Gone) => return Ok(()),
            Err(failure) => return Err(failure),
        }
        sleep(PAUSE).await;
    }
    Ok(())
}

struct Back {
    client: Rc<Client>,
    /// When they had everything.
    at: Instant,
    learned: usize,
    speaking: Option<JoinHandle<Result<(), Failure>>>,
}

async fn come_back(
    server: SocketAddr,
    dialect: &'static Dialect,
    tally: Rc<Tally>,
    person: Rc<Person>,
    old: Rc<Client>,
    until: Instant,
) -> Result<Back, Failure> {
    let client = loop {
        match Client::connect(server, person.number, dialect, &person.token, &tally).await {
            Ok(client) => break client,
            Err(failure) if Instant::now() > until + PATIENCE => return Err(failure),
            Err(_) => sleep(AGAIN_AFTER).await,
        }
    };
    client.count_revs(old.rev());
    client.ask(&dialect.join(&person.room)).await?;
    let learned = catch_up(&client, dialect, &person.room).await?;
    let at = Instant::now();
    let speaking = person
        .acked
        .is_some()
        .then(|| spawn_local(speak(Rc::clone(&person), Rc::clone(&client), dialect, until)));
    Ok(Back { client, at, learned, speaking })
}

/// Returns how many changes had been missed.
async fn catch_up(client: &Client, dialect: &Dialect, room: &str) -> Result<usize, Failure> {
    let mut learned = 0;
    loop {
        let changes = changes(client, dialect, room, client.rev()).await?;
        for message in &changes.messages {
            client.learn(message.rev);
        }
        learned += changes.messages.len();
        if changes.complete {
            return Ok(learned);
        }
    }
}

async fn changes(
    client: &Client,
    dialect: &Dialect,
    room: &str,
    since: u64,
) -> Result<Changes, Failure> {
    let asked =
        dialect.sync(room, since).ok_or_else(|| Failure::Answer("there is no sync".into()))?;
    let answer = client.ask(&asked).await?;
    let unclear = |why: String| Failure::Answer(format!("to {asked}: {why}"));
    let answer: (Synced,) =
        serde_json::from_slice(&answer).map_err(|error| unclear(error.to_string()))?;
    let changes = answer.0.rooms.into_iter().find(|(id, _)| id == room);
    match changes {
        Some((_, changes)) if changes.complete || !changes.messages.is_empty() => Ok(changes),
        _ => Err(unclear("nothing about that room".into())),
    }
}

/// Everything that was said in a room, as the server has it now.
async fn everything(
    client: &Client,
    dialect: &Dialect,
    room: &str,
) -> Result<Vec<Message>, Failure> {
    let mut messages = Vec::new();
    loop {
        let since = messages.last().map_or(0, |message: &Message| message.rev);
        let page = changes(client, dialect, room, since).await?;
        messages.extend(page.messages);
        if page.complete {
            return Ok(messages);
        }
    }
}

/// What the server has now, and whether everyone heard it.
async fn look_after(
    crowd: &Crowd,
    people: &[Rc<Person>],
    figures: &mut Figures,
) -> Result<(), Failure> {
    let (mut lost, mut doubled, mut disordered) = (0, 0, 0);
    let mut newest = HashMap::new();
    for (person, client) in people.iter().zip(&crowd.people) {
        let Some(acked) = &person.acked else { continue };
        let messages = everything(client, crowd.dialect, &person.room).await?;
        let mut said = Heard::default();
        for message in &messages {
            match said.hear(message.number()?) {
                Came::InOrder => {}
                Came::Late => disordered += 1,
                Came::Again => doubled += 1,
            }
        }
        lost += said.missing_of(acked.get().into());
        newest.insert(person.room.clone(), messages.last().map_or(0, |message| message.rev));
    }
    let with_a_gap = || {
        let places = people.iter().zip(&crowd.people);
        places.filter(|(person, client)| newest.get(&person.room) != Some(&client.rev())).count()
    };
    let waited = Instant::now();
    while with_a_gap() > 0 && waited.elapsed() < DELIVERED_WITHIN {
        sleep(AGAIN_AFTER).await;
    }
    figures.note("acknowledged and lost", count(lost));
    figures.note("doubled", count(doubled));
    figures.note("out of order", count(disordered));
    figures.note("people who miss something in the end", count(with_a_gap() as u64));
    Ok(())
}

impl Message {
    /// The how manieth of its sender it is; each room has one.
    fn number(&self) -> Result<u64, Failure> {
        let mark = self.text.strip_prefix('#').and_then(|text| Mark::parse(text.as_bytes()));
        let mark = mark
            .ok_or_else(|| Failure::Answer(format!("a message of no one here: {}", self.text)))?;
        Ok(mark.number.into())
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
