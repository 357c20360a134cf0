//! `join-room {roomId}`, `message {roomId, content}`: rooms, presence, and a token where one has one.

use crate::open_door::dialect::{
    Command, Dialect, News, Place, Reading, Target, Words, iso, reading, wrong,
};
use protocol::User;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) struct Lesson;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InRoom {
    room_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    room_id: String,
    content: String,
}

impl Dialect for Lesson {
    fn read(&self, event: &str, payload: &Value) -> Reading {
        let called = Target::Called;
        match event {
            // Who one is comes with the token.
            "join-room" if payload.get("userData").is_some() => wrong("it names a room alone"),
            "join-room" => {
                reading(payload, |InRoom { room_id }| Command::Enter(called(room_id), None))
            }
            "leave-room" => {
                reading(payload, |InRoom { room_id }| Command::Leave(called(room_id), None))
            }
            "message" => reading(payload, |Message { room_id, content }| {
                Command::Say(called(room_id), content)
            }),
            "typing" => reading(payload, |InRoom { room_id }| Command::Type(called(room_id), true)),
            _ => Reading::Foreign,
        }
    }

    fn tell(&self, place: Place<'_>, news: &News<'_>) -> Words {
        let presence = |user: &User, count: usize, action: &str| {
            let room = place.called;
            let told =
                json!({ "roomId": room, "usersCount": count, "userId": user.id, "action": action });
            ("room-presence", told)
        };
        match news {
            News::Said { message, .. } => {
                let said = json!({
                    "id": message.id,
                    "userId": message.user.id,
                    "username": message.user.name,
                    "content": message.text,
                    "timestamp": iso(message.at),
                });
                vec![("message", said)]
            }
            News::Came { user, count, .. } => vec![presence(user, *count, "joined")],
            News::Went { user, count, .. } => {
                let left = json!({ "userId": user.id, "username": user.name });
                vec![("user-left", left), presence(user, *count, "left")]
            }
            News::Types { user, on: true } => {
                vec![("user-typing", json!({ "userId": user.id, "username": user.name }))]
            }
            News::Entered { .. } => vec![("room-joined", json!({ "roomId": place.called }))],
            _ => Words::new(),
        }
    }

    fn hears_bound(&self) -> bool {
        false
    }
}
