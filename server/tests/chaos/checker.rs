//! What must hold when all is over, whatever had happened meanwhile.

use crate::client::{By, Known, Person};
use crate::cluster::{Cluster, PATIENCE};
use crate::schedule::{Fault, Happened};
use protocol::event::{Page, People};
use protocol::{ClientId, Message, MessageId, RoomId};
use serde_json::json;
use sqlx::{Connection, PgConnection, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use tokio::time::sleep;
use uuid::Uuid;

/// The last sign of life may have come a moment before the fault.
const JUST_BEFORE: Duration = Duration::from_millis(200);

/// PostgreSQL's own account of the changes, in the order in which they were committed or not.
const RECORD: &str = "CREATE TABLE chaos (room UUID, rev BIGINT, message UUID); \
     CREATE FUNCTION record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
     INSERT INTO chaos VALUES (NEW.room_id, NEW.rev, NEW.id); RETURN NEW; END $$; \
     CREATE TRIGGER recorded AFTER INSERT OR UPDATE OF rev ON messages \
     FOR EACH ROW EXECUTE FUNCTION record()";

/// From now on every change of a message is written down.
pub(crate) async fn record(cluster: &Cluster) {
    crate::postgres::execute(&cluster.database.url(), RECORD).await;
}

/// What the database holds, asked for past the nodes.
pub(crate) struct Truth {
    /// The change that made each `rev` of a room.
    revs: BTreeMap<RoomId, Vec<(u64, MessageId)>>,
    last: BTreeMap<RoomId, u64>,
    by_client_id: BTreeMap<ClientId, Vec<(RoomId, u64)>>,
}

impl Truth {
    pub(crate) async fn of(cluster: &Cluster, rooms: &[RoomId]) -> Self {
        let mut database = PgConnection::connect(&cluster.database.url()).await.unwrap();
        let mut truth =
            Self { revs: BTreeMap::new(), last: BTreeMap::new(), by_client_id: BTreeMap::new() };
        for room in rooms {
            let revs = "SELECT rev, message FROM chaos WHERE room = $1 ORDER BY rev";
            let revs = sqlx::query(revs).bind(room.0).fetch_all(&mut database).await.unwrap();
            let revs = revs.iter().map(|row| (number(row, 0), MessageId(row.get(1)))).collect();
            truth.revs.insert(*room, revs);
            let last = sqlx::query("SELECT rev FROM rooms WHERE id = $1").bind(room.0);
            truth.last.insert(*room, number(&last.fetch_one(&mut database).await.unwrap(), 0));
        }
        let all = "SELECT client_id, room_id, seq FROM messages";
        for row in sqlx::query(all).fetch_all(&mut database).await.unwrap() {
            let place = (RoomId(row.get(1)), number(&row, 2));
            truth.by_client_id.entry(ClientId(row.get::<Uuid, _>(0))).or_default().push(place);
        }
        truth
    }

    pub(crate) fn changes(&self) -> usize {
        self.revs.values().map(Vec::len).sum()
    }

    pub(crate) fn has_no_gap(&self) -> Result<(), String> {
        for (room, revs) in &self.revs {
            let revs = revs.iter().map(|(rev, _)| *rev);
            if !revs.clone().eq(1..=self.last[room]) {
                return Err(format!("the revs of {room} are {:?}", revs.collect::<Vec<_>>()));
            }
        }
        Ok(())
    }

    /// Everything acked is there, exactly once, where the answer said; and in the order in which it was said.
    pub(crate) fn has_what_was_acked(&self, person: &Person) -> Result<(), String> {
        let told = person.story.told();
        let mut last = BTreeMap::new();
        for (room, id, seq) in &told.said {
            let kept = self.by_client_id.get(id);
            if kept.map(Vec::as_slice) != Some(&[(*room, *seq)]) {
                return Err(format!("{} was acked {id} at {seq}; it is at {kept:?}", person.name));
            }
            let before = last.insert(*room, *seq);
            if before >= Some(*seq) {
                return Err(format!("{} said {seq} after {before:?}", person.name));
            }
        }
        for (room, message, rev) in &told.acked {
            let change = (*rev, *message);
            if !self.revs[room].contains(&change) {
                return Err(format!("{} was acked {change:?}, which never was", person.name));
            }
        }
        Ok(())
    }
}

fn number(row: &sqlx::postgres::PgRow, at: usize) -> u64 {
    row.get::<i64, _>(at).unsigned_abs()
}

/// What a newcomer is told of a room, page by page.
pub(crate) async fn read(newcomer: &Person, room: RoomId) -> BTreeMap<MessageId, Message> {
    let mut all = BTreeMap::new();
    let mut after = 0;
    loop {
        let ask = json!({ "room": room, "after": after, "limit": 100 });
        let page: Page = newcomer.ask("history", &ask).await;
        after = page.messages.last().map_or(after, |message| message.seq);
        all.extend(page.messages.into_iter().map(|message| (message.id, message)));
        if !page.more {
            return all;
        }
    }
}

/// Everyone knows what a newcomer is told, by themselves and in time.
pub(crate) async fn converged(people: &[Person], url: &str, truth: &Truth) {
    let newcomer = Person::come(url, "Newcomer", By::WebSocket).await;
    for (room, last) in &truth.last {
        newcomer.join(&room.to_string()).await;
        let known = read(&newcomer, *room).await;
        for person in people {
            let knows_all = async || {
                let told = person.story.told();
                told.rooms.get(room).is_some_and(|room| room.complete == *last && !room.has_gap())
            };
            until(&format!("{} knows all of {room}", person.name), knows_all).await;
            knows(person, *room, &known).unwrap();
        }
    }
}

pub(crate) fn knows(
    person: &Person,
    room: RoomId,
    all: &BTreeMap<MessageId, Message>,
) -> Result<(), String> {
    let told = person.story.told();
    let known = &told.rooms[&room].messages;
    let missing = all.iter().find(|(id, message)| known.get(id) != Some(message));
    let invented = known.iter().find(|(id, _)| !all.contains_key(id));
    match (missing, invented) {
        (None, None) => Ok(()),
        (Some((id, message)), _) => {
            Err(format!("{} knows {:?} of {message:?}", person.name, known.get(id)))
        }
        (_, Some((_, message))) => Err(format!("{} alone knows {message:?}", person.name)),
    }
}

/// Each node says that exactly these are here.
pub(crate) async fn only_these_are_here(cluster: &Cluster, room: RoomId, people: &[Person]) {
    let here: BTreeSet<String> = people.iter().map(|person| person.name.clone()).collect();
    for (number, node) in cluster.nodes.iter().enumerate() {
        let probe = Person::come(&node.url(), &format!("Probe {number}"), By::WebSocket).await;
        probe.join(&room.to_string()).await;
        let right = async || {
            let mut named = here_by(&probe, room).await;
            named.retain(|name| !name.starts_with("Probe") && name != "Newcomer");
            named == here
        };
        until(&format!("node{} knows who is here", number + 1), right).await;
    }
}

async fn here_by(probe: &Person, room: RoomId) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    let mut after = None;
    loop {
        let page: People = probe.ask("presence", &json!({ "room": room, "after": after })).await;
        after = page.users.last().map(|user| user.id);
        named.extend(page.users.into_iter().map(|user| user.name));
        if !page.more {
            return named;
        }
    }
}

