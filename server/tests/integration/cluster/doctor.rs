//! `beseda doctor` beside several nodes, with their PostgreSQL and their Redis.

use super::{SECRET, Town};
use crate::doctor::{Said, nowhere};

const OTHER: &str = "another secret, which is as long as that";

fn look(flags: &[String], more: &[&str]) -> Said {
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let address = nowhere();
    let said = Said::by_doctor(&[&flags, more, &["--address", &address]].concat());
    assert!(!said.text.contains(SECRET) && !said.text.contains(OTHER), "{}", said.text);
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_are_found_well_and_counted() {
    let town = Town::of(2).await;
    let url = town.nodes[0].url.clone();
    look(&town.flags(), &["--url", &url])
        .is_well()
        .ok("PostgreSQL 1")
        .ok("2 nodes are using it")
        .ok("the clock of PostgreSQL agrees")
        .ok("2 nodes here, with our secret")
        .ok("the clock of Redis at")
        .ok("polling changes to a WebSocket");
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_keep_a_node_out_is_told() {
    let town = Town::of(1).await;
    let (database, redis) = (town.database.url(), town.redis.url.clone());
    let flags = |flags: &[(&str, &str)]| -> Vec<String> {
        flags.iter().flat_map(|(flag, value)| [(*flag).to_owned(), (*value).to_owned()]).collect()
    };
    let alone = flags(&[("--database-url", &database), ("--secret", SECRET)]);
    look(&alone, &[]).problem("servers with a --redis-url are using it");
    let stranger = [("--database-url", &*database), ("--redis-url", &*redis), ("--secret", OTHER)];
    look(&flags(&stranger), &[]).problem("1 node here, with another secret");
    let missing = database.rsplit_once('/').unwrap().0.to_owned() + "/nowhere";
    look(&flags(&[("--database-url", &missing)]), &[]).problem("no such database");
    let stranger = database.replace("://beseda", "://nobody");
    look(&flags(&[("--database-url", &stranger)]), &[]).problem("lets this user not in");
    let joined = |redis: &str| {
        flags(&[("--database-url", &database), ("--secret", SECRET), ("--redis-url", redis)])
    };
    let wrong = redis.replace("redis://", "redis://:geheim@");
    let said = look(&joined(&wrong), &[]);
    said.problem("lets us not in");
    assert!(!said.text.contains("geheim"), "{}", said.text);
    look(&joined("redis://127.0.0.1:1"), &[]).problem("can't be reached");
    town.close().await;
}
