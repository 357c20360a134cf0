//! `join-room {roomId, userData}`, `room-message`: rooms whose people bring their own description.

use crate::open_door::dialect::{
    Command, Dialect, News, Place, Reading, Target, Words, reading, value,
};
use protocol::{ApiError, ErrorCode, MessageKind, User};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) struct Rooms;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JoinRoom {
    room_id: String,
    user_data: Option<UserData>,
}

/// Of what a program says of its user, the name is kept.
#[derive(Deserialize)]
struct UserData {
    name: Option<String>,
    username: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RoomMessage {
    room_id: String,
    message: String,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "type")]
    _kind: String,
    content: String,
}

impl Dialect for Rooms {
    fn read(&self, event: &str, payload: &Value) -> Reading {
        match event {
            "join-room" => reading(payload, |JoinRoom { room_id, user_data }| {
                let name = user_data.and_then(|user| user.name.or(user.username));
                Command::Enter(Target::Called(room_id), name)
            }),
            "leave-room" => Reading::Asks(Command::Leave(Target::Current, None)),
            "room-message" => reading(payload, |RoomMessage { room_id, message }| {
                Command::Say(Target::Called(room_id), message)
            }),
            "message" => reading(payload, |Message { content, .. }| Command::Echo(content)),
            _ => Reading::Foreign,
        }
    }

    fn tell(&self, place: Place<'_>, news: &News<'_>) -> Words {
        match news {
            News::Said { message, .. } if message.kind == MessageKind::System => {
                vec![("room-message", json!({ "type": "system", "content": message.text }))]
            }
            News::Said { message, own: false } => {
                vec![(
                    "room-message",
                    json!({ "message": message.text, "sender": message.user.id }),
                )]
            }
            News::Came { user, people, own: false, .. } => {
                vec![("user-joined", json!({ "user": described(user), "users": all(people) }))]
            }
            News::Went { people, own: false, .. } => {
                vec![("user-left", json!({ "users": all(people) }))]
            }
            News::Entered { people, .. } => {
                vec![("room-joined", json!({ "roomId": place.called, "users": all(people) }))]
            }
            News::Left => vec![("room-left", json!({ "roomId": place.called }))],
            News::Echo(text) => vec![("reply", value(text))],
            _ => Words::new(),
        }
    }

    fn refuse(&self, error: &ApiError) -> (&'static str, Value) {
        let message = &error.message;
        match error.code {
            ErrorCode::Validation => {
                let told = json!({ "message": message, "details": error.details });
                ("validation-error", told)
            }
            ErrorCode::Unauthorized => ("auth-error", json!({ "message": message })),
            code => ("error", json!({ "message": message, "code": code })),
        }
    }

    fn hears_bound(&self) -> bool {
        false
    }
}

fn described(user: &User) -> Value {
    json!({ "id": user.id, "name": user.name })
}

fn all(people: &[User]) -> Vec<Value> {
    people.iter().map(described).collect()
}
