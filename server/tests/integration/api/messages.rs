use super::{Answer, Program};
use crate::house::{House, next, to_general};
use protocol::event::{MessageChanged, Page, ReadTo, Sent, Synced};
use protocol::{ErrorCode, Message, MessageId, Reason};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const MESSAGES: &str = "/rooms/general/messages";

async fn say(who: &Program, text: &str) -> Message {
    let ask = json!({ "id": Uuid::now_v7(), "text": text });
    who.post(MESSAGES, &ask).await.granted::<Sent>().message
}

async fn with_key(who: &Program, key: &str, ask: Value) -> Answer {
    let request = who.request(Method::POST, MESSAGES).header("idempotency-key", key);
    let request = request.header("content-type", "application/json").body(ask.to_string());
    who.send(Method::POST, MESSAGES, request).await
}

#[tokio::test]
async fn what_is_said_by_http_is_heard_on_the_sockets_and_the_other_way_round() {
    let house = House::open().await;
    let boris = house.person("Boris").await;
    boris.join().await;
    let mut heard = boris.chat.stream("message");
    let anna = Program::guest(&house, "Anna").await;
    let said = say(&anna, " hello ").await;
    assert_eq!((said.text.as_str(), said.user.name.as_str()), ("hello", "Anna"));
    let changed: MessageChanged = next(&mut heard).await;
    assert_eq!(changed.message, said);
    let answer = boris.say("hi").await.unwrap();
    let page: Page = anna.get(MESSAGES).await.granted();
    assert_eq!(page.messages, [said, answer]);
    house.close().await;
}

#[tokio::test]
async fn a_message_is_said_once_however_often_it_is_sent() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    let ask = json!({ "id": Uuid::now_v7(), "text": "once" });
    let first: Sent = anna.post(MESSAGES, &ask).await.granted();
    let second: Sent = anna.post(MESSAGES, &ask).await.granted();
    assert_eq!(first.message, second.message);
    let other = json!({ "id": ask["id"], "text": "another" });
    anna.post(MESSAGES, &other).await.refused(ErrorCode::Conflict);
    let page: Page = anna.get(MESSAGES).await.granted();
    assert_eq!(page.messages.len(), 1);
    house.close().await;
}

#[tokio::test]
async fn any_text_will_do_as_a_key() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    let first: Sent = with_key(&anna, "order 7", json!({ "text": "once" })).await.granted();
    let second: Sent = with_key(&anna, "order 7", json!({ "text": "once" })).await.granted();
    assert_eq!(first.message, second.message);
    with_key(&anna, "order 7", json!({ "text": "another" })).await.refused(ErrorCode::Conflict);
    let third: Sent = with_key(&anna, "order 8", json!({ "text": "once" })).await.granted();
    assert_ne!(first.message.id, third.message.id);

    // The key of one is no key of another.
    let boris = Program::guest(&house, "Boris").await;
    let his: Sent = with_key(&boris, "order 7", json!({ "text": "mine" })).await.granted();
    assert_eq!(his.message.user.name, "Boris");
    house.close().await;
}

#[tokio::test]
async fn what_was_begun_on_a_socket_is_sent_again_by_http() {
    let house = House::open().await;
    let (person, token) = house.account("Anna", protocol::Role::Member).await;
    person.join().await;
    let message = to_general("once");
    let said = person.send(&message).await.unwrap();
    let anna = Program::with_token(&house.url, &token).await;
    let key = message["id"].as_str().unwrap();
    let again: Sent = with_key(&anna, key, json!({ "text": "once" })).await.granted();
    assert_eq!(again.message, said);
    house.close().await;
}

