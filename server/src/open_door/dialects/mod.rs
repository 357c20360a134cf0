//! The table. A dialect is a file and a line here.

mod classic;
mod guide;
mod lesson;
mod plain;
mod rooms;
mod todo;

use super::dialect::{Command, Dialect, News, Place, Reading, Words, value};
use crate::socket::mailbox::unknown_event;
use protocol::ApiError;
use serde_json::Value;

/// Where two know the same event, the one that asks more of its shape comes first.
static DIALECTS: [&dyn Dialect; 6] =
    [&lesson::Lesson, &rooms::Rooms, &classic::Classic, &guide::Guide, &plain::Plain, &todo::Todo];

/// Whose event that is, and what it asks; or who refuses it.
pub(super) fn recognise(
    event: &str,
    payload: &Value,
) -> Result<(&'static dyn Dialect, Command), (&'static dyn Dialect, ApiError)> {
    if let Some((place, command)) = find(event, payload) {
        return Ok((DIALECTS[place], command));
    }
    let refused = DIALECTS.iter().find_map(|dialect| match dialect.read(event, payload) {
        Reading::Wrong(error) => Some((*dialect, error)),
        Reading::Foreign | Reading::Asks(_) => None,
    });
    Err(refused.unwrap_or_else(|| (UNDECIDED, unknown_event())))
}

fn find(event: &str, payload: &Value) -> Option<(usize, Command)> {
    DIALECTS.iter().enumerate().find_map(|(place, dialect)| match dialect.read(event, payload) {
        Reading::Asks(command) => Some((place, command)),
        Reading::Foreign | Reading::Wrong(_) => None,
    })
}

/// What a socket hears before it has said anything: words that any of the tutorials' pages understand.
pub(super) static UNDECIDED: &dyn Dialect = &Undecided;

struct Undecided;

impl Dialect for Undecided {
    fn read(&self, _event: &str, _payload: &Value) -> Reading {
        Reading::Foreign
    }

    fn tell(&self, place: Place<'_>, news: &News<'_>) -> Words {
        match news {
            News::Said { message, .. } => {
                let mut words = plain::Plain.tell(place, news);
                for (_, payload) in &mut words {
                    payload["user"] = value(&message.user.name);
                }
                words.extend(classic::Classic.tell(place, news));
                words
            }
            News::Came { .. } | News::Went { .. } | News::Types { .. } => {
                let mut words = guide::Guide.tell(place, news);
                words.extend(classic::Classic.tell(place, news));
                words
            }
            News::Todos(_) => todo::Todo.tell(place, news),
            _ => Words::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::dialect::Target;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_first_event_is_known_by_its_shape() {
        let (lesson, rooms, classic, guide, plain, todo) = (0, 1, 2, 3, 4, 5);
        for (dialect, event, payload) in [
            (guide, "join", json!({ "username": "Anna" })),
            (guide, "sendMessage", json!({ "text": "hi" })),
            (guide, "typing", json!({})),
            (guide, "joinRoom", json!({ "room": "tea", "username": "Anna" })),
            (guide, "roomMessage", json!({ "room": "tea", "message": "hi" })),
            (guide, "leaveRoom", json!({ "room": "tea", "username": "Anna" })),
            (classic, "add user", json!("Anna")),
            (classic, "new message", json!("hi")),
            (classic, "typing", json!(null)),
            (classic, "stop typing", json!(null)),
            (plain, "message", json!({ "text": "hi" })),
            (plain, "message", json!("hi")),
            (plain, "room-message", json!({ "room": "tea", "text": "hi" })),
            (lesson, "join-room", json!({ "roomId": "tea" })),
            (lesson, "leave-room", json!({ "roomId": "tea" })),
            (lesson, "message", json!({ "roomId": "tea", "content": "hi" })),
            (lesson, "message", json!({ "roomId": "tea", "content": "hi", "type": "text" })),
            (lesson, "typing", json!({ "roomId": "tea" })),
            (rooms, "join-room", json!({ "roomId": "tea", "userData": { "name": "Anna" } })),
            (rooms, "leave-room", json!(null)),
            (rooms, "room-message", json!({ "roomId": "tea", "message": "hi" })),
            (rooms, "message", json!({ "type": "text", "content": "hi" })),
            (todo, "todo:get", json!(null)),
            (todo, "todo:add", json!("milk")),
            (todo, "todo:remove", json!("1")),
        ] {
            let known = find(event, &payload).map(|(place, _)| place);
            assert_eq!(known, Some(dialect), "{event} {payload}");
        }
    }

    #[test]
    fn a_broken_event_decides_nothing() {
        for (event, payload) in [
            ("dance", json!({})),
            ("message", json!(7)),
            ("join", json!({})),
            ("add user", json!({ "name": "Anna" })),
            ("join-room", json!("tea")),
            ("todo:add", json!({ "title": "milk" })),
        ] {
            assert!(recognise(event, &payload).is_err(), "{event} {payload}");
        }
    }

    #[test]
    fn a_name_is_asked_for_where_a_tutorial_gives_one() {
        let asked = |event: &str, payload| find(event, &payload).map(|(_, asks)| asks);
        let anna = Some("Anna".to_owned());
        let tea = Target::Called("tea".to_owned());
        let data = json!({ "roomId": "tea", "userData": { "username": "Anna", "age": 7 } });
        assert_eq!(asked("join-room", data), Some(Command::Enter(tea.clone(), anna.clone())));
        let data = json!({ "roomId": "tea", "userData": {} });
        assert_eq!(asked("join-room", data), Some(Command::Enter(tea, None)));
        assert_eq!(asked("add user", json!("Anna")), Some(Command::Enter(Target::Bound, anna)));
    }
}
