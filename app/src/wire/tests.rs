//! Against serde, which writes what is read here and says what may be missing.

mod json;
mod samples;

use super::plain::Word;
use super::*;
use crate::live::outbox::Letter;
use crate::words::Lang;
use protocol::error::Details;
use protocol::event::{
    self, Changes, MessageChanged, NotificationKind, OneRoom, PresenceAction, Restarting, Sent,
};
use protocol::{ErrorCode, Message, MessageId, MessageKind, Quote, Reason, Role, RoomId, RoomKind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Debug;

/// Values of every kind, to be put where another is expected.
fn strangers() -> [Value; 12] {
    let long = "1".repeat(30);
    [
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(300),
        json!(1_u64 << 53),
        json!(1.5),
        json!("x"),
        json!(long),
        json!([]),
        json!([null]),
        json!({}),
    ]
}

/// What serde writes is read; and where something is missing or something else, as serde would.
fn check<T: Read + Serialize + DeserializeOwned>(value: &T) {
    let wire = serde_json::to_value(value).unwrap();
    agree::<T>(&wire);
    assert!(from_str::<T>(&wire.to_string()).is_some(), "{wire}");
    for place in places(&wire) {
        let part = wire.pointer(&place).unwrap();
        for stranger in strangers() {
            changed::<T>(&wire, &place, |part| *part = stranger);
        }
        if let Value::Object(members) = part {
            for name in members.keys() {
                changed::<T>(&wire, &place, |part| {
                    part.as_object_mut().unwrap().remove(name);
                });
            }
        }
    }
    assert!(from_str::<T>(&with_news(wire).to_string()).is_some());
}

fn changed<T: Read + Serialize + DeserializeOwned>(
    wire: &Value,
    place: &str,
    change: impl FnOnce(&mut Value),
) {
    let mut wire = wire.clone();
    change(wire.pointer_mut(place).unwrap());
    agree::<T>(&wire);
}

fn agree<T: Read + Serialize + DeserializeOwned>(wire: &Value) {
    let text = wire.to_string();
    let ours = from_str::<T>(&text).map(|value| serde_json::to_value(value).unwrap());
    let theirs = serde_json::from_str::<T>(&text).ok();
    assert_eq!(ours, theirs.map(|value| serde_json::to_value(value).unwrap()), "{text}");
}

/// JSON pointers to all that is in there, the whole first.
fn places(value: &Value) -> Vec<String> {
    let parts: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, part)| (name.clone(), part)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(at, part)| (at.to_string(), part)).collect()
        }
        _ => Vec::new(),
    };
    let below = |(name, part): (String, &Value)| -> Vec<String> {
        places(part).iter().map(|place| format!("/{name}{place}")).collect()
    };
    std::iter::once(String::new()).chain(parts.into_iter().flat_map(below)).collect()
}

/// As a newer server might write it. A map with one entry may be an enum.
fn with_news(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let one = members.len() == 1;
            let mut members: serde_json::Map<String, Value> =
                members.into_iter().map(|(name, part)| (name, with_news(part))).collect();
            if !one {
                members
                    .insert("aNewThing".to_owned(), json!({"with": [1.5, {"more": "\u{1F600}"}]}));
            }
            members.into()
        }
        Value::Array(items) => items.into_iter().map(with_news).collect(),
        other => other,
    }
}

#[test]
fn events() {
    for message in samples::messages() {
        let room = message.room;
        check(&MessageChanged { room, rev: 1 << 53, message });
    }
    samples::presences().iter().for_each(check);
    check(&samples::room_count());
    check(&samples::membership());
    check(&samples::typing());
    check(&event::RoomUpdated { room: samples::room_info() });
    check(&event::RoomRemoved { room: samples::id() });
    check(&samples::read_to());
    samples::kicked().iter().for_each(check);
    check(&samples::announced());
    check(&Restarting { retry_after: 5_000 });
    check(&samples::unread());
    samples::notifications().iter().for_each(check);
}

#[test]
fn answers() {
    check(&samples::joined());
    check(&event::Rooms { rooms: samples::rooms() });
    check(&event::Rooms { rooms: Vec::new() });
    check(&event::Page { messages: samples::messages(), more: true });
    for room in samples::rooms() {
        check(&OneRoom { room });
    }
    for message in samples::messages() {
        check(&Sent { message });
    }
    samples::errors().iter().for_each(check);
}

#[test]
fn what_the_page_begins_with() {
    for page in samples::pages() {
        check(&page);
    }
}

#[test]
fn letters() {
    for reply_to in [None, Some(samples::id())] {
        let text = "a \"b\"\n\\ \u{0}\u{1F600}".to_owned();
        check(&Letter { id: samples::id(), room: samples::id(), text, reply_to });
    }
}

