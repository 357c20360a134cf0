//! What the browser knows, in one place. Events change it through pure reducers; components only read
//! it and say what the user wants ([`Action`]).
//!
//! | file | holds |
//! |---|---|
//! | [`timeline`] | a room's messages, and the window onto them that is on the page |
//! | `shown` | the rows of it that are on the page |
//! | [`rooms`] | the sidebar: rooms and what is unread there |
//! | [`people`], [`typists`] | who is in a room, and who is writing there |
//! | [`todos`] | the room's to-do list |
//! | [`writing`] | what the composer is doing; [`matching`] completes names |
//! | [`outbox`] | what was said and isn't confirmed yet; `storage` keeps it and drafts over a reload |
//! | [`pieces`] | links and names in a text |
//! | `driver/` | between all this and the socket |

#[cfg(feature = "browser")]
mod driver;
pub mod letters;
pub mod matching;
pub mod outbox;
pub mod people;
pub mod pieces;
pub mod rooms;
mod shown;
#[cfg(feature = "browser")]
mod storage;
pub mod timeline;
pub mod todos;
pub mod typists;
pub mod writing;

pub use people::People;
pub use rooms::Rooms;
pub use timeline::Timeline;
pub use todos::Todos;
pub use typists::Typists;
pub use writing::Writing;

use crate::page::{Desk, Frame, Task};
use crate::time::Clock;
use leptos::prelude::*;
use protocol::event::May;
use protocol::{ApiError, ClientId, Message, Room, RoomId, TodoId, User, UserId};
use std::sync::Arc;

/// The connection, as a person would describe it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The page as the server sent it; no one has tried to connect yet.
    Page,
    Connecting,
    Connected,
    Waiting {
        seconds: u64,
        /// How often it has been tried in vain.
        tries: u32,
    },
    SignedOut,
}

impl Link {
    /// For styles and tests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Waiting { .. } => "waiting",
            Self::SignedOut => "signed-out",
        }
    }
}

/// What the user wants.
#[derive(Debug)]
pub enum Action {
    /// The composer's text is sent, as what its task makes of it.
    Submit(String),
    /// The composer's text has changed.
    Wrote(String),
    Reply(ClientId),
    Edit(ClientId),
    /// The last message that one has said oneself.
    EditLast,
    /// Out of a reply, an edit or the question whether to delete.
    Leave,
    /// One is asked whether this message shall go.
    Doom(ClientId),
    /// It shall.
    Delete,
    /// To a message of this room.
    Jump(u64),
    /// Its address goes to the clipboard.
    Copy(u64),
    Retry(ClientId),
    Withdraw(ClientId),
    Page {
        older: bool,
    },
    /// Down to what was said last.
    Latest,
    /// Whether the reader is at the end.
    Following(bool),
    /// To a page of ours, in place if that is possible.
    Go(String),
    AddTodo(String),
    TickTodo(TodoId, bool),
    RemoveTodo(TodoId),
    TryNow,
    AllowNotifications,
}

/// The chat, live. Cheap to copy: it holds only signals.
#[derive(Clone, Copy)]
pub struct Live {
    me: StoredValue<User>,
    pub rooms: RwSignal<Rooms>,
    pub open: RwSignal<RoomState>,
    pub link: RwSignal<Link>,
    /// The message that a permalink led to.
    pub at: RwSignal<Option<u64>>,
    /// The message of which is asked whether it shall go.
    pub doomed: RwSignal<Option<Arc<Message>>>,
    /// What went wrong just now, to be told in passing.
    pub told: RwSignal<Option<ApiError>>,
    /// What a moderator has told everyone.
    pub announced: RwSignal<Option<String>>,
    /// Whether the browser would still have to be asked.
    pub may_ask: RwSignal<bool>,
    #[cfg(feature = "browser")]
    driver: StoredValue<Option<driver::Driver>, LocalStorage>,
}

/// One room that was opened since the page was loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RoomState {
    pub id: RoomId,
    pub timeline: RwSignal<Timeline>,
    shown: shown::Shown,
    pub people: RwSignal<People>,
    pub typists: RwSignal<Typists>,
    pub writing: RwSignal<Writing>,
    pub may: RwSignal<May>,
    pub todos: RwSignal<Todos>,
}

impl RoomState {
    fn new(id: RoomId, me: UserId) -> Self {
        Self {
            id,
            timeline: RwSignal::new(Timeline::new(me)),
            shown: StoredValue::default(),
            people: RwSignal::new(People::default()),
            typists: RwSignal::new(Typists::default()),
            writing: RwSignal::new(Writing::default()),
            may: RwSignal::new(May::default()),
            todos: RwSignal::new(Todos::default()),
        }
    }

    /// Begins with what came with the page.
    fn of(desk: &Desk, clock: Clock) -> Self {
        let room = Self::new(desk.joined.room.id, desk.me.id);
        room.timeline.update_untracked(|timeline| {
            timeline.apply(timeline::Event::Zoned(clock.zone()));
            timeline.apply(timeline::Event::Shown {
                messages: desk.joined.messages.clone(),
                older: desk.older,
                newer: desk.newer,
                since: desk.joined.rev,
            });
            if desk.joined.room.unread > 0 {
                timeline.apply(timeline::Event::Marked(desk.joined.room.read_seq));
            }
        });
        room.people.update_untracked(|people| *people = People::new(desk.joined.members.clone()));
        room.may.update_untracked(|may| *may = desk.joined.may);
        room.todos.update_untracked(|todos| todos.listed(desk.todos.clone()));
        room.writing.update_untracked(|writing| match &desk.task {
            Task::Reply(message) => writing.reply(message.clone().into()),
            Task::Edit(message) => writing.edit(message.clone().into()),
            Task::Say | Task::Delete(_) => {}
        });
        if let Some(returned) = desk.returned.clone() {
            room.writing.update_untracked(|writing| {
                writing.wrote(returned.text);
                writing.refused(returned.error);
            });
        }
        room
    }
}

impl Live {
    /// Begins with what came with the page; once the page runs, the socket takes over.
    pub(crate) fn open(desk: &Desk, frame: Frame, clock: Clock) -> Self {
        let live = Self {
            me: StoredValue::new(desk.me.clone()),
            rooms: RwSignal::new(Rooms::new(desk.rooms.clone())),
            open: RwSignal::new(RoomState::of(desk, clock)),
            link: RwSignal::new(Link::Page),
            at: RwSignal::new(desk.at),
            doomed: RwSignal::new(match &desk.task {
                Task::Delete(message) => Some(Arc::new(message.clone())),
                _ => None,
            }),
            told: RwSignal::new(None),
            announced: RwSignal::new(None),
            may_ask: RwSignal::new(false),
            #[cfg(feature = "browser")]
            driver: StoredValue::new_local(None),
        };
        #[cfg(feature = "browser")]
        Effect::new(move || live.driver.set_value(driver::Driver::start(live, frame, clock)));
        #[cfg(not(feature = "browser"))]
        let _ = frame;
        live
    }

    pub fn me(&self) -> User {
        self.me.get_value()
    }

    /// The open room, as the sidebar knows it.
    pub fn room(&self) -> Option<Room> {
        let id = self.open.get().id;
        self.rooms.with(|rooms| rooms.get(id).cloned())
    }

    pub fn act(&self, action: Action) {
        #[cfg(feature = "browser")]
        self.driver.with_value(|driver| {
            if let Some(driver) = driver {
                driver.act(action);
            }
        });
        #[cfg(not(feature = "browser"))]
        drop(action);
    }
}
