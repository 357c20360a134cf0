//! `/chat` over real sockets.

use crate::house::{House, PATIENCE, Person, next, sign_in, to_general};
use protocol::event::{MessageChanged, Page, People, PresenceAction, RoomPresence, Synced, WhoAmI};
use protocol::{ApiError, ErrorCode, Reason};
use serde_json::{Value, json};
use socketio_client::{Change, Client};

#[tokio::test]
async fn who_has_no_session_is_refused() {
    let house = House::open().await;
    for auth in [json!({}), json!({ "token": "nonsense" }), json!({ "token": 7 })] {
        let client = Client::builder(&house.url).build().unwrap();
        let mut changes = client.changes();
        let chat = client.namespace("/chat").unwrap();
        chat.set_auth(&auth).unwrap();
        chat.connect();
        loop {
            let change = tokio::time::timeout(PATIENCE, changes.next()).await.unwrap();
            if let Change::ConnectError { message, refused, .. } = change {
                assert_eq!((&*message, refused), ("unauthorized", true));
                break;
            }
        }
    }
    house.close().await;
}

/// Listeners that come after CONNECT's answer would lose some of these.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_event_of_a_quick_client_is_not_lost() {
    let house = House::open().await;
    let token = sign_in(&house.url, "Anna").await;
    for _ in 0..50 {
        let crowd: Vec<_> = (0..4).map(|_| Person::connect(&house.url, &token)).collect();
        for anna in crowd {
            let me: WhoAmI = anna.ask("whoami", &()).await.unwrap();
            assert_eq!(me.user.name, "Anna");
        }
    }
    house.close().await;
}

#[tokio::test]
async fn the_cookie_and_the_bearer_open_the_door_too() {
    let house = House::open().await;
    let token = sign_in(&house.url, "Anna").await;
    let headers = [
        ("cookie", format!("beseda_session={token}")),
        ("authorization", format!("Bearer {token}")),
    ];
    for (name, value) in headers {
        let client = Client::builder(&house.url).header(name, &value).build().unwrap();
        let chat = client.namespace("/chat").unwrap();
        chat.connect();
        let anna = Person { chat, client };
        let me: WhoAmI = anna.ask("whoami", &()).await.unwrap();
        assert_eq!((me.user.name.as_str(), me.server.name.as_str()), ("Anna", "Beseda"));
    }
    house.close().await;
}

#[tokio::test]
async fn a_thousand_messages_sent_without_waiting_keep_their_order() {
    let house = House::open().await;
    let (anna, boris) = (house.person("Anna").await, house.person("Boris").await);
    anna.join().await;
    boris.join().await;
    let mut heard = boris.chat.stream("message");
    let mut acks = Vec::new();
    for number in 0..1_000 {
        let emit = anna.chat.event("message").timeout(PATIENCE);
        acks.push(emit.emit_with_ack::<Value>(&to_general(&number.to_string())));
    }
    for (number, ack) in acks.into_iter().enumerate() {
        let answer = ack.await.unwrap();
        assert_eq!(answer["ok"], true, "{answer}");
        assert_eq!(answer["message"]["text"], number.to_string());
        assert_eq!(answer["message"]["seq"], number + 1);
    }
    for number in 0..1_000 {
        let changed: MessageChanged = next(&mut heard).await;
        assert_eq!((changed.message.text, changed.rev), (number.to_string(), number + 1));
    }
    let page: Page = boris
        .ask("history", &json!({ "room": "general", "after": 900, "limit": 100 }))
        .await
        .unwrap();
    let texts: Vec<String> = page.messages.into_iter().map(|message| message.text).collect();
    assert_eq!(texts, (900..1_000).map(|number| number.to_string()).collect::<Vec<_>>());
    house.close().await;
}

#[tokio::test]
async fn a_message_has_the_shape_of_the_documentation() {
    let house = House::open().await;
    let anna = house.person("Anna").await;
    let room = anna.join().await.room;
    let mut message = to_general(" hello ");
    let answer = anna
        .chat
        .event("message")
        .timeout(PATIENCE)
        .emit_with_ack::<Value>(&message)
        .await
        .unwrap();
    let said = &answer["message"];
    assert_eq!(said["room"], room.id.to_string());
    assert_eq!(said["clientId"], message["id"]);
    assert_eq!(said["text"], "hello");
    assert_eq!(said["kind"], "text");
    assert_eq!(said["user"]["name"], "Anna");
    assert_eq!(said["user"]["role"], "guest");
    assert!(said["at"].is_i64());

    // Again the same is the same; again another is a conflict.
    assert_eq!(anna.send(&message).await.unwrap().seq, 1);
    message["text"] = json!("other");
    assert_eq!(anna.send(&message).await.unwrap_err().code, ErrorCode::Conflict);
    house.close().await;
}

