//! Every event of `/chat`, by everyone, in every kind of room, well and badly spelt: what is answered, that
//! a refusal changes nothing, and that nothing of the server's insides is told.

use crate::house::{House, Person, sign_in};
use chat::{Address, Chat, Identity, Token};
use protocol::event::{self, AddTodo, CreateRoom, InRoom, InRoomUser};
use protocol::{ClientId, MessageId, MessageKind, Role, RoomId, TodoId};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Members of the room but for the last three, who never were, have left, were sent out.
const WHO: [&str; 8] =
    ["owner", "admin", "moderator", "member", "guest", "outsider", "left", "removed"];

/// What each of them is answered in a public room, and in a private one: `o`k, `f`orbidden,
/// `n`ot-found.
struct Row {
    event: &'static str,
    payload: fn(&Scene) -> Value,
    public: &'static str,
    private: &'static str,
    /// What may be left away.
    optional: &'static [&'static str],
}

const fn row(
    event: &'static str,
    payload: fn(&Scene) -> Value,
    public: &'static str,
    private: &'static str,
    optional: &'static [&'static str],
) -> Row {
    Row { event, payload, public, private, optional }
}

const TABLE: &[Row] = &[
    row("whoami", |_| json!({}), "oooooooo", "oooooooo", &[]),
    row("rooms", |_| json!({}), "oooooooo", "oooooooo", &[]),
    row(
        "create-room",
        |_| json!({ "name": "Made", "topic": "t", "maxUsers": 5 }),
        "oooooooo",
        "oooooooo",
        &["topic", "maxUsers"],
    ),
    row(
        "create-room",
        |_| json!({ "name": "Made", "private": true }),
        "oooofooo",
        "oooofooo",
        &["private"],
    ),
    row(
        "update-room",
        |s| json!({ "room": s.room, "name": "New", "topic": "t", "maxUsers": 50 }),
        "ooofffff",
        "oooffnnn",
        &["name", "topic", "maxUsers"],
    ),
    row("archive-room", |s| json!({ "room": s.room }), "ooofffff", "oooffnnn", &[]),
    row("delete-room", |s| json!({ "room": s.room }), "ooffffff", "oofffnnn", &[]),
    row("join-room", |s| json!({ "room": s.room }), "ooooooof", "ooooonnn", &[]),
    row("leave-room", |s| json!({ "room": s.room }), "ooooofff", "ooooonnn", &[]),
    row("open-dm", |_| json!({ "user": "Maker" }), "oooooooo", "oooooooo", &[]),
    row("invite", |s| json!({ "room": s.room, "user": "Stranger" }), "ooooofff", "oooffnnn", &[]),
    row(
        "remove-member",
        |s| json!({ "room": s.room, "user": "Victim" }),
        "ooofffff",
        "oooffnnn",
        &[],
    ),
    row(
        "message",
        |s| json!({ "room": s.room, "id": ClientId(Uuid::now_v7()), "text": "hi", "kind": "text" }),
        "ooooofff",
        "ooooonnn",
        &["kind"],
    ),
    row(
        "edit-message",
        |s| json!({ "room": s.room, "message": s.message, "text": "mine now" }),
        "ffffffff",
        "fffffnnn",
        &[],
    ),
    row(
        "delete-message",
        |s| json!({ "room": s.room, "message": s.message }),
        "ooofffff",
        "oooffnnn",
        &[],
    ),
    row(
        "history",
        |s| json!({ "room": s.room, "after": 0, "limit": 10 }),
        "ooooofff",
        "ooooonnn",
        &["after", "limit"],
    ),
    row("sync", |s| json!({ "rooms": { s.room.to_string(): 0 } }), "oooooooo", "oooooooo", &[]),
    row(
        "search",
        |s| json!({ "query": "said", "room": s.room, "limit": 10 }),
        "ooooofff",
        "ooooonnn",
        &["room", "limit"],
    ),
    row("typing", |s| json!({ "room": s.room, "on": false }), "ooooofff", "ooooonnn", &[]),
    row("read", |s| json!({ "room": s.room, "seq": 1 }), "ooooofff", "ooooonnn", &[]),
    row("presence", |s| json!({ "room": s.room }), "ooooofff", "ooooonnn", &[]),
    row("todos", |s| json!({ "room": s.room }), "ooooofff", "ooooonnn", &[]),
    row("todo-add", |s| json!({ "room": s.room, "title": "tea" }), "ooooofff", "ooooonnn", &[]),
    row(
        "todo-done",
        |s| json!({ "room": s.room, "todo": s.todo, "done": true }),
        "ooooofff",
        "ooooonnn",
        &[],
    ),
    row("todo-remove", |s| json!({ "room": s.room, "todo": s.todo }), "ooooofff", "ooooonnn", &[]),
];

