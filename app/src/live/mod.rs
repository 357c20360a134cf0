//! What the browser knows, in one place. Events change it through pure reducers ([`Timeline`],
//! [`People`]); components only read it and say what the user wants ([`Action`]).

#[cfg(feature = "browser")]
mod driver;
pub mod outbox;
pub mod people;
#[cfg(feature = "browser")]
mod storage;
pub mod timeline;

pub use people::People;
pub use timeline::Timeline;

use leptos::prelude::*;
use protocol::event::Joined;
use protocol::{ClientId, Room, User};

/// The connection, as a person would describe it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The page as the server sent it; no one has tried to connect yet.
    Page,
    Connecting,
    Connected,
    Waiting {
        seconds: u64,
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
    Say(String),
    Retry(ClientId),
    Withdraw(ClientId),
    TryNow,
}

/// One room, live. Cheap to copy: it holds only signals.
#[derive(Clone, Copy)]
pub struct Live {
    me: StoredValue<User>,
    room: StoredValue<Room>,
    pub timeline: RwSignal<Timeline>,
    pub people: RwSignal<People>,
    pub link: RwSignal<Link>,
    #[cfg(feature = "browser")]
    driver: StoredValue<Option<driver::Driver>, LocalStorage>,
}

impl Live {
    /// Begins with what came with the page; once the page runs, the socket takes over.
    pub fn open(me: User, mut joined: Joined) -> Self {
        let room = joined.room.clone();
        let members = std::mem::take(&mut joined.members);
        let mut timeline = Timeline::default();
        timeline.apply(timeline::Event::Opened(Box::new(joined)));
        let live = Self {
            me: StoredValue::new(me),
            room: StoredValue::new(room),
            timeline: RwSignal::new(timeline),
            people: RwSignal::new(People::new(members)),
            link: RwSignal::new(Link::Page),
            #[cfg(feature = "browser")]
            driver: StoredValue::new_local(None),
        };
        #[cfg(feature = "browser")]
        Effect::new(move || live.driver.set_value(driver::Driver::start(live)));
        live
    }

    pub fn me(&self) -> User {
        self.me.get_value()
    }

    pub fn room(&self) -> Room {
        self.room.get_value()
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