pub(crate) async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        sleep(Duration::from_millis(50)).await;
    }
}

/// For each fault, how long each client went without an answer or a delivery, at the longest.
#[allow(clippy::print_stdout, reason = "it is published")]
pub(crate) fn tell_blackouts(people: &[Person], happened: &[Happened]) {
    let mut by_fault: BTreeMap<Fault, Vec<Duration>> = BTreeMap::new();
    for happened in happened {
        let each = people.iter().map(|person| blackout(&person.story.told().signs, happened));
        by_fault.entry(happened.fault).or_default().extend(each);
    }
    println!("{:<18} {:>8} {:>8} {:>8}   each client's blackout, ms", "", "p50", "p99", "max");
    for (fault, blackouts) in &mut by_fault {
        tell(&fault.to_string(), blackouts);
    }
    let mut all: Vec<Duration> = by_fault.into_values().flatten().collect();
    tell("all", &mut all);
}

#[allow(clippy::print_stdout, reason = "it is published")]
fn tell(what: &str, blackouts: &mut [Duration]) {
    blackouts.sort();
    let at = |percent: usize| blackouts[(blackouts.len() - 1) * percent / 100].as_millis();
    println!("{what:<18} {:>8} {:>8} {:>8}", at(50), at(99), at(100));
}

/// The longest silence that began then. One that began earlier is another fault's.
fn blackout(signs: &[Instant], happened: &Happened) -> Duration {
    let began = |pair: &&[Instant]| pair[0] + JUST_BEFORE >= happened.from && pair[0] < happened.to;
    let silences = signs.windows(2).filter(began).map(|pair| pair[1] - pair[0]);
    silences.max().unwrap_or(happened.to - happened.from)
}

impl Known {
    pub(crate) fn mine(&self, name: &str) -> Vec<Message> {
        let mine = |message: &&Message| message.user.name == name && message.deleted_at.is_none();
        self.messages.values().filter(mine).cloned().collect()
    }
}