struct Cast {
    house: House,
    chat: Chat,
    maker: Identity,
    people: Vec<(Person, Identity)>,
}

/// A fresh room, with everyone as they are in it.
struct Scene {
    room: RoomId,
    message: MessageId,
    todo: TodoId,
}

impl Cast {
    async fn gather() -> Self {
        let house = House::open().await;
        let chat = house.chat().clone();
        let mut people = Vec::new();
        for who in WHO {
            let token = match who {
                "owner" => house.account(who, Role::Owner).await.1,
                "admin" => house.account(who, Role::Admin).await.1,
                "moderator" => house.account(who, Role::Moderator).await.1,
                "guest" => sign_in(&house.url, who).await,
                _ => house.account(who, Role::Member).await.1,
            };
            people.push((Person::connect(&house.url, &token), identity(&chat, &token).await));
        }
        let maker = house.account("Maker", Role::Member).await.1;
        let maker = identity(&chat, &maker).await;
        for name in ["Stranger", "Victim"] {
            house.account(name, Role::Member).await.0.client.close();
        }
        Self { house, chat, maker, people }
    }

    async fn scene(&self, private: bool) -> Scene {
        let ask = CreateRoom { name: "Room".into(), private, ..CreateRoom::default() };
        let made = self.chat.create_room(&self.maker, &ask).await.unwrap().room;
        let room = made.id.to_string();
        for (place, (_, who)) in self.people.iter().enumerate() {
            if WHO[place] == "outsider" {
                continue;
            }
            self.bring(&made.id, who).await;
            match WHO[place] {
                "left" => self.chat.leave(who, &room).await.unwrap(),
                "removed" => {
                    let out = InRoomUser { room: room.clone(), user: who.user.id.to_string() };
                    self.chat.remove_member(&self.maker, &out, "").await.unwrap();
                }
                _ => {}
            }
        }
        let victim = self.chat.console().create_token("Victim", "").await.unwrap().0;
        self.bring(&made.id, &identity(&self.chat, victim.as_str()).await).await;
        let say = event::Send {
            room,
            id: ClientId(Uuid::now_v7()),
            text: "what the maker said".into(),
            kind: MessageKind::Text,
            reply_to: None,
        };
        let said = self.chat.send(&self.maker, say).await.unwrap().durable().await.unwrap();
        let ask = AddTodo { room: made.id.to_string(), title: "make tea".into() };
        let todo = self.chat.add_todo(&self.maker, &ask).await.unwrap().todo.id;
        Scene { room: made.id, message: said.message.id, todo }
    }

    async fn bring(&self, room: &RoomId, who: &Identity) {
        let ask = InRoomUser { room: room.to_string(), user: who.user.id.to_string() };
        self.chat.invite_member(&self.maker, &ask).await.unwrap();
        self.chat.join(who, &room.to_string()).await.unwrap();
    }

    /// What a refusal must leave as it was.
    async fn state(&self, scene: &Scene) -> Value {
        let view = self.chat.view(&self.maker, scene.room).await.unwrap();
        let mut members: Vec<_> = view.members.iter().map(|member| member.user.id).collect();
        members.sort_unstable();
        let room = &view.room;
        let ask = InRoom { room: scene.room.to_string() };
        let todos = self.chat.todos(&self.maker, &ask).await.unwrap();
        json!([
            room.rev,
            room.name,
            room.topic,
            room.max_users,
            room.archived,
            members,
            view.messages,
            todos
        ])
    }

    async fn end(&self, scene: &Scene) {
        // Someone who may has deleted it, perhaps.
        let _ = self.chat.delete_room(&self.maker, &scene.room.to_string()).await;
    }
}

