//! No query looks at all of a table: each is led by an index, however much has been said.
//!
//! Every function is used once in a house of a million messages, SQLite tells what it was asked, and
//! is then asked how it finds the answer. A query in the source that was not heard fails the test, too.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod proof;

use chat::export::export;
use chat::store::Store;
use chat::store::people::SessionKey;
use chat::store::sqlite::{Durability, Sqlite};
use chat::{Address, Chat, Identity};
use proof::million::{self, COMMON, Crowd, RARE};
use proof::{guest, open, open_sqlite, say, say_aloud, text_to};
use protocol::event::{self, CreateRoom, InRoomUser, UpdateRoom};
use protocol::{ClientId, Name, Password, Role, RoomId};
use sqlx::{AssertSqlSafe, Row as _};
use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use uuid::Uuid;

const MESSAGES: usize = 1_000_000;

/// Lines of a plan that begin with `SCAN` and look at little all the same.
const ALLOWED: [(&str, &str); 7] = [
    ("SCAN CONSTANT ROW", "a value"),
    (" CONSTANT ROWS", "the values of a list that was given"),
    ("VIRTUAL TABLE INDEX", "the full-text index, led by words or by a number"),
    ("SCAN indexed", "a table of one row"),
    ("SCAN users USING INDEX users_with_password", "EXISTS ends at the first row"),
    ("SCAN heard", "what a subquery found, and that has a LIMIT"),
    ("SCAN oldest", "what a subquery found, and that has a LIMIT"),
];
/// Names of lists that were given as values.
const LISTS: [&str; 3] = ["SCAN asked", "SCAN new", "SCAN changed"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_query_is_led_by_an_index() {
    let heard = Heard::default();
    tracing_subscriber::registry().with(heard.clone()).init();
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("million.sqlite");
    let crowd = a_million(&database).await;
    heard.0.lock().unwrap().clear();
    everything(&database, &crowd).await;
    let statements: BTreeSet<String> = heard.0.lock().unwrap().clone();
    say_aloud(&format!("{} statements", statements.len()));
    assert_eq!(unheard(&statements), Vec::<String>::new(), "this scenario doesn't reach them");
    assert_eq!(scans(&database, &statements).await, Vec::<String>::new());
}

async fn a_million(database: &Path) -> Crowd {
    let began = Instant::now();
    let chat = open_sqlite(database).await;
    let crowd = million::crowd(&chat, 20, 10).await;
    chat.close().await;
    million::fill(database, &crowd, MESSAGES).await;
    say_aloud(&format!("filled in {:.1} s", began.elapsed().as_secs_f64()));
    crowd
}

/// What was asked of the database.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<BTreeSet<String>>>);

impl<S: Subscriber> Layer<S> for Heard {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != "sqlx::query" {
            return;
        }
        let mut statement = Statement::default();
        event.record(&mut statement);
        // A short one stands in the summary alone.
        let text = if statement.whole.is_empty() { statement.summary } else { statement.whole };
        self.0.lock().unwrap().insert(plain(&text));
    }
}

#[derive(Default)]
struct Statement {
    summary: String,
    whole: String,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.trim().clone_into(&mut self.whole),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// With single spaces.
fn plain(statement: &str) -> String {
    statement.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn scans(database: &Path, statements: &BTreeSet<String>) -> Vec<String> {
    let mut connection = million::connect(database).await;
    let mut scans = Vec::new();
    for statement in statements {
        let verb = statement.split(' ').next().unwrap_or_default();
        if !["SELECT", "UPDATE", "DELETE", "INSERT", "WITH"].contains(&verb) {
            continue;
        }
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        for line in sqlx::query(explain).fetch_all(&mut connection).await.unwrap() {
            let line: String = line.get("detail");
            let allowed = ALLOWED.iter().any(|(allowed, _)| line.contains(allowed));
            let given = LISTS.contains(&line.as_str());
            if line.starts_with("SCAN") && !allowed && !given {
                scans.push(format!("{line}: {statement}"));
            }
        }
    }
    scans
}

/// Pieces of queries in the source that stand in no statement that was heard.
fn unheard(statements: &BTreeSet<String>) -> Vec<String> {
    let store = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let files = std::fs::read_dir(store.join("sql")).unwrap().map(|entry| entry.unwrap().path());
    let files = files.chain([store.join("sqlite/search.rs")]);
    let sources = files.map(|file| std::fs::read_to_string(file).unwrap());
    let pieces: Vec<String> = sources.flat_map(|source| pieces(&source)).collect();
    assert!(pieces.len() > 50, "the queries are where this test looks for them");
    let is_heard = |piece: &String| statements.iter().any(|heard| heard.contains(piece.as_str()));
    pieces.into_iter().filter(|piece| !is_heard(piece)).collect()
}

/// Of each text in the source that is SQL, what stands between its gaps.
fn pieces(source: &str) -> Vec<String> {
    let code: Vec<&str> =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n").replace("\\\"", "'").replace("\\\n", " ");
    let texts = code.split('"').skip(1).step_by(2);
    let is_sql = |text: &&str| {
        ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "FROM ", "WHERE ", "VALUES "]
            .iter()
            .any(|word| text.contains(word))
    };
    let gaps = |text: &str| {
        let parts = text.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
        parts.map(plain).filter(|part| part.len() > 12).collect::<Vec<_>>()
    };
    texts.filter(is_sql).flat_map(gaps).collect()
}