#[test]
fn every_word() {
    fn all<T: Word + Read + Serialize + Debug + PartialEq>() {
        for (word, value) in T::ALL {
            assert_eq!(serde_json::to_value(value).unwrap(), *word);
            assert_eq!(from_str::<T>(&format!("\"{word}\"")).as_ref(), Some(value));
        }
        assert!(from_str::<T>("\"\"").is_none());
        assert!(from_str::<T>("\"TEXT\"").is_none());
    }
    all::<ErrorCode>();
    all::<Reason>();
    all::<Role>();
    all::<RoomKind>();
    all::<MessageKind>();
    all::<PresenceAction>();
    all::<NotificationKind>();
    all::<Lang>();
}

#[test]
fn ids_are_written_in_one_way() {
    let id = samples::id::<RoomId>();
    assert_eq!(uuid(&id.to_string()), Some(id.0));
    assert_eq!(uuid(&id.to_string().to_uppercase()), Some(id.0));
    let simple = id.0.simple().to_string();
    let long = format!("{id}0");
    for other in
        ["", "-", &simple, &long, &long[1..], &long[..35], &id.to_string().replace('-', "é")]
    {
        assert_eq!(uuid(other), None, "{other}");
    }
}

#[test]
fn numbers_end_where_their_types_end() {
    assert_eq!(from_str::<u8>("255"), Some(255));
    assert_eq!(from_str::<u8>("256"), None);
    assert_eq!(from_str::<u64>("9007199254740992"), Some(1 << 53));
    assert_eq!(from_str::<u64>("-1"), None);
    assert_eq!(from_str::<i64>("-9007199254740992"), Some(-(1 << 53)));
    assert_eq!(from_str::<i32>("-720"), Some(-720));
    assert_eq!(from_str::<u64>("99999999999999999999999999"), None);
    assert_eq!(from_str::<u64>("1.0"), None);
}

#[test]
fn an_events_payload_follows_its_name() {
    let restarting = from_event::<Restarting>(r#"["restarting",{"retryAfter":7}]"#).unwrap();
    assert_eq!(restarting.retry_after, 7);
    for other in ["", "{}", "[]", r#"["restarting"]"#, r#"["restarting",null]"#, "[,{}]"] {
        assert!(from_event::<Restarting>(other).is_none(), "{other}");
    }
}

#[test]
fn an_answer_is_a_body_or_an_error() {
    let answer = |reply| serde_json::to_string(&[reply]).unwrap();
    let message = samples::message();
    let granted = answer(reply::Reply(Ok(Sent { message: message.clone() })));
    assert_eq!(from_answer::<Sent>(&granted).unwrap().message, message);
    for error in samples::errors() {
        let refused = answer(reply::Reply(Err(error.clone())));
        assert_eq!(from_answer::<Sent>(&refused).unwrap_err(), error);
    }
}

#[test]
fn nonsense_is_an_error_and_no_panic() {
    for answer in [
        "",
        "null",
        "[]",
        "[null]",
        "[{}]",
        r#"[{"ok":1}]"#,
        r#"[{"ok":false}]"#,
        r#"[{"ok":false,"error":{"code":"new","message":""}}]"#,
        r#"[{"ok":true}]"#,
        r#"{"ok":true}"#,
    ] {
        assert_eq!(from_answer::<Sent>(answer).unwrap_err(), reply::unreadable(), "{answer}");
    }
}

#[test]
fn a_sync_of_one_room() {
    let room = samples::id::<RoomId>();
    let ask = event::Sync { rooms: BTreeMap::from([(room, 1 << 53)]) };
    assert_eq!(
        serde_json::to_string(&since(room, 1 << 53)).unwrap(),
        serde_json::to_string(&ask).unwrap()
    );

    let changes = Changes { messages: samples::messages(), rev: 9, complete: false };
    let wire =
        serde_json::to_value(event::Synced { rooms: BTreeMap::from([(room, changes.clone())]) });
    let text = wire.unwrap().to_string();
    let read = from_str::<Synced>(&text).unwrap().of(room).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), serde_json::to_value(changes).unwrap());

    let none = from_str::<Synced>(r#"{"rooms":{}}"#).unwrap();
    assert!(none.of(room).is_none());
    for other in [
        "{}",
        r#"{"rooms":[]}"#,
        &text.replace("\"rev\"", "\"ver\""),
        &text.replace(&room.to_string(), "x"),
    ] {
        assert!(from_str::<Synced>(other).is_none(), "{other}");
    }
}