async fn identity(chat: &Chat, token: &str) -> Identity {
    chat.authenticate(&Token::from_text(token), Address::LOCAL).await.unwrap()
}

async fn answer(person: &Person, event: &str, payload: &Value) -> Value {
    let emit = person.chat.event(event).timeout(crate::house::PATIENCE);
    let answer = emit.emit_with_ack::<Value>(payload).await.unwrap();
    let text = answer.to_string();
    for inside in ["sqlx", "SQL", "rusqlite", "panicked", ".rs", "/home", "/root"] {
        assert!(!text.contains(inside), "{event} {payload} tells of the inside: {text}");
    }
    answer
}

fn letter(answer: &Value) -> char {
    match answer["error"]["code"].as_str() {
        None => 'o',
        Some("forbidden") => 'f',
        Some("not-found") => 'n',
        Some(other) => panic!("{other}: {answer}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_is_answered_as_the_table_says_and_a_refusal_changes_nothing() {
    let cast = Cast::gather().await;
    for row in TABLE {
        for (private, expected) in [(false, row.public), (true, row.private)] {
            let mut told = String::new();
            for (person, _) in &cast.people {
                let scene = cast.scene(private).await;
                let before = cast.state(&scene).await;
                let answer = answer(person, row.event, &(row.payload)(&scene)).await;
                told.push(letter(&answer));
                if !answer["ok"].as_bool().unwrap() {
                    assert_eq!(cast.state(&scene).await, before, "{} changed it", row.event);
                }
                if row.event == "create-room" && answer["ok"] == true {
                    let made = json!({ "room": answer["room"]["id"] });
                    let deleted =
                        person.chat.event("delete-room").emit_with_ack::<Value>(&made).await;
                    assert_eq!(deleted.unwrap()["ok"], true);
                }
                cast.end(&scene).await;
            }
            assert_eq!(told, expected, "{} in a room that is private: {private}", row.event);
        }
    }
    cast.house.close().await;
}

/// How a payload can be wrong, and what that is answered.
fn spoilt(
    payload: &Map<String, Value>,
    optional: &[&str],
) -> Vec<(Value, &'static [&'static str])> {
    let mut cases: Vec<(Value, &'static [&'static str])> = Vec::new();
    let with = |field: &str, value: Value| {
        let mut spoilt = payload.clone();
        spoilt.insert(field.to_owned(), value);
        Value::Object(spoilt)
    };
    for (field, value) in payload {
        if !optional.contains(&field.as_str()) {
            let mut missing = payload.clone();
            missing.remove(field);
            cases.push((Value::Object(missing), &["validation"]));
        }
        let other = if value.is_string() { json!(7) } else { json!("seven") };
        cases.push((with(field, other), &["validation"]));
        cases.push((with(field, json!([[], {}])), &["validation"]));
        if value.is_string() {
            // As a room's or a person's name it is one that no one bears.
            cases.push((with(field, json!("x".repeat(100_000))), &["validation", "not-found"]));
        }
        if matches!(field.as_str(), "room" | "message" | "user" | "todo") {
            cases.push((with(field, json!(Uuid::now_v7())), &["not-found"]));
        }
    }
    if !payload.is_empty() {
        cases.push((json!([]), &["validation"]));
        cases.push((json!("text"), &["validation"]));
        cases.push((Value::Null, &["validation"]));
    }
    cases
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_told_as_such_and_changes_nothing() {
    let cast = Cast::gather().await;
    // Who may the most, so that nothing else stands in the way.
    let (owner, _) = &cast.people[0];
    for row in TABLE {
        let scene = cast.scene(false).await;
        let before = cast.state(&scene).await;
        let payload = (row.payload)(&scene);
        for (spoilt, codes) in spoilt(payload.as_object().unwrap(), row.optional) {
            let answer = answer(owner, row.event, &spoilt).await;
            let code = answer["error"]["code"].as_str().unwrap_or("ok");
            let short: String = spoilt.to_string().chars().take(200).collect();
            assert!(codes.contains(&code), "{} {short} was answered {answer}", row.event);
        }
        assert_eq!(cast.state(&scene).await, before, "{} changed it", row.event);
        cast.end(&scene).await;
    }
    cast.house.close().await;
}