async fn everything(database: &Path, crowd: &Crowd) {
    let store = Arc::new(Sqlite::open(database, Durability::Normal).await.unwrap());
    let chat = open(Arc::clone(&store) as Arc<dyn Store>);
    let owner = people(&chat, &*store).await;
    let anna = guest(&chat, "Anna").await.identity;
    rooms(&chat, &owner, &anna, crowd.rooms[0]).await;
    messages(&chat, &*store, &anna, crowd).await;
    todos(&chat, &anna, crowd.rooms[0]).await;
    direct(&chat, &owner, &anna).await;
    moderation(&chat, &owner, &anna).await;
    upkeep(&chat, &store, crowd).await;
    chat.close().await;
}

async fn people(chat: &Chat, store: &dyn Store) -> Identity {
    let password = Password::parse("a good password").unwrap();
    let name = Name::parse("Olga").unwrap();
    let olga = chat.register(&name, &password, None, Address::LOCAL).await.unwrap().identity;
    chat.sign_in("olga", "a good password", Address::LOCAL).await.unwrap();
    let code = chat.make_invite(&olga, Some("general"), 1, Duration::from_mins(1)).await.unwrap();
    let boris = guest(chat, "Boris").await.identity;
    chat.become_account(&boris, &password, Some(code.as_str())).await.unwrap();
    let token = chat.program_token(&olga, "bot").await.unwrap();
    chat.authenticate(&token, Address::LOCAL).await.unwrap();
    let second = chat.sign_in("olga", "a good password", Address::LOCAL).await.unwrap();
    chat.authenticate(&second.token, Address::LOCAL).await.unwrap();
    chat.sign_out(&second.identity).await.unwrap();
    chat.label_session(&olga, "a browser").await.unwrap();
    chat.sessions(&olga).await.unwrap();
    chat.connected(&olga).await.unwrap();
    // A guest who has gone gives the name up.
    let ghost = guest(chat, "Ghost").await.identity;
    chat.sign_out(&ghost).await.unwrap();
    guest(chat, "Ghost").await;
    chat.console().set_disabled("Boris", true).await.unwrap();
    chat.console().set_role("Boris", Role::Moderator).await.unwrap();
    chat.console().users().await.unwrap();
    store.touch_session(olga.session, 1).await.unwrap();
    store.touch_sessions(&[olga.session], 1).await.unwrap();
    store.session(SessionKey::Id(olga.session), 1).await.unwrap();
    olga
}

async fn rooms(chat: &Chat, owner: &Identity, anna: &Identity, busy: RoomId) {
    let ask = CreateRoom { name: "A room".into(), ..CreateRoom::default() };
    let room = chat.create_room(anna, &ask).await.unwrap().room;
    let name = Some("Another name".to_owned());
    let max_users = Some(50);
    let ask = UpdateRoom { room: room.slug.clone(), name, max_users, ..UpdateRoom::default() };
    chat.update_room(anna, &ask).await.unwrap();
    let whom = InRoomUser { room: room.id.to_string(), user: owner.user.id.to_string() };
    chat.invite_member(anna, &whom).await.unwrap();
    chat.join(owner, &room.slug).await.unwrap();
    chat.leave(owner, &room.slug).await.unwrap();
    chat.join(anna, &busy.to_string()).await.unwrap();
    chat.view(anna, busy).await.unwrap();
    chat.rooms(anna).await.unwrap();
    let seq = 500;
    chat.mark_read(anna, &event::Read { room: busy.to_string(), seq }).await.unwrap();
    chat.archive_room(anna, &room.slug).await.unwrap();
    chat.delete_room(owner, &room.slug).await.unwrap();
}

