//! What a page shows. The server loads it, renders it, and sends it along as JSON: the browser begins
//! with the same value and takes the page over.

use crate::words::Lang;
use protocol::event::{Joined, Todos};
use protocol::{ApiError, ClientId, Message, Room, User};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page {
    pub frame: Frame,
    pub screen: Screen,
}

/// What every screen needs to know of its reader.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Frame {
    pub lang: Lang,
    /// Minutes east of UTC, as an earlier page has found out.
    pub zone: i32,
    /// The server's clock: "today" must mean the same day to whoever renders and whoever hydrates.
    pub now: i64,
    pub sounds: bool,
    pub notify: bool,
}

/// The screens that live in the browser. All others are in `ssr/sheets/`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Screen {
    SignIn(Box<Lobby>),
    Chat(Box<Desk>),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Lobby {
    pub online: usize,
    pub door: Door,
    /// What was typed before, and what was wrong with it.
    pub name: String,
    pub problem: Option<ApiError>,
    /// Where one wanted to go.
    pub next: String,
}

/// How one comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Door {
    /// A name is all it takes.
    Guest,
    Password,
    /// A new account; with the code of an invite, if there is one.
    Register {
        invite: String,
    },
}

impl Door {
    /// As an address and a form name it.
    pub fn named(with: &str, invite: String) -> Self {
        match with {
            "password" => Self::Password,
            "account" => Self::Register { invite },
            _ => Self::Guest,
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Guest => "",
            Self::Password => "password",
            Self::Register { .. } => "account",
        }
    }
}

/// The chat with one room open.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Desk {
    pub me: User,
    pub rooms: Vec<Room>,
    /// The open room; its messages are those to show.
    pub joined: Joined,
    /// Whether there is something before and after the messages.
    pub older: bool,
    pub newer: bool,
    /// The message that a permalink leads to.
    pub at: Option<u64>,
    pub task: Task,
    pub todos: Todos,
    /// The text that a form sent and that was refused.
    pub returned: Option<Returned>,
    /// The id of the next message that the form sends: sending it twice says it once.
    pub next: ClientId,
}

/// What the composer is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Task {
    Say,
    Reply(Message),
    Edit(Message),
    Delete(Message),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Returned {
    pub text: String,
    pub error: ApiError,
}