#[tokio::test]
async fn bad_input_is_told_in_the_ack_and_changes_nothing() {
    let house = House::open().await;
    let anna = house.person("Anna").await;
    anna.join().await;
    let text = |text: &str| to_general(text);
    for (event, payload, field, reason) in [
        ("message", text(""), "text", Reason::Empty),
        ("message", text(&"字".repeat(5_001)), "text", Reason::TooLong),
        ("message", text("a\u{0}b"), "text", Reason::Characters),
        ("message", json!({ "room": "general", "text": "no id" }), "payload", Reason::Malformed),
        (
            "message",
            json!({ "room": "general", "id": "not a uuid", "text": "x" }),
            "payload",
            Reason::Malformed,
        ),
        ("message", json!({ "room": 7 }), "payload", Reason::Malformed),
        ("message", json!("text"), "payload", Reason::Malformed),
        ("message", json!(null), "payload", Reason::Malformed),
        ("join-room", json!([]), "payload", Reason::Malformed),
        ("history", json!({ "room": "general", "limit": 101 }), "limit", Reason::Malformed),
        (
            "history",
            json!({ "room": "general", "before": 1, "after": 1 }),
            "before",
            Reason::Malformed,
        ),
        ("sync", json!({ "rooms": { "general": 0 } }), "payload", Reason::Malformed),
    ] {
        let error = anna.ask::<Value>(event, &payload).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Validation, "{event} {payload}");
        let details = error.details.unwrap();
        assert_eq!((details.field.as_str(), details.reason), (field, reason), "{event} {payload}");
    }
    assert_eq!(
        anna.ask::<Value>("dance", &json!({})).await.unwrap_err().code,
        ErrorCode::Validation
    );
    let nowhere = anna.ask::<Value>("join-room", &json!({ "room": "nowhere" })).await;
    assert_eq!(nowhere.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(anna.join().await.rev, 0);
    house.close().await;
}

#[tokio::test]
async fn without_an_ack_a_failure_is_an_error_event() {
    let house = House::open().await;
    let anna = house.person("Anna").await;
    anna.join().await;
    let mut errors = anna.chat.stream("error");
    anna.chat.emit("message", &to_general("")).unwrap();
    let error: ApiError = next(&mut errors).await;
    assert_eq!((error.code, error.reason()), (ErrorCode::Validation, Some(Reason::Empty)));
    anna.chat.emit("dance", ()).unwrap();
    let error: ApiError = next(&mut errors).await;
    assert_eq!(error.code, ErrorCode::Validation);
    house.close().await;
}

#[tokio::test]
async fn people_come_and_go() {
    let house = House::open().await;
    let anna = house.person("Anna").await;
    assert_eq!(anna.join().await.room.online, 1);
    let mut presence = anna.chat.stream("room-presence");

    let boris = house.person("Boris").await;
    boris.join().await;
    let came: RoomPresence = next(&mut presence).await;
    assert_eq!(
        (came.user.name.as_str(), came.action, came.count),
        ("Boris", PresenceAction::Online, 2)
    );
    let here: People = anna.ask("presence", &json!({ "room": "general" })).await.unwrap();
    assert_eq!(here.users.len(), 2);

    boris.client.close();
    let left: RoomPresence = next(&mut presence).await;
    assert_eq!(
        (left.user.name.as_str(), left.action, left.count),
        ("Boris", PresenceAction::Offline, 1)
    );
    let members = anna.join().await.members;
    let online: Vec<(&str, bool)> =
        members.iter().map(|m| (m.user.name.as_str(), m.online)).collect();
    assert_eq!(online, [("Anna", true), ("Boris", false)]);
    house.close().await;
}

#[tokio::test]
async fn after_an_outage_sync_brings_what_was_missed() {
    let house = House::open().await;
    let (anna, boris) = (house.person("Anna").await, house.person("Boris").await);
    let (room, rev) = {
        let joined = boris.join().await;
        (joined.room.id, joined.rev)
    };
    anna.join().await;
    boris.client.drop_connection();
    for number in 0..10 {
        anna.say(&number.to_string()).await.unwrap();
    }
    boris.join().await;
    let synced: Synced =
        boris.ask("sync", &json!({ "rooms": { room.to_string(): rev } })).await.unwrap();
    let changes = &synced.rooms[&room];
    assert_eq!((changes.messages.len(), changes.rev, changes.complete), (10, 10, true));
    house.close().await;
}

#[tokio::test]
async fn a_packet_above_the_limit_costs_the_sender_the_connection_and_no_one_else() {
    let house = House::with(&["--max-payload", "100KB"]).await;
    let (anna, boris) = (house.person("Anna").await, house.person("Boris").await);
    anna.join().await;
    boris.join().await;
    let mut changes = anna.client.changes();
    anna.chat.emit("message", &to_general(&"x".repeat(200_000))).unwrap();
    loop {
        let change = tokio::time::timeout(PATIENCE, changes.next()).await.unwrap();
        if matches!(change, Change::Close { .. }) {
            break;
        }
    }
    boris.say("still here").await.unwrap();
    house.close().await;
}
