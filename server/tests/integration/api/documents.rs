//! The documents say what the server does, and nothing else.

use super::Program;
use super::schema::Document;
use crate::house::{House, Person, next};
use protocol::event::{Done, Joined, OneRoom};
use protocol::{Role, RoomId};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use socketio_client::{Event, Stream};
use std::path::{Path, PathBuf};
use uuid::Uuid;

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name)
}

/// `UPDATE_DOCS=1 cargo nextest run -p server -E 'test(documents)'` writes them anew.
#[tokio::test]
async fn the_documents_in_the_repository_are_those_that_the_server_serves() {
    let house = House::open().await;
    for name in ["openapi", "asyncapi"] {
        let Document(served) = Document::fetch(&house.url, name).await;
        let path = docs(&format!("{name}.yaml"));
        if std::env::var_os("UPDATE_DOCS").is_some() {
            let head = "# Made from the code: see server/tests/integration/api/documents.rs\n";
            let text = format!("{head}{}", yaml_serde::to_string(&served).unwrap());
            std::fs::write(&path, text).unwrap();
        }
        let kept: Value = yaml_serde::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert!(kept == served, "docs/{name}.yaml is old; UPDATE_DOCS=1 writes it anew");
    }
    house.close().await;
}

#[tokio::test]
async fn every_route_of_the_document_is_served_and_no_method_besides() {
    let house = House::open().await;
    let Document(document) = Document::fetch(&house.url, "openapi").await;
    for (template, item) in document["paths"].as_object().unwrap() {
        let address = format!("{}/api/v1{}", house.url, template.replace(['{', '}'], ""));
        let options = Client::new().request(Method::TRACE, &address).send().await.unwrap();
        assert_eq!(options.status(), StatusCode::METHOD_NOT_ALLOWED, "{template}");
        let allow = options.headers()["allow"].to_str().unwrap().to_lowercase();
        let mut served: Vec<&str> = allow.split(',').filter(|method| *method != "head").collect();
        served.sort_unstable();
        // Sorted here: in which order a document keeps them depends on who else is built beside.
        let mut documented: Vec<&String> = item.as_object().unwrap().keys().collect();
        documented.sort_unstable();
        assert_eq!(served, documented, "{template}");
    }
    house.close().await;
}

#[tokio::test]
async fn every_event_of_the_document_is_understood() {
    let house = House::open().await;
    let (_, token) = house.account("Olga", Role::Owner).await;
    let Document(document) = Document::fetch(&house.url, "asyncapi").await;
    for (channel, fields) in document["channels"].as_object().unwrap() {
        let namespace = fields["address"].as_str().unwrap();
        let olga = Person::connect_to(&house.url, namespace, &token);
        let nonsense = olga.ask::<Value>("dance", &json!({})).await.unwrap_err();
        for (name, operation) in document["operations"].as_object().unwrap() {
            let event = name.strip_prefix(&format!("{channel}."));
            if let (Some(event), "receive") = (event, operation["action"].as_str().unwrap()) {
                // What it carries may be wrong; the event is known.
                let told = olga.ask::<Value>(event, &json!({ "room": "general" })).await;
                assert!(told.err().is_none_or(|error| error != nonsense), "{name}");
            }
        }
    }
    house.close().await;
}

/// A stream for each event that a namespace tells.
fn listen(document: &Value, channel: &str, person: &Person) -> Vec<(String, Stream<Event>)> {
    let messages = document["components"]["messages"].as_object().unwrap();
    let told = messages.keys().filter_map(|key| {
        let name = key.strip_prefix(&format!("{channel}."))?.strip_suffix(".told")?;
        // Told only to whom does not read any more.
        (name != "pulse").then(|| (key.clone(), person.chat.stream(name)))
    });
    told.collect()
}

async fn expect_told(document: &Document, heard: Vec<(String, Stream<Event>)>) {
    for (key, mut events) in heard {
        let payload: Value = next(&mut events).await;
        document.expect(&document.0["components"]["messages"][&key]["payload"], &payload);
    }
}

fn said(room: &RoomId, text: &str) -> Value {
    json!({ "room": room, "id": Uuid::now_v7(), "text": text })
}

