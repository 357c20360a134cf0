//! Who is here, on whichever node.

use super::{Town, online, see, until, until_within};
use crate::house::{Person, next, refusal, sign_in};
use crate::program;
use protocol::Role;
use protocol::event::{MessageChanged, PresenceAction, RoomPresence, Stats};
use protocol::limits::OFFLINE_AFTER;
use serde_json::{Value, json};
use socketio_client::{Event, Stream};
use std::time::Duration;

/// What a killed node's people may still seem to be here.
const GONE_WITHIN: Duration = Duration::from_secs(30);

async fn hears(stream: &mut Stream<Event>, name: &str, action: PresenceAction) -> usize {
    loop {
        let presence: RoomPresence = next(stream).await;
        if presence.user.name == name && presence.action == action {
            return presence.count;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_here_until_the_last_socket_anywhere_has_gone() {
    let town = Town::of(3).await;
    let boris = town.person(1, "Boris").await;
    boris.join().await;
    let mut heard = boris.chat.stream("room-presence");
    let token = sign_in(&town.nodes[0].url, "Anna").await;
    let one = Person::connect(&town.nodes[0].url, &token);
    let other = Person::connect(&town.nodes[2].url, &token);
    one.join().await;
    other.join().await;
    assert_eq!(hears(&mut heard, "Anna", PresenceAction::Online).await, 2);
    one.client.close();
    tokio::time::sleep(OFFLINE_AFTER * 2).await;
    assert_eq!(online(&boris).await, ["Anna", "Boris"], "another socket is left");
    other.client.close();
    assert_eq!(hears(&mut heard, "Anna", PresenceAction::Offline).await, 1);
    assert_eq!(online(&boris).await, ["Boris"]);
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_and_leaves_a_room_is_seen_on_all_nodes() {
    let town = Town::of(2).await;
    let (anna, boris) = (town.person(0, "Anna").await, town.person(1, "Boris").await);
    anna.join().await;
    boris.join().await;
    see(std::slice::from_ref(&boris), 2).await;
    let mut heard = boris.chat.stream("room-presence");
    anna.ask::<Value>("leave-room", &json!({ "room": "general" })).await.unwrap();
    assert_eq!(hears(&mut heard, "Anna", PresenceAction::Left).await, 1);
    assert_eq!(online(&boris).await, ["Boris"]);
    anna.join().await;
    assert_eq!(hears(&mut heard, "Anna", PresenceAction::Joined).await, 2);
    assert_eq!(online(&boris).await, ["Anna", "Boris"]);
    town.close().await;
}

/// The program, so that it can be killed.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_nodes_people_are_gone_within_half_a_minute() {
    let town = Town::of(1).await;
    let dir = tempfile::tempdir().unwrap();
    let (mut program, url) = program::start_with(dir.path(), &town.flags()).await;
    let anna = town.person(0, "Anna").await;
    anna.join().await;
    let boris = Person::connect(&url, &sign_in(&url, "Boris").await);
    boris.join().await;
    see(std::slice::from_ref(&anna), 2).await;
    program.kill().await.unwrap();
    until_within(GONE_WITHIN, "Boris is gone", async || online(&anna).await == ["Anna"]).await;
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_from_one_address_are_counted_on_all_nodes() {
    let town = Town::with(2, &["--max-connections-per-address", "2"]).await;
    let (anna, boris) = (town.person(0, "Anna").await, town.person(0, "Boris").await);
    anna.join().await;
    boris.join().await;
    // What a board says of people and of addresses is heard together.
    let here = async || town.nodes[1].chat().online_count().await == 2;
    until("they are known there", here).await;
    let token = sign_in(&town.nodes[1].url, "Chen").await;
    assert_eq!(refusal(&Person::connect(&town.nodes[1].url, &token)).await, "server-full");
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stats_are_those_of_all_nodes() {
    let town = Town::of(2).await;
    let (olga, token) = town.nodes[0].account("Olga", Role::Owner).await;
    let boris = town.person(1, "Boris").await;
    olga.join().await;
    boris.join().await;
    let admin = Person::connect_to(&town.nodes[1].url, "/admin", &token);
    let mut stats = admin.chat.stream("stats");
    let is_right = |stats: &Stats| (stats.nodes, stats.users, stats.connections) == (2, 2, 3);
    while !is_right(&next::<Stats>(&mut stats).await) {}
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_given_once_whoever_asks_where() {
    let town = Town::of(2).await;
    for round in 0..20 {
        let name = format!("Anna {round}x");
        let at = |number: usize| {
            let chat = town.nodes[number].chat().clone();
            let name = protocol::Name::parse(&name).unwrap();
            async move { chat.sign_in_guest(&name, chat::Address::LOCAL).await.is_ok() }
        };
        let (one, other) = tokio::join!(at(0), at(1));
        assert!(one != other, "{name}: {one} {other}");
    }
    town.close().await;
}

/// Those who were on a node that stops come to another one before anyone has noticed.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_stops_takes_no_one_with_it() {
    let mut town = Town::of(2).await;
    let boris = town.person(1, "Boris").await;
    boris.join().await;
    let token = sign_in(&town.nodes[0].url, "Anna").await;
    let anna = Person::connect(&town.nodes[0].url, &token);
    anna.join().await;
    let chen = town.person(0, "Chen").await;
    chen.join().await;
    see(std::slice::from_ref(&boris), 3).await;
    let mut heard = boris.chat.stream("room-presence");
    town.nodes.remove(0).close().await;
    let anna = Person::connect(&town.nodes[0].url, &token);
    anna.join().await;
    // Of the two, only the one who doesn't come back is told to have gone.
    let presence: RoomPresence = next(&mut heard).await;
    assert_eq!((presence.user.name.as_str(), presence.action), ("Chen", PresenceAction::Offline));
    assert_eq!(online(&boris).await, ["Anna", "Boris"]);
    town.close().await;
}

/// Its people are gone, and here again when it goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_paused_comes_back() {
    let town = Town::of(1).await;
    let dir = tempfile::tempdir().unwrap();
    let (program, url) = program::start_with(dir.path(), &town.flags()).await;
    let anna = town.person(0, "Anna").await;
    anna.join().await;
    let boris = Person::connect(&url, &sign_in(&url, "Boris").await);
    boris.join().await;
    see(std::slice::from_ref(&anna), 2).await;
    let signal = |name: &str| {
        let pid = program.id().unwrap().to_string();
        let sent = std::process::Command::new("kill").args([name, &pid]).status();
        assert!(sent.unwrap().success());
    };
    signal("-STOP");
    until_within(GONE_WITHIN, "Boris is gone", async || online(&anna).await == ["Anna"]).await;
    signal("-CONT");
    see(std::slice::from_ref(&anna), 2).await;
    let mut heard = boris.chat.stream("message");
    anna.say("welcome back").await.unwrap();
    while next::<MessageChanged>(&mut heard).await.message.text != "welcome back" {}
    town.close().await;
}
