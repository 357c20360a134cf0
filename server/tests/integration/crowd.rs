//! A room with more people than one can look at: nothing grows with the square of it.

use crate::house::{House, PATIENCE, Person, next};
use protocol::event::{Joined, People, RoomCount};
use protocol::limits::{CROWD, PEOPLE};
use serde_json::{Value, json};
use std::time::Instant;

const MANY: usize = CROWD + 10;

async fn fill(house: &House, numbers: std::ops::Range<usize>) -> Vec<Person> {
    let mut people = Vec::new();
    for number in numbers {
        people.push(house.person(&format!("Person {number}")).await);
    }
    // Whoever is answered is seen.
    for person in &people {
        person.join().await;
    }
    people
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_crowd_one_persons_coming_and_going_is_a_number_told_now_and_then() {
    let house = House::with(&["--max-connections-per-address", "1000"]).await;
    let anna = house.person("Anna").await;
    anna.join().await;
    let _crowd = fill(&house, 0..MANY).await;

    let joined: Joined = anna.join().await;
    assert_eq!((joined.room.online, joined.room.members), (MANY + 1, MANY + 1));
    assert_eq!((joined.members.len(), joined.more), (PEOPLE, true));
    let first: People = anna.ask("presence", &json!({ "room": "general" })).await.unwrap();
    assert_eq!((first.users.len(), first.more), (PEOPLE, true));
    let ask = json!({ "room": "general", "after": first.users.last().unwrap().id });
    let rest: People = anna.ask("presence", &ask).await.unwrap();
    assert_eq!((rest.users.len(), rest.more), (MANY + 1 - PEOPLE, false));

    // Quiet again: what is still under way of those who came is a number, too.
    let mut presence = anna.chat.stream("room-presence");
    let mut joins = anna.chat.stream("user-joined");
    let since = Instant::now();
    let _more = fill(&house, MANY..MANY + 20).await;
    let mut told = 0;
    loop {
        let payload: Value = next(&mut presence).await;
        assert!(payload["user"].is_null(), "{payload}");
        told += 1;
        let count: RoomCount = serde_json::from_value(payload).unwrap();
        if count.count == MANY + 21 {
            break;
        }
    }
    let seconds = since.elapsed().as_secs() + 2;
    assert!(told <= seconds, "told {told} times in {seconds} s");
    // What is said comes through, and after it, nothing that came before it is left untold.
    anna.say("so many").await.unwrap();
    let quiet = tokio::time::timeout(std::time::Duration::from_millis(1), joins.next()).await;
    assert!(quiet.is_err(), "who joins a crowd is told to no one");
    assert!(since.elapsed() < PATIENCE);
    house.close().await;
}
