use crate::support::postgres::{Database, execute};
use crate::support::{Engine, House, Place, settings, texts};
use chat::store::OpenError;
use chat::store::postgres::Postgres;
use chat::store::sqlite::{Durability, Sqlite};
use chat::{Address, Token};
use protocol::Role;
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{AssertSqlSafe, Executor};
use std::path::Path;
use uuid::Uuid;

mod sqlite {
    #[tokio::test]
    async fn what_the_first_version_wrote_is_all_there() {
        super::what_the_first_version_wrote_is_all_there().await;
    }

    #[tokio::test]
    async fn a_database_of_a_newer_version_is_refused() {
        super::a_newer_file_is_refused().await;
    }
}

mod postgres {
    #[tokio::test]
    async fn a_database_of_a_newer_version_is_refused() {
        super::a_newer_database_is_refused().await;
    }
}

async fn first_version(path: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    let script = include_str!("../../src/store/sqlite/0001_first.sql");
    let whole = format!("{script}; PRAGMA user_version = 1; PRAGMA journal_mode = WAL;");
    pool.execute(sqlx::raw_sql(AssertSqlSafe(whole))).await.unwrap();
    pool
}

/// Two guests, `general` with three messages, and a second room with one.
async fn furnish(pool: &SqlitePool, [general, tea, anna, boris]: [Uuid; 4], token: &str) {
    for (room, slug, last) in [(general, "general", 3_i64), (tea, "tea", 1)] {
        let insert = "INSERT INTO rooms (id, slug, name, kind, rev, last_seq, created_at) \
                      VALUES ($1, $2, $2, 'public', $3, $3, 1)";
        sqlx::query(insert).bind(room).bind(slug).bind(last).execute(pool).await.unwrap();
    }
    for (user, name) in [(anna, "Anna"), (boris, "Boris")] {
        let insert = "INSERT INTO users (id, name, name_key, role, created_at) \
                      VALUES ($1, $2, lower($2), 'guest', 1)";
        sqlx::query(insert).bind(user).bind(name).execute(pool).await.unwrap();
        let join = "INSERT INTO members (room, user, joined_at) VALUES ($1, $2, 1)";
        sqlx::query(join).bind(general).bind(user).execute(pool).await.unwrap();
    }
    let join = "INSERT INTO members (room, user, joined_at) VALUES ($1, $2, 1)";
    sqlx::query(join).bind(tea).bind(anna).execute(pool).await.unwrap();
    let now = Uuid::now_v7().get_timestamp().unwrap().to_unix().0 * 1_000;
    let open = "INSERT INTO sessions (id, user, token_hash, created_at) VALUES ($1, $2, $3, $4)";
    let hash = Sha256::digest(token).to_vec();
    let open = sqlx::query(open).bind(Uuid::now_v7()).bind(anna).bind(hash);
    open.bind(i64::try_from(now).unwrap()).execute(pool).await.unwrap();
    let said = [
        (general, 1_i64, anna, "one"),
        (general, 2, boris, "two"),
        (tea, 1, anna, "tea"),
        (general, 3, anna, "three"),
    ];
    for (at, (room, seq, author, text)) in (1_i64..).zip(said) {
        let insert = "INSERT INTO messages (room, seq, rev, id, author, client_id, kind, text, at) \
                      VALUES ($1, $2, $2, $3, $4, $5, 'text', $6, $7)";
        sqlx::query(insert)
            .bind(room)
            .bind(seq)
            .bind(Uuid::now_v7())
            .bind(author)
            .bind(Uuid::now_v7())
            .bind(text)
            .bind(at)
            .execute(pool)
            .await
            .unwrap();
    }
}

async fn what_the_first_version_wrote_is_all_there() {
    let place = Place::new(Engine::Sqlite).await;
    let [general, tea, anna, boris] = [(); 4].map(|()| Uuid::now_v7());
    let token = "a token of the first version";
    let pool = first_version(&place.file()).await;
    furnish(&pool, [general, tea, anna, boris], token).await;
    pool.close().await;

    let house = House::at(place, settings()).await;
    let who = house.chat.authenticate(&Token::from_text(token), Address::LOCAL).await.unwrap();
    assert_eq!((who.user.id.0, who.user.name.as_str(), who.user.role), (anna, "Anna", Role::Guest));
    let said = house.history(&who, "general").await;
    assert_eq!(texts(&said), ["one", "two", "three"]);
    assert_eq!(said[1].user.id.0, boris);
    assert_eq!(texts(&house.history(&who, tea).await), ["tea"]);
    let rooms = house.chat.rooms(&who).await.unwrap().rooms;
    let seen: Vec<_> = rooms.iter().map(|room| (room.id.0, room.members, room.unread)).collect();
    assert_eq!(rooms.len(), 2);
    assert!(seen.contains(&(general, 2, 0)) && seen.contains(&(tea, 1, 0)), "{seen:?}");
    assert_eq!(house.say(&who, "general", "four").await.rev, 4);
    house.index().await;
    assert_eq!(texts(&house.search(&who, "t").await.messages), ["three", "tea", "two"]);
    house.edit(&who, &said[0], "one, edited").await.unwrap_err();
    house.delete(&who, &said[0]).await.unwrap();
    // Boris left long ago: the name is free for another.
    assert_ne!(house.guest("Boris").await.user.id.0, boris);
    let house = house.again().await;
    assert_eq!(texts(&house.history(&who, "general").await), ["", "two", "three", "four"]);
}

async fn a_newer_file_is_refused() {
    let place = Place::new(Engine::Sqlite).await;
    let pool = first_version(&place.file()).await;
    pool.execute("PRAGMA user_version = 1000").await.unwrap();
    pool.close().await;
    let error = Sqlite::open(&place.file(), Durability::Full).await.err().unwrap();
    assert!(matches!(error, OpenError::Newer { found: 1000, .. }), "{error}");
    assert!(error.to_string().contains("newer Beseda"), "{error}");
}

async fn a_newer_database_is_refused() {
    let database = Database::new().await;
    let make = "CREATE TABLE schema_version (version BIGINT NOT NULL); \
                INSERT INTO schema_version VALUES (1), (1000)";
    execute(&database.url(), make).await;
    let error = Postgres::open(&database.url()).await.err().unwrap();
    assert!(matches!(error, OpenError::Newer { found: 1000, .. }), "{error}");
}
