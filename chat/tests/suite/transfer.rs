//! The way from the embedded database to PostgreSQL: everything arrives as it was, or nothing does.

use crate::support::postgres::{Database, execute};
use crate::support::{
    Engine, House, PASSWORD, Place, address, name, password, reply, settings, texts,
};
use chat::store::OpenError;
use chat::store::postgres::Postgres;
use chat::store::transfer::{Sum, TransferError, tables, transfer};
use chat::{Address, Identity, Token};
use protocol::event::{
    AddTodo, Ban, InRoom, ListAudit, ListNotifications, Mute, SetRole, TickTodo, UpdateRoom,
};
use protocol::{Role, RoomId};
use sqlx::{Connection, PgConnection, Row, SqliteConnection, SqlitePool};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

mod postgres {
    #[tokio::test]
    async fn everything_is_there_afterwards() {
        super::everything_is_there_afterwards().await;
    }

    #[tokio::test]
    async fn every_table_and_column_travels() {
        super::every_table_and_column_travels().await;
    }

    #[tokio::test]
    async fn a_row_that_arrives_otherwise_is_noticed() {
        super::a_row_that_arrives_otherwise_is_noticed().await;
    }

    #[tokio::test]
    async fn what_was_interrupted_leaves_nothing_behind() {
        super::what_was_interrupted_leaves_nothing_behind().await;
    }

    #[tokio::test]
    async fn nothing_is_mixed_with_what_is_there() {
        super::nothing_is_mixed_with_what_is_there().await;
    }

    #[tokio::test]
    async fn a_database_of_another_version_stays_where_it_is() {
        super::a_database_of_another_version_stays_where_it_is().await;
    }
}

/// Who is in the house of these tests.
struct Lived {
    olga: Identity,
    anna: Identity,
    boris: Identity,
    rooms: Vec<RoomId>,
    invite: Token,
    program: Token,
}

/// Something of everything that can be kept.
async fn live(house: &House) -> Lived {
    let chat = &house.chat;
    let olga = house.account("Olga").await;
    let anna = house.account("Анна").await;
    let boris = house.guest_from("Boris", address("192.0.2.7")).await;
    let spammer = house.guest_from("Spammer", address("192.0.2.8")).await;
    for who in [&olga, &anna, &boris, &spammer] {
        house.general(who).await;
    }
    let role = SetRole { user: anna.user.id, role: Role::Moderator };
    chat.set_role(&olga, &role).await.unwrap();
    let tea = house.private_room(&anna, "Чай 茶").await;
    house.invite(&anna, tea, &boris).await.unwrap();
    let direct = house.direct_room(&anna, &olga).await;
    let gone = house.public_room(&boris, "Gone").await;
    house.say(&boris, gone, "nobody will read this").await;
    chat.delete_room(&olga, &gone.to_string()).await.unwrap();
    let topic = UpdateRoom {
        room: "general".into(),
        topic: Some("тема, 主题 and 🫖".into()),
        ..UpdateRoom::default()
    };
    chat.update_room(&olga, &topic).await.unwrap();

    let first = house.say(&anna, "general", "Привет, мир! 你好 @Olga").await;
    house
        .edit(&anna, &first, "Привет, мир! 你好 @Olga, 🧉 \\ ' \" {} \u{202e}abc\u{202c}")
        .await
        .unwrap();
    let second =
        house.send(&boris, reply("general", first.id, "a reply\nof two lines")).await.unwrap();
    house.edit(&boris, &second, "a reply\nof three\nlines").await.unwrap();
    let third = house.say(&spammer, "general", "buy").await;
    house.delete(&olga, &third).await.unwrap();
    for number in 0..1_100 {
        house.say(&anna, direct, &format!("tea {number}")).await;
    }
    house.read(&olga, direct, 7).await;
    house.say(&anna, tea, "茶").await;
    // The last of all numbers, which no one may have again.
    let last = house.say(&olga, direct, "last").await;
    house.delete(&olga, &last).await.unwrap();

    let milk = AddTodo { room: "general".into(), title: "молоко".into() };
    let milk = chat.add_todo(&anna, &milk).await.unwrap().todo;
    let tick = TickTodo { room: "general".into(), todo: milk.id, done: true };
    chat.tick_todo(&boris, &tick).await.unwrap();
    let bread = AddTodo { room: "general".into(), title: "bread".into() };
    chat.add_todo(&anna, &bread).await.unwrap();

    let ban = Ban { user: spammer.user.id, minutes: Some(60), reason: "spam".into() };
    chat.ban(&olga, &ban).await.unwrap();
    let mute = Mute { user: boris.user.id, minutes: 60 };
    chat.mute(&olga, &mute).await.unwrap();
    let hour = Duration::from_hours(1);
    let invite = chat.make_invite(&anna, Some(&tea.to_string()), 3, hour).await.unwrap();
    let program = chat.program_token(&anna, "погода").await.unwrap();
    Lived { olga, anna, boris, rooms: vec![tea, direct], invite, program }
}

