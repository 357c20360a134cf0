//! What happens on one node is told on all.

use super::{Redis, Town, see};
use crate::house::{PATIENCE, Person, next, refusal, sent_away, sign_in, to_general};
use protocol::event::{
    Done, MessageChanged, Notification, OneRoom, RoomRemoved, RoomUpdated, Sent, TodoChanged,
    UserTyping,
};
use protocol::{Message, Role};
use serde_json::{Value, json};
use socketio_client::{Event, Stream};
use std::time::Instant;

struct Three {
    town: Town,
    anna: Person,
    others: [Person; 2],
}

/// Anna on one node, someone else on each of two others, all in `general`.
async fn three() -> Three {
    let town = Town::of(3).await;
    let anna = town.person(0, "Anna").await;
    let others = [town.person(1, "Boris").await, town.person(2, "Chen").await];
    for person in [&anna, &others[0], &others[1]] {
        person.join().await;
    }
    Three { town, anna, others }
}

async fn hears<T: serde::de::DeserializeOwned>(
    streams: &mut [Stream<Event>],
    is_it: impl Fn(&T) -> bool,
) {
    for stream in streams {
        let heard = async { while !is_it(&next::<T>(stream).await) {} };
        tokio::time::timeout(PATIENCE, heard).await.expect("to hear it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_and_their_changes_are_heard_on_all_nodes() {
    let Three { town, anna, others } = three().await;
    let mut heard = others.each_ref().map(|other| other.chat.stream("message"));
    let said = anna.say("hello").await.unwrap();
    hears(&mut heard, |changed: &MessageChanged| changed.message.text == "hello").await;

    let edit = json!({ "room": said.room, "message": said.id, "text": "hello there" });
    let edited: Sent = anna.ask("edit-message", &edit).await.unwrap();
    hears(&mut heard, |changed: &MessageChanged| changed.message == edited.message).await;

    let delete = json!({ "room": said.room, "message": said.id });
    anna.ask::<Sent>("delete-message", &delete).await.unwrap();
    hears(&mut heard, |changed: &MessageChanged| changed.message.deleted_at.is_some()).await;
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writing_and_lists_are_heard_on_all_nodes() {
    let Three { town, anna, others } = three().await;
    let mut typing = others.each_ref().map(|other| other.chat.stream("user-typing"));
    let mut lists = others.each_ref().map(|other| other.chat.stream("todo"));
    anna.ask::<Value>("typing", &json!({ "room": "general", "on": true })).await.unwrap();
    hears(&mut typing, |typing: &UserTyping| typing.on && typing.user.name == "Anna").await;
    let add = json!({ "room": "general", "title": "Buy tea" });
    anna.ask::<TodoChanged>("todo-add", &add).await.unwrap();
    hears(&mut lists, |changed: &TodoChanged| changed.todo.title == "Buy tea").await;
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_come_and_go_on_all_nodes() {
    let Three { town, anna, others } = three().await;
    let mut made = others.each_ref().map(|other| other.chat.stream("room-updated"));
    let mut gone = others.each_ref().map(|other| other.chat.stream("room-removed"));
    let room = anna.ask::<OneRoom>("create-room", &json!({ "name": "Tea" })).await.unwrap().room.id;
    hears(&mut made, |updated: &RoomUpdated| updated.room.id == room).await;
    anna.ask::<Done>("delete-room", &json!({ "room": room })).await.unwrap();
    hears(&mut gone, |removed: &RoomRemoved| removed.room == room).await;
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_called_or_sent_out_hears_it_wherever_they_are() {
    let town = Town::of(2).await;
    let (owner, owners) = town.nodes[0].account("Olga", Role::Owner).await;
    owner.join().await;
    let token = sign_in(&town.nodes[1].url, "Boris").await;
    let boris = Person::connect(&town.nodes[1].url, &token);
    boris.join().await;
    let desk = Person::connect_to(&town.nodes[1].url, "/notifications", &token);
    let mut called = desk.chat.stream("notification");
    let mut kicked = boris.chat.stream("kicked");
    desk.ask::<Value>("list", &json!({})).await.unwrap();

    owner.say("@Boris, tea?").await.unwrap();
    let notification: Notification = next(&mut called).await;
    assert_eq!(notification.room, Some(owner.join().await.room.id));

    let user = boris.ask::<protocol::event::WhoAmI>("whoami", &()).await.unwrap().user.id;
    let admin = Person::connect_to(&town.nodes[0].url, "/admin", &owners);
    let changes = boris.client.changes();
    admin.ask::<Done>("kick", &json!({ "user": user, "reason": "enough" })).await.unwrap();
    next::<protocol::event::Kicked>(&mut kicked).await;
    sent_away(changes).await;
    assert_eq!(refusal(&Person::connect(&town.nodes[1].url, &token)).await, "unauthorized");
    town.close().await;
}

/// Whatever the number of nodes, namespaces, rooms and people who hear it.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_published_once() {
    const MESSAGES: u64 = 200;
    let Three { town, anna, others } = three().await;
    let mut heard = others.each_ref().map(|other| other.chat.stream("message"));
    // Until those who came are on every board.
    see(&others, 3).await;
    let (before, spent_before) = town.redis.calls("publish").await;
    let mut waits = Vec::new();
    for number in 1..=MESSAGES {
        let begun = Instant::now();
        anna.send(&to_general(&number.to_string())).await.unwrap();
        hears(&mut heard, |changed: &MessageChanged| changed.rev == number).await;
        waits.push(begun.elapsed());
    }
    let (after, spent) = town.redis.calls("publish").await;
    assert_eq!(after - before, MESSAGES);
    #[allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "a measurement")]
    {
        waits.sort_unstable();
        println!("{:.1} µs of Redis a publish", (spent - spent_before) / MESSAGES as f64);
        println!("from saying to hearing on two nodes: {:?}, p99 {:?}", waits[100], waits[198]);
    }
    town.close().await;
}

/// Two nodes write to one room at once; everyone hears all changes in one order.
#[tokio::test(flavor = "multi_thread")]
async fn changes_from_two_nodes_arrive_in_order() {
    const EACH: u64 = 150;
    let Three { town, anna, others } = three().await;
    let [boris, chen] = others;
    let mut streams = [&anna, &boris, &chen].map(|person| person.chat.stream("message"));
    let talk = async |person: &Person| {
        for number in 0..EACH {
            person.send(&to_general(&number.to_string())).await.unwrap();
        }
    };
    tokio::join!(talk(&anna), talk(&boris));
    for stream in &mut streams {
        let mut last = 0;
        while last < 2 * EACH {
            let changed: MessageChanged = next(stream).await;
            assert_eq!(changed.rev, last + 1);
            last = changed.rev;
        }
    }
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_cluster_does_as_well() {
    let town = Town::on(Redis::start_cluster(), 2, &[]).await;
    let (anna, boris) = (town.person(0, "Anna").await, town.person(1, "Boris").await);
    anna.join().await;
    boris.join().await;
    let mut heard = [boris.chat.stream("message")];
    let said: Message = anna.say("hello").await.unwrap();
    hears(&mut heard, |changed: &MessageChanged| changed.message.id == said.id).await;
    see(&[anna, boris], 2).await;
    town.close().await;
}