async fn messages(chat: &Chat, store: &dyn Store, anna: &Identity, crowd: &Crowd) {
    let room = crowd.rooms[0];
    let send = |text: &str| text_to(room, ClientId(Uuid::now_v7()), text);
    let said = say(chat, anna, send("to @Person 1 and @Person 2")).await.unwrap();
    let reply = event::Send { reply_to: Some(said.id), ..send("a reply") };
    say(chat, anna, reply.clone()).await.unwrap();
    // Only what is sent again is looked for.
    say(chat, anna, reply).await.unwrap();
    let (named, text) = (room.to_string(), "to @Person 3".to_owned());
    let edit = event::Edit { room: named.clone(), message: said.id, text };
    chat.edit(anna, &edit).await.unwrap().durable().await.unwrap();
    let delete = event::OfMessage { room: named.clone(), message: said.id };
    chat.delete(anna, &delete).await.unwrap().durable().await.unwrap();
    for (before, after) in [(None, None), (Some(400), None), (None, Some(400))] {
        let ask = event::History { room: named.clone(), before, after, limit: None };
        assert!(chat.history(anna, &ask).await.unwrap().messages.len() >= 50);
    }
    chat.sync(anna, &event::Sync { rooms: [(room, 70)].into() }).await.unwrap();
    for (query, before) in [(COMMON, None), (RARE, Some(said.id))] {
        let ask = event::Search { query: query.into(), room: None, before, limit: None };
        chat.search(anna, &ask).await.unwrap();
    }
    store.index_some().await.unwrap();
    let grams = ["6d".to_owned()];
    let search = chat::store::Candidates { grams: &grams, rooms: &[room], before: 50, limit: 20 };
    store.candidates(&search).await.unwrap();
}

async fn todos(chat: &Chat, anna: &Identity, room: RoomId) {
    let room = room.to_string();
    let ask = event::AddTodo { room: room.clone(), title: "tea".into() };
    let todo = chat.add_todo(anna, &ask).await.unwrap().todo.id;
    let tick = event::TickTodo { room: room.clone(), todo, done: true };
    chat.tick_todo(anna, &tick).await.unwrap();
    chat.todos(anna, &event::InRoom { room: room.clone() }).await.unwrap();
    chat.remove_todo(anna, &event::OfTodo { room, todo }).await.unwrap();
}

async fn direct(chat: &Chat, owner: &Identity, anna: &Identity) {
    let room = chat.open_dm(owner, "Anna").await.unwrap().room.id;
    let said = text_to(room, ClientId(Uuid::now_v7()), "between us");
    say(chat, owner, said).await.unwrap();
    let ask = event::ListNotifications { limit: None };
    let told = chat.notifications(anna, &ask).await.unwrap().notifications;
    chat.dismiss(anna, &event::Dismiss { id: told[0].id }).await.unwrap();
}

async fn moderation(chat: &Chat, owner: &Identity, anna: &Identity) {
    let user = anna.user.id;
    chat.mute(owner, &event::Mute { user, minutes: 1 }).await.unwrap();
    chat.ban(owner, &event::Ban { user, minutes: Some(1), reason: String::new() }).await.unwrap();
    chat.unban(owner, &event::Unban { user }).await.unwrap();
    chat.audit(owner, &event::ListAudit::default()).await.unwrap();
    chat.list_people(owner, &event::ListAll::default()).await.unwrap();
    chat.list_rooms(owner, &event::ListAll::default()).await.unwrap();
}

async fn upkeep(chat: &Chat, store: &Arc<Sqlite>, crowd: &Crowd) {
    // A message that is indexed is taken out of the index, too.
    let store: &dyn Store = &**store;
    while store.purge_rooms().await.unwrap() {}
    store.purge_messages(1_700_000_000_500).await.unwrap();
    store.tidy().await.unwrap();
    store.rooms(None, 10).await.unwrap();
    store.members_among(crowd.rooms[0], &crowd.users).await.unwrap();
    store.counted(&crowd.rooms).await.unwrap();
    store.memberships(&crowd.users).await.unwrap();
    store.lost_visits(1, 10).await.unwrap();
    let room = crowd.rooms[1];
    let mut out = Vec::new();
    let owner_sees = store.room(&chat::store::rooms::RoomRef::Id(room)).await.unwrap();
    assert!(owner_sees.is_some());
    export(store, Some("general"), &mut out).await.unwrap();
    assert!(chat.online_count().await > 0);
}