fn shown(what: &impl Debug) -> String {
    format!("{what:?}")
}

/// All that these people can ask a house, as text.
async fn seen(house: &House, lived: &Lived) -> Vec<String> {
    let mut seen = Vec::new();
    for who in [&lived.olga, &lived.anna, &lived.boris] {
        let chat = &house.chat;
        seen.push(shown(&chat.whoami(who).await.unwrap()));
        let mut rooms = chat.rooms(who).await.unwrap().rooms;
        rooms.sort_by_key(|room| room.id);
        seen.push(shown(&rooms));
        seen.push(shown(&chat.notifications(who, &ListNotifications::default()).await.unwrap()));
        seen.push(shown(&chat.sessions(who).await.unwrap()));
        let general = house.general(who).await;
        seen.push(shown(&chat.todos(who, &InRoom { room: general.to_string() }).await.unwrap()));
        for room in lived.rooms.iter().chain([&general]) {
            let Ok(mut view) = chat.view(who, *room).await else { continue };
            // Whoever came in the same millisecond has no order.
            view.members.sort_by_key(|member| member.user.id);
            seen.push(shown(&view));
            let all = chat::store::messages::Range::After(0);
            seen.push(shown(&house.store.history(*room, all, 5_000).await.unwrap()));
        }
        for words in ["привет", "茶", "ea 10", "three"] {
            let found = house.search(who, words).await;
            seen.push(format!("{words}: {:?}", texts(&found.messages)));
        }
    }
    seen.push(shown(&house.chat.audit(&lived.olga, &ListAudit::default()).await.unwrap()));
    seen.push(shown(&house.chat.console().users().await.unwrap().len()));
    seen
}

async fn everything_is_there_afterwards() {
    let house = House::new(Engine::Sqlite).await;
    let lived = live(&house).await;
    // No one is here who isn't here after a move, either.
    let house = house.again().await;
    house.index().await;
    let before = seen(&house, &lived).await;
    house.chat.close().await;
    let target = Database::new().await;
    let mut told = Vec::new();
    let mut arrived = |table, sum: Sum| told.push((table, sum.rows));
    transfer(&house.place.file(), &target.url(), &mut arrived).await.unwrap();
    assert_eq!(told.len(), tables::ALL.len());
    let empty: Vec<_> = told.iter().filter(|(_, rows)| *rows == 0).collect();
    assert!(empty.is_empty(), "the house must have lived for this test: {empty:?}");
    let messages = told.iter().find(|(table, _)| *table == "messages").unwrap().1;
    assert!(messages > 1_100, "several batches: {told:?}");

    let house = House::at(Place::Database(target), settings()).await;
    let after = seen(&house, &lived).await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
    assert_eq!(before.len(), after.len());
    life_goes_on(&house, &lived).await;
}

/// What can't be seen but must work.
async fn life_goes_on(house: &House, lived: &Lived) {
    let anna = house.sign_in("Анна", PASSWORD).await.unwrap();
    let program = house.chat.authenticate(&lived.program, Address::LOCAL).await.unwrap();
    assert_eq!(program.user.id, anna.user.id);
    assert!(house.sign_in("Olga", "another password").await.is_err());
    let banned = house.chat.sign_in_guest(&name("Other"), address("192.0.2.8")).await;
    assert!(banned.is_err(), "a ban holds for its address");
    assert!(house.try_say(&lived.boris, "general", "muted").await.is_err());
    let (new, secret) = (name("Новая"), password(PASSWORD));
    let code = Some(lived.invite.as_str());
    let new = house.chat.register(&new, &secret, code, Address::LOCAL).await.unwrap().identity;
    assert!(house.listed(&new, lived.rooms[0]).await.is_some(), "the invite opens its room");
    let direct = lived.rooms[1];
    let next = house.say(&anna, direct, "on it goes, всё хорошо").await;
    assert_eq!(next.rev, house.chat.view(&anna, direct).await.unwrap().rev);
    assert_eq!(next.seq, 1_103, "after 1,101 of which the last was deleted");
    assert_eq!(texts(&house.search(&anna, "всё").await.messages), ["on it goes, всё хорошо"]);
    assert_eq!(texts(&house.search(&anna, "tea 1099").await.messages), ["tea 1099"]);
    house
        .chat
        .kick(
            &lived.olga,
            &protocol::event::Kick {
                user: lived.boris.user.id,
                room: None,
                reason: "the log goes on".into(),
            },
        )
        .await
        .unwrap();
    house.remove(&anna, lived.rooms[0], &new).await.unwrap();
}

