//! Several nodes on one PostgreSQL, joined by Redis.

mod away;
mod database;
mod doctor;
mod limits;
mod presence;
mod redis_server;
mod refusals;
mod told;
mod visitors;

use crate::house::{House, PATIENCE, Person, get};
use crate::postgres::Database;
use protocol::event::People;
use redis_server::Redis;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const SECRET: &str = "the secret of all nodes of one house";

/// Nodes that are one house.
struct Town {
    redis: Redis,
    database: Database,
    nodes: Vec<House>,
}

impl Town {
    async fn of(count: usize) -> Self {
        Self::with(count, &[]).await
    }

    async fn with(count: usize, flags: &[&str]) -> Self {
        Self::on(Redis::start(), count, flags).await
    }

    async fn on(redis: Redis, count: usize, flags: &[&str]) -> Self {
        let database = Database::new().await;
        let mut town = Self { redis, database, nodes: Vec::new() };
        for _ in 0..count {
            let node = town.node(flags).await;
            town.nodes.push(node);
        }
        for number in 0..count {
            town.sees_all(number).await;
        }
        town
    }

    async fn node(&self, flags: &[&str]) -> House {
        let own = self.flags();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        House::with(&[&own, flags].concat()).await
    }

    /// What makes a server a node of this house.
    fn flags(&self) -> Vec<String> {
        let (database, redis) = (self.database.url(), self.redis.url.clone());
        let flags =
            [("--database-url", database), ("--redis-url", redis), ("--secret", SECRET.into())];
        flags.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value]).collect()
    }

    /// Until a node hears the others.
    async fn sees_all(&self, number: usize) {
        until("it hears the others", async || self.ready(number).await["redis"] == "ok").await;
    }

    async fn ready(&self, number: usize) -> Value {
        let answer = get(&self.nodes[number].url, "/health/ready").send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    async fn person(&self, number: usize, name: &str) -> Person {
        self.nodes[number].person(name).await
    }

    async fn close(self) {
        for node in self.nodes {
            node.close().await;
        }
    }
}

/// Until each of them sees so many people in `general`.
async fn see(people: &[Person], count: usize) {
    for person in people {
        until("they see each other", async || online(person).await.len() == count).await;
    }
}

/// The names of those whom someone sees in `general`, sorted.
async fn online(person: &Person) -> Vec<String> {
    let people: People = person.ask("presence", &json!({ "room": "general" })).await.unwrap();
    let mut names: Vec<String> = people.users.into_iter().map(|user| user.name).collect();
    names.sort_unstable();
    names
}

/// Asks until it is so.
async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    until_within(PATIENCE, what, is_so).await;
}

async fn until_within(patience: Duration, what: &str, is_so: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < patience, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
