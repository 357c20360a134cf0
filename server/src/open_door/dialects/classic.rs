//! `add user`, `new message`: the official Socket.IO chat example.

use crate::open_door::dialect::{
    Command, Dialect, News, Place, Reading, Target, Words, reading, wrong,
};
use serde_json::{Value, json};

pub(super) struct Classic;

impl Dialect for Classic {
    fn read(&self, event: &str, payload: &Value) -> Reading {
        match event {
            "add user" => reading(payload, |name| Command::Enter(Target::Bound, Some(name))),
            "new message" => reading(payload, |text| Command::Say(Target::Bound, text)),
            "typing" | "stop typing" if !payload.is_null() => wrong("it carries nothing"),
            "typing" => Reading::Asks(Command::Type(Target::Bound, true)),
            "stop typing" => Reading::Asks(Command::Type(Target::Bound, false)),
            _ => Reading::Foreign,
        }
    }

    fn tell(&self, place: Place<'_>, news: &News<'_>) -> Words {
        if !place.bound {
            return Words::new();
        }
        match news {
            News::Said { message, own: false } => {
                let said = json!({ "username": message.user.name, "message": message.text });
                vec![("new message", said)]
            }
            News::Came { user, count, own: false, .. } => {
                vec![(
                    "user joined",
                    json!({ "username": user.name, "numUsers": count, "users": count }),
                )]
            }
            News::Went { user, count, own: false, .. } => {
                vec![(
                    "user left",
                    json!({ "username": user.name, "numUsers": count, "users": count }),
                )]
            }
            News::Types { user, on } => {
                let event = if *on { "typing" } else { "stop typing" };
                vec![(event, json!({ "username": user.name }))]
            }
            News::Entered { count, .. } => {
                vec![("login", json!({ "numUsers": count, "users": count }))]
            }
            _ => Words::new(),
        }
    }
}