/// As the engines themselves tell.
async fn every_table_and_column_travels() {
    let place = Place::new(Engine::Sqlite).await;
    place.open().await.close().await;
    let pool = SqlitePool::connect(&format!("sqlite:{}", place.file().display())).await.unwrap();
    let columns = "SELECT m.name || '.' || p.name || ' ' || p.type FROM sqlite_master m, \
                   pragma_table_info(m.name) p WHERE m.type = 'table' \
                   AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'found_%'";
    let rows = sqlx::query(columns).fetch_all(&pool).await.unwrap();
    let here = rows.iter().map(|row| row.get::<String, _>(0)).collect();
    assert_eq!(listed(tables::Kind::in_sqlite), without_own(here));

    let target = Database::new().await;
    Postgres::open(&target.url()).await.unwrap();
    let mut connection = PgConnection::connect(&target.url()).await.unwrap();
    let columns = "SELECT table_name || '.' || column_name || ' ' || data_type \
                   FROM information_schema.columns WHERE table_schema = 'public'";
    let rows = sqlx::query(columns).fetch_all(&mut connection).await.unwrap();
    let there = rows.iter().map(|row| row.get::<String, _>(0)).collect();
    assert_eq!(listed(tables::Kind::in_postgres), without_own(there));
}

fn listed(as_type: impl Fn(tables::Kind) -> &'static str) -> BTreeSet<String> {
    let columns = |table: &tables::Table| {
        let named = |(name, kind): &(_, _)| format!("{}.{name} {}", table.name, as_type(*kind));
        table.columns.iter().map(named).collect::<Vec<_>>()
    };
    tables::ALL.iter().flat_map(columns).collect()
}

fn without_own(columns: BTreeSet<String>) -> BTreeSet<String> {
    let own =
        |column: &String| tables::OWN.iter().any(|own| column.starts_with(&format!("{own}.")));
    columns.into_iter().filter(|column| !own(column)).collect()
}

/// A house with three messages, closed; and an empty database with all tables and this trigger.
async fn with_trigger(body: &str) -> (Place, Database) {
    let house = House::new(Engine::Sqlite).await;
    let anna = house.guest("Anna").await;
    house.general(&anna).await;
    for text in ["one", "two", "three"] {
        house.say(&anna, "general", text).await;
    }
    house.chat.close().await;
    let target = Database::new().await;
    Postgres::open(&target.url()).await.unwrap();
    let trigger = format!(
        "DELETE FROM rooms; CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN {body} RETURN NEW; END $$; \
         CREATE TRIGGER meddle BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION meddle()"
    );
    execute(&target.url(), &trigger).await;
    (house.place, target)
}

async fn assert_empty(target: &Database) {
    let mut connection = PgConnection::connect(&target.url()).await.unwrap();
    for table in tables::ALL {
        let count = format!("SELECT COUNT(*) FROM {}", table.name);
        let count = sqlx::query_scalar(sqlx::AssertSqlSafe(count)).fetch_one(&mut connection).await;
        assert_eq!(count.ok(), Some(0_i64), "{}", table.name);
    }
}

async fn a_row_that_arrives_otherwise_is_noticed() {
    let (place, target) = with_trigger("IF NEW.text = 'two' THEN NEW.text := 'Two'; END IF;").await;
    let result = transfer(&place.file(), &target.url(), |_, _| {}).await;
    let Err(TransferError::Differs { table: "messages", sent, arrived }) = result else {
        panic!("{result:?}");
    };
    assert_eq!((sent.rows, arrived.rows), (3, 3));
    assert_empty(&target).await;
}

async fn what_was_interrupted_leaves_nothing_behind() {
    let (place, target) = with_trigger(
        "IF NEW.text = 'three' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;",
    )
    .await;
    let result = transfer(&place.file(), &target.url(), |_, _| {}).await;
    assert!(matches!(result, Err(TransferError::Write { table: "messages", .. })), "{result:?}");
    assert_empty(&target).await;
    execute(&target.url(), "DROP FUNCTION meddle CASCADE").await;
    transfer(&place.file(), &target.url(), |_, _| {}).await.unwrap();
}

async fn nothing_is_mixed_with_what_is_there() {
    let house = House::new(Engine::Sqlite).await;
    house.chat.close().await;
    let target = Database::new().await;
    transfer(&house.place.file(), &target.url(), |_, _| {}).await.unwrap();
    let again = transfer(&house.place.file(), &target.url(), |_, _| {}).await;
    let Err(error @ TransferError::NotEmpty { table: "rooms", rows: 1 }) = again else {
        panic!("{again:?}");
    };
    assert!(error.to_string().contains("isn't empty: there are 1 rooms"), "{error}");
}

async fn a_database_of_another_version_stays_where_it_is() {
    let house = House::new(Engine::Sqlite).await;
    house.chat.close().await;
    let target = Database::new().await;
    for version in [1_i64, 1_000] {
        let file = format!("sqlite:{}", house.place.file().display());
        let mut connection = SqliteConnection::connect(&file).await.unwrap();
        let set = format!("PRAGMA user_version = {version}");
        sqlx::query(sqlx::AssertSqlSafe(set)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let result = transfer(&house.place.file(), &target.url(), |_, _| {}).await;
        assert!(
            matches!(
                result,
                Err(TransferError::Older { found: 1, .. }
                    | TransferError::Open(OpenError::Newer { found: 1_000, .. }))
            ),
            "{result:?}"
        );
    }
}
