//! What will never work is refused at the start, in one sentence.

use super::{SECRET, Town};
use crate::house::House;
use crate::postgres::Database;

const OTHER: &str = "another secret, which is as long as that";

#[tokio::test]
async fn redis_needs_a_shared_database_and_a_shared_secret() {
    let redis = ["--redis-url", "redis://127.0.0.1:1"];
    let told = House::refused(&redis).await;
    assert!(told.contains("give its address with --database-url"), "{told}");
    let database = Database::new().await.url();
    let told = House::refused(&[&redis[..], &["--database-url", &database]].concat()).await;
    assert!(told.contains("give all of them the same --secret"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_have_one_secret() {
    let town = Town::of(1).await;
    let mut flags = town.flags();
    *flags.last_mut().unwrap() = OTHER.to_owned();
    let told = House::refused(&flags.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert!(told.contains("have another secret"), "{told}");
    assert!(!told.contains(OTHER) && !told.contains(SECRET), "{told}");
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_on_one_database_hear_each_other_or_there_is_one() {
    let town = Town::of(1).await;
    let database = town.database.url();
    let alone = ["--database-url", &database];
    let told = House::refused(&alone).await;
    assert!(told.contains("using this PostgreSQL database already"), "{told}");
    let flags = town.flags();
    let Town { nodes, database: _database, .. } = town;
    for node in nodes {
        node.close().await;
    }
    let first = House::with(&alone).await;
    let told = House::refused(&alone).await;
    assert!(told.contains("using this PostgreSQL database already"), "{told}");
    let told = House::refused(&flags.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert!(told.contains("without --redis-url"), "{told}");
    first.close().await;
    House::with(&alone).await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_redis_is_refused_and_one_that_is_away_is_not() {
    let database = Database::new().await;
    let url = database.url();
    let flags = |redis| ["--database-url", &url, "--secret", SECRET, "--redis-url", redis];
    let told = House::refused(&flags("redis//nonsense")).await;
    assert!(told.contains("is no address of a Redis"), "{told}");
    let redis = super::Redis::start();
    let wrong = redis.url.replace("redis://", "redis://:password@");
    let told = House::refused(&flags(&wrong)).await;
    assert!(told.contains(&redis.url) && told.contains("correct --redis-url"), "{told}");
    assert!(!told.contains("password@"), "{told}");
    let node = House::with(&flags("redis://127.0.0.1:1")).await;
    node.person("Anna").await.join().await;
    node.close().await;
}
