//! A house in which a lot has been said already.

use chat::Chat;
use protocol::event::CreateRoom;
use protocol::{RoomId, UserId};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Executor};
use std::path::Path;

/// Words of which each message has three, by its number; some are common and some are rare.
const WORDS: [&str; 16] = [
    "hello",
    "the",
    "meeting",
    "yesterday",
    "привет",
    "завтра",
    "совещание",
    "вчера",
    "你好",
    "明天开会讨论",
    "问题",
    "谢谢",
    "release",
    "branch",
    "сборка",
    "упала",
];
pub(crate) const COMMON: &str = "meeting";
/// In one message of 100,000.
pub(crate) const RARE: &str = "xylophone";
/// In one message of 1,000.
pub(crate) const CHINESE: &str = "熊猫";

pub(crate) struct Crowd {
    pub(crate) users: Vec<UserId>,
    pub(crate) rooms: Vec<RoomId>,
}

/// Public rooms, and people who are members of all of them.
pub(crate) async fn crowd(chat: &Chat, users: usize, rooms: usize) -> Crowd {
    let mut crowd = Crowd { users: Vec::new(), rooms: Vec::new() };
    for number in 0..users {
        let who = super::guest(chat, &format!("Person {number}")).await.identity;
        if number == 0 {
            for room in 0..rooms {
                let ask = CreateRoom {
                    name: format!("Room {room}"),
                    max_users: Some(10_000),
                    ..CreateRoom::default()
                };
                crowd.rooms.push(chat.create_room(&who, &ask).await.unwrap().room.id);
            }
        }
        for room in &crowd.rooms {
            chat.join(&who, &room.to_string()).await.unwrap();
        }
        crowd.users.push(who.user.id);
    }
    crowd
}

/// Puts so many messages into the rooms, as if they had been sent in turn. No one may have the
/// database open, and nothing may have been said in the rooms.
pub(crate) async fn fill(database: &Path, crowd: &Crowd, messages: usize) {
    let mut connection = connect(database).await;
    let list = |name: &str, values: Vec<String>| {
        let rows: Vec<String> =
            values.iter().enumerate().map(|(i, value)| format!("({i}, {value})")).collect();
        format!(
            "CREATE TEMP TABLE {name} (i INTEGER PRIMARY KEY, v); INSERT INTO {name} VALUES {};",
            rows.join(", ")
        )
    };
    let blob = |id: uuid::Uuid| format!("x'{}'", id.simple());
    let rooms = crowd.rooms.len();
    let whole = format!(
        "BEGIN; {} {} {}
         INSERT INTO messages (room_id, seq, rev, id, author_id, client_id, kind, text, at)
         WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < {messages} - 1)
         SELECT r.v, n / {rooms} + 1, n / {rooms} + 1, unhex(printf('%032x', n)), u.v, unhex(printf('%032x', n)), 'text',
             a.v || ' ' || b.v || ' ' || c.v || ' ' || n
             || CASE WHEN n % 1000 = 7 THEN ' {CHINESE}' ELSE '' END
             || CASE WHEN n % 100000 = 11 THEN ' {RARE}' ELSE '' END, 1700000000000 + n * 100
         FROM n JOIN house_rooms r ON r.i = n % {rooms} JOIN house_users u ON u.i = (n * 7 / 3) % {}
         JOIN house_words a ON a.i = n % 16 JOIN house_words b ON b.i = (n / 16) % 16
         JOIN house_words c ON c.i = (n / 7) % 16;
         UPDATE rooms SET (rev, last_seq) = (SELECT MAX(rev), MAX(seq) FROM messages WHERE room_id = rooms.id)
             WHERE id IN (SELECT v FROM house_rooms);
         COMMIT; PRAGMA wal_checkpoint(TRUNCATE);",
        list("house_rooms", crowd.rooms.iter().map(|id| blob(id.0)).collect()),
        list("house_users", crowd.users.iter().map(|id| blob(id.0)).collect()),
        list("house_words", WORDS.iter().map(|word| format!("'{word}'")).collect()),
        crowd.users.len(),
    );
    connection.execute(sqlx::raw_sql(AssertSqlSafe(whole))).await.unwrap();
    connection.close().await.unwrap();
}

pub(crate) async fn connect(database: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(database)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    SqliteConnection::connect_with(&options).await.unwrap()
}
