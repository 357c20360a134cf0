//! The pages that only the server renders: links and forms that need no script. In the chat they open
//! over it. Each is a file, with what loads it and what shows it; `parts` is what they are made of, and
//! [`outcome`] tells what became of a form.

pub(crate) mod details;
pub(crate) mod invites;
pub(crate) mod new_room;
pub(crate) mod outcome;
pub(crate) mod parts;
pub(crate) mod people;
pub(crate) mod person;
pub(crate) mod refused;
pub(crate) mod search;
pub(crate) mod settings;

use leptos::prelude::*;
use protocol::ApiError;

/// What a sheet shows.
#[derive(Debug, Clone)]
pub(crate) enum Sheet {
    Search(Box<search::View>),
    Settings(Box<settings::View>),
    NewRoom(new_room::View),
    Details(Box<details::View>),
    Person(Box<person::View>),
    People(people::View),
    Invites(invites::View),
    Refused(ApiError),
}

impl Sheet {
    pub(crate) fn view(&self) -> AnyView {
        match self {
            Self::Search(view) => search::view(view),
            Self::Settings(view) => settings::view(view),
            Self::NewRoom(view) => new_room::view(view),
            Self::Details(view) => details::view(view),
            Self::Person(view) => person::view(view),
            Self::People(view) => people::view(view),
            Self::Invites(view) => invites::view(view),
            Self::Refused(error) => refused::view(error),
        }
    }
}