#[tokio::test]
async fn what_is_told_has_the_shape_of_the_document() {
    let house = House::open().await;
    let document = Document::fetch(&house.url, "asyncapi").await;
    let (olga, token) = house.account("Olga", Role::Owner).await;
    let notified = Person::connect_to(&house.url, "/notifications", &token);
    let admin = Person::connect_to(&house.url, "/admin", &token);
    let mut heard = listen(&document.0, "chat", &olga);
    heard.extend(listen(&document.0, "notifications", &notified));
    heard.extend(listen(&document.0, "admin", &admin));
    let (last, mut heard): (Vec<_>, Vec<_>) =
        heard.into_iter().partition(|(key, _)| key == "chat.restarting.told");

    let made: OneRoom = olga.ask("create-room", &json!({ "name": "Tea" })).await.unwrap();
    let room = made.room.id;
    let anna = house.person("Anna").await;
    // She is told that one herself.
    heard.retain(|(key, _)| key != "chat.kicked.told");
    heard.push(("chat.kicked.told".to_owned(), anna.chat.stream("kicked")));
    let _: Joined = anna.ask("join-room", &json!({ "room": room })).await.unwrap();
    let _: Done = anna.ask("typing", &json!({ "room": room, "on": true })).await.unwrap();
    let _: Value = anna.ask("message", &said(&room, "@Olga, tea?")).await.unwrap();
    let _: Value = anna.ask("todo-add", &json!({ "room": room, "title": "tea" })).await.unwrap();
    let _: Value = olga.ask("read", &json!({ "room": room, "seq": 1 })).await.unwrap();
    let me: Value = anna.ask("whoami", &()).await.unwrap();
    let kick = json!({ "user": me["user"]["id"], "room": room, "reason": "noise" });
    let _: Done = admin.ask("kick", &kick).await.unwrap();
    let _: Done = olga.ask("delete-room", &json!({ "room": room })).await.unwrap();
    let _: Done = admin.ask("announce", &json!({ "text": "tea is ready" })).await.unwrap();
    for person in [&olga, &notified, &admin] {
        person.chat.emit("dance", ()).unwrap();
    }
    expect_told(&document, heard).await;
    house.close().await;
    expect_told(&document, last).await;
}

#[tokio::test]
async fn the_acks_have_the_shape_of_the_document() {
    let house = House::open().await;
    let document = Document::fetch(&house.url, "asyncapi").await;
    let anna = house.person("Anna").await;
    let room = anna.join().await.room.id.to_string();
    let id = Uuid::now_v7();
    for (event, ask) in [
        ("whoami", json!(null)),
        ("rooms", json!({})),
        ("message", json!({ "room": "general", "id": id, "text": "hello" })),
        ("message", json!({ "room": "nowhere", "id": id, "text": "hello" })),
        ("message", json!({ "room": "general", "id": id, "text": "" })),
        ("join-room", json!({ "room": "general" })),
        ("history", json!({ "room": "general" })),
        ("sync", json!({ "rooms": { room: 0 } })),
        ("search", json!({ "query": "hello" })),
        ("presence", json!({ "room": "general" })),
        ("read", json!({ "room": "general", "seq": 1 })),
        ("todo-add", json!({ "room": "general", "title": "tea" })),
        ("todos", json!({ "room": "general" })),
        ("create-room", json!({ "name": "Tea" })),
        ("leave-room", json!({ "room": "tea" })),
    ] {
        let answer = anna.chat.event(event).emit_with_ack::<Value>(&ask).await.unwrap();
        let schema = &document.0["components"]["messages"][format!("chat.{event}.answer")];
        document.expect(&schema["payload"], &answer);
    }
    house.close().await;
}

#[tokio::test]
async fn the_page_for_people_forgets_no_event_and_no_route() {
    let house = House::open().await;
    let page = std::fs::read_to_string(docs("api.md")).unwrap();
    let Document(openapi) = Document::fetch(&house.url, "openapi").await;
    for path in openapi["paths"].as_object().unwrap().keys() {
        assert!(page.contains(&format!(" {path}")), "docs/api.md says nothing of {path}");
    }
    let Document(asyncapi) = Document::fetch(&house.url, "asyncapi").await;
    for message in asyncapi["components"]["messages"].as_object().unwrap().values() {
        let name = message["name"].as_str().unwrap();
        assert!(page.contains(&format!("`{name}`")), "docs/api.md says nothing of `{name}`");
    }
    house.close().await;
}

#[tokio::test]
async fn the_documents_need_no_session() {
    let house = House::open().await;
    let stranger = Program::stranger(&house).await;
    stranger.get("/rooms").await.refused(protocol::ErrorCode::Unauthorized);
    for name in ["openapi", "asyncapi"] {
        let Document(document) = Document::fetch(&house.url, name).await;
        assert_eq!(document["info"]["title"], "Beseda");
    }
    house.close().await;
}