#[tokio::test]
async fn what_can_not_be_said_is_refused_and_changes_nothing() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    let id = Uuid::now_v7();
    for (ask, field, reason) in [
        (json!({ "text": "no id" }), "id", Reason::Empty),
        (json!({ "id": "no uuid", "text": "x" }), "payload", Reason::Malformed),
        (json!({ "id": id }), "payload", Reason::Malformed),
        (json!({ "id": id, "text": 7 }), "payload", Reason::Malformed),
        (json!({ "id": id, "text": " " }), "text", Reason::Empty),
        (json!({ "id": id, "text": "字".repeat(5_001) }), "text", Reason::TooLong),
        (json!({ "id": id, "text": "x", "kind": "system" }), "kind", Reason::Unknown),
        (json!({ "id": id, "text": "x", "kind": "opera" }), "payload", Reason::Malformed),
    ] {
        let error = anna.post(MESSAGES, &ask).await.refused(ErrorCode::Validation);
        let details = error.details.unwrap();
        assert_eq!((details.field.as_str(), details.reason), (field, reason), "{ask}");
    }
    let reply = json!({ "id": id, "text": "x", "replyTo": Uuid::now_v7() });
    anna.post(MESSAGES, &reply).await.refused(ErrorCode::NotFound);
    let elsewhere = json!({ "id": id, "text": "x", "room": "general" });
    anna.post("/rooms/nowhere/messages", &elsewhere).await.refused(ErrorCode::NotFound);
    let _: Value = anna.post("/rooms", &json!({ "name": "Tea" })).await.granted();
    let outsider = Program::guest(&house, "Boris").await;
    let ask = json!({ "id": id, "text": "x" });
    outsider.post("/rooms/tea/messages", &ask).await.refused(ErrorCode::Forbidden);
    let page: Page = anna.get(MESSAGES).await.granted();
    assert!(page.messages.is_empty());
    house.close().await;
}

#[tokio::test]
async fn a_message_is_changed_and_deleted_by_its_author_alone() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    let boris = Program::guest(&house, "Boris").await;
    let path = format!("{MESSAGES}/{}", say(&anna, "first").await.id);
    boris.patch(&path, &json!({ "text": "his" })).await.refused(ErrorCode::Forbidden);
    boris.delete(&path).await.refused(ErrorCode::Forbidden);
    anna.patch(&path, &json!({ "text": "" })).await.refused(ErrorCode::Validation);
    anna.patch(&path, &json!({})).await.refused(ErrorCode::Validation);

    let edited: Sent = anna.patch(&path, &json!({ "text": "second" })).await.granted();
    assert_eq!(edited.message.text, "second");
    assert!(edited.message.edited_at.is_some());
    let deleted: Sent = anna.delete(&path).await.granted();
    assert_eq!(deleted.message.text, "");
    assert!(deleted.message.deleted_at.is_some());
    anna.patch(&path, &json!({ "text": "third" })).await.refused(ErrorCode::NotFound);
    let unknown = format!("{MESSAGES}/{}", MessageId(Uuid::now_v7()));
    anna.delete(&unknown).await.refused(ErrorCode::NotFound);
    anna.delete(&format!("{MESSAGES}/nonsense")).await.refused(ErrorCode::Validation);
    house.close().await;
}

#[tokio::test]
async fn history_comes_in_pages() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    for number in 1..=5 {
        say(&anna, &number.to_string()).await;
    }
    let page = async |query: &str| {
        let page: Page = anna.get(&format!("{MESSAGES}?{query}")).await.granted();
        let seqs: Vec<u64> = page.messages.iter().map(|message| message.seq).collect();
        (seqs, page.more)
    };
    assert_eq!(page("limit=2").await, (vec![4, 5], true));
    assert_eq!(page("limit=2&before=4").await, (vec![2, 3], true));
    assert_eq!(page("after=3").await, (vec![4, 5], false));
    for wrong in [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=",
        "before=-1",
        "before=1&after=1",
        "limit=1&limit=2",
        "room=other",
    ] {
        anna.get(&format!("{MESSAGES}?{wrong}")).await.refused(ErrorCode::Validation);
    }
    house.close().await;
}

#[tokio::test]
async fn reading_and_sync_are_as_on_the_sockets() {
    let house = House::open().await;
    let (anna, boris) =
        (Program::guest(&house, "Anna").await, Program::guest(&house, "Boris").await);
    let first = say(&anna, "one").await;
    say(&anna, "two").await;
    let read: ReadTo =
        boris.post("/rooms/general/read", &json!({ "seq": first.seq })).await.granted();
    assert_eq!((read.seq, read.unread), (1, 1));
    boris.post("/rooms/general/read", &json!({ "seq": "1" })).await.refused(ErrorCode::Validation);

    let room = first.room.to_string();
    let synced: Synced = boris.post("/sync", &json!({ "rooms": { room: 1 } })).await.granted();
    let changes = &synced.rooms[&first.room];
    assert_eq!((changes.messages.len(), changes.rev, changes.complete), (1, 2, true));
    boris.post("/sync", &json!({ "rooms": { "general": 0 } })).await.refused(ErrorCode::Validation);
    let unknown = json!({ "rooms": { Uuid::now_v7().to_string(): 0 } });
    assert!(boris.post("/sync", &unknown).await.granted::<Synced>().rooms.is_empty());
    house.close().await;
}
