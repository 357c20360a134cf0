//! `message` and nothing else: no join, no names.

use crate::open_door::dialect::{
    Command, Dialect, News, Place, Reading, Target, Words, iso, reading, value,
};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) struct Plain;

#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Bare(String),
    Wrapped { text: String },
}

#[derive(Deserialize)]
struct RoomMessage {
    room: String,
    text: String,
}

impl Dialect for Plain {
    fn read(&self, event: &str, payload: &Value) -> Reading {
        match event {
            "message" => reading(payload, |said| match said {
                Said::Bare(text) | Said::Wrapped { text } => Command::Say(Target::Bound, text),
            }),
            "room-message" => reading(payload, |RoomMessage { room, text }| {
                Command::Say(Target::Called(room), text)
            }),
            _ => Reading::Foreign,
        }
    }

    fn tell(&self, place: Place<'_>, news: &News<'_>) -> Words {
        let News::Said { message, .. } = news else { return Words::new() };
        let mut said = json!({
            "text": message.text,
            "userId": message.user.id,
            "timestamp": iso(message.at),
        });
        if let Some(room) = place.called {
            said["room"] = value(room);
        }
        vec![("message", said)]
    }
}
