//! `join`, `sendMessage`, `userList`: a chat with names, a list of people, and rooms beside.

use crate::open_door::dialect::{
    Command, Dialect, News, Place, Reading, Target, Words, clock, reading, value,
};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) struct Guide;

#[derive(Deserialize)]
struct Join {
    username: String,
}

#[derive(Deserialize)]
struct SendMessage {
    text: String,
}

#[derive(Deserialize)]
struct InRoom {
    room: String,
    username: Option<String>,
}

#[derive(Deserialize)]
struct RoomMessage {
    room: String,
    message: String,
}

impl Dialect for Guide {
    fn read(&self, event: &str, payload: &Value) -> Reading {
        let called = Target::Called;
        match event {
            "join" => {
                reading(payload, |Join { username }| Command::Enter(Target::Bound, Some(username)))
            }
            "sendMessage" => {
                reading(payload, |SendMessage { text }| Command::Say(Target::Bound, text))
            }
            "typing" => Reading::Asks(Command::Type(Target::Bound, true)),
            "joinRoom" => {
                reading(payload, |InRoom { room, username }| Command::Enter(called(room), username))
            }
            "leaveRoom" => {
                reading(payload, |InRoom { room, username }| Command::Leave(called(room), username))
            }
            "roomMessage" => reading(payload, |RoomMessage { room, message }| {
                Command::Say(called(room), message)
            }),
            _ => Reading::Foreign,
        }
    }

    fn tell(&self, place: Place<'_>, news: &News<'_>) -> Words {
        match news {
            News::Said { message, .. } => {
                let (user, text) = (&message.user.name, &message.text);
                let mut said =
                    json!({ "user": user, "text": text, "timestamp": clock(message.at) });
                if let Some(room) = place.called {
                    said["room"] = value(room);
                }
                vec![("message", said)]
            }
            News::Came { user, .. } if place.bound => {
                vec![("userJoined", json!({ "username": user.name, "userId": user.id }))]
            }
            News::Went { user, .. } if place.bound => {
                vec![("userLeft", json!({ "username": user.name, "userId": user.id }))]
            }
            News::Came { user, own: false, .. } => {
                vec![("userJoinedRoom", json!({ "username": user.name, "room": place.called }))]
            }
            News::Went { user, own: false, .. } => {
                vec![("userLeftRoom", json!({ "username": user.name, "room": place.called }))]
            }
            News::Types { user, on: true } => {
                vec![("userTyping", json!({ "username": user.name }))]
            }
            News::People(people) if place.bound => {
                let names = people.iter().map(|user| user.name.as_str()).collect::<Vec<_>>();
                vec![("userList", value(names))]
            }
            _ => Words::new(),
        }
    }
}
