//! What all dialects have in common: what can be asked, and what there is to tell.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use protocol::{ApiError, Message, Reason, Todo, User};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One tutorial's words, in two directions. It keeps nothing and asks nothing.
pub(super) trait Dialect: Sync {
    fn read(&self, event: &str, payload: &Value) -> Reading;

    /// To one socket, which calls the place so.
    fn tell(&self, place: Place<'_>, news: &News<'_>) -> Words;

    fn refuse(&self, error: &ApiError) -> (&'static str, Value) {
        (protocol::event::ERROR, value(error))
    }

    /// Whether a socket hears the room that its namespace is bound to without having entered it.
    fn hears_bound(&self) -> bool {
        true
    }
}

/// What an event means.
pub(super) enum Reading {
    /// It is none of this dialect's.
    Foreign,
    /// It is, but what it carries is not.
    Wrong(ApiError),
    Asks(Command),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// The name is for a socket that has none yet.
    Enter(Target, Option<String>),
    Leave(Target, Option<String>),
    Say(Target, String),
    Type(Target, bool),
    ListTodos,
    AddTodo(String),
    RemoveTodo(String),
    /// Is answered to the one who asks, and said nowhere.
    Echo(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// The room of the namespace.
    Bound,
    /// By id or slug.
    Called(String),
    /// The one entered last.
    Current,
}

/// A room as one socket knows it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// `None` when it came with the namespace.
    pub(super) called: Option<&'a str>,
    pub(super) bound: bool,
}

/// `own` means: of the person, or for what is said of the very socket, that is told.
pub(super) enum News<'a> {
    Said {
        message: &'a Message,
        own: bool,
    },
    Came {
        user: &'a User,
        count: usize,
        people: &'a [User],
        own: bool,
    },
    Went {
        user: &'a User,
        count: usize,
        people: &'a [User],
        own: bool,
    },
    Types {
        user: &'a User,
        on: bool,
    },
    People(&'a [User]),
    Todos(&'a [Todo]),
    /// To the one who has entered.
    Entered {
        count: usize,
        people: &'a [User],
    },
    /// To the one who has left.
    Left,
    Echo(&'a str),
}

/// Events, with what they carry.
pub(super) type Words = Vec<(&'static str, Value)>;

pub(super) fn reading<T: DeserializeOwned>(
    payload: &Value,
    command: impl FnOnce(T) -> Command,
) -> Reading {
    match T::deserialize(payload) {
        Ok(payload) => Reading::Asks(command(payload)),
        Err(error) => wrong(&error.to_string()),
    }
}

pub(super) fn wrong(why: &str) -> Reading {
    let told = format!("what the event carries can't be read: {why}");
    Reading::Wrong(ApiError::invalid("payload", Reason::Malformed, told))
}

pub(super) fn value(payload: impl Serialize) -> Value {
    serde_json::to_value(payload).unwrap_or_default()
}

/// As JavaScript's `toISOString`.
pub(super) fn iso(at: i64) -> String {
    time(at).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The time of day where the server is.
pub(super) fn clock(at: i64) -> String {
    time(at).to_zoned(TimeZone::system()).strftime("%H:%M:%S").to_string()
}

fn time(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_javascript_writes_them() {
        assert_eq!(iso(1_795_285_663_900), "2026-11-21T18:27:43.900Z");
        assert_eq!(clock(0).len(), "00:00:00".len());
    }
}
