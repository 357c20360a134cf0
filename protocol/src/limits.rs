//! Every size, count and rate that Beseda enforces. A refusal names the limit it comes from.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Characters of a name, counted as Unicode scalar values after trimming.
pub const NAME_CHARS: usize = 20;
/// Characters of a message's text, counted as Unicode scalar values after trimming.
pub const MESSAGE_CHARS: usize = 5_000;
/// Characters of a room's name.
pub const ROOM_NAME_CHARS: usize = 60;
/// Characters of a room's slug.
pub const SLUG_CHARS: usize = 64;
/// Characters of a room's topic.
pub const TOPIC_CHARS: usize = 250;
/// Characters of what is to be done, in a room's to-do list.
pub const TITLE_CHARS: usize = 500;
/// What a room's to-do list holds.
pub const TODOS: usize = 1_000;
/// Characters of a password. The upper bound is the price of hashing one.
pub const PASSWORD_CHARS: RangeInclusive<usize> = 8..=200;
/// Characters of a search.
pub const QUERY_CHARS: usize = 100;
/// Characters of the reason for a kick or a ban.
pub const REASON_CHARS: usize = 250;
/// How many members a room may be made for.
pub const MAX_USERS: RangeInclusive<u32> = 2..=10_000;
/// How many members a room takes when nothing else is said.
pub const MAX_USERS_DEFAULT: u32 = 100;
/// Rooms that one person may have made and not deleted.
pub const ROOMS_MADE: usize = 20;
/// Rooms in the answer to `rooms`.
pub const ROOMS_LISTED: usize = 500;
/// People whom one message calls by name; further ones are just text.
pub const MENTIONS: usize = 20;
/// Unread messages are counted up to here.
pub const UNREAD: u64 = 1_000;
/// How long after sending a message may be edited, unless the server is told otherwise.
pub const EDIT_WITHIN: Duration = Duration::from_hours(24);
/// How long a program's token lasts.
pub const TOKEN_LASTS: Duration = Duration::from_hours(24);
/// Messages that come with entering a room, and the default page of `history`.
pub const PAGE: usize = 50;
/// The largest page of `history` that one may ask for.
pub const PAGE_MAX: usize = 100;
/// Rooms in one `sync`.
pub const SYNC_ROOMS: usize = 500;
/// Changes of one room in one answer to `sync`.
pub const SYNC_CHANGES: usize = 200;
/// People named by `presence` and `join-room` in one answer.
pub const PEOPLE: usize = 200;
/// Events of one socket that wait for their turn.
pub const MAILBOX: usize = 2_048;
/// Writes of one socket that wait for their commit.
pub const UNACKED_WRITES: usize = 256;
/// Writes of everyone that wait for their commit.
pub const WRITE_QUEUE: usize = 8_192;
/// Writes that share one transaction.
pub const WRITE_BATCH: usize = 512;

/// How long a person stays online after their last socket went, so that a reload is silent.
pub const OFFLINE_AFTER: Duration = Duration::from_secs(5);
/// How long the open door keeps a guest's name for them after their last socket went.
pub const VISIT_KEPT: Duration = Duration::from_secs(30);
/// People and to-dos that one list of the open door names.
pub const LISTED: usize = 1_000;
/// How long someone counts as writing after their last sign of it.
pub const TYPING_LASTS: Duration = Duration::from_secs(5);
/// That someone writes is told no more often.
pub const TYPING_TOLD_EVERY: Duration = Duration::from_secs(1);
/// In a room with more people online than this, one person's coming and going is not told to all.
pub const CROWD: usize = 200;
/// How long a page that has no socket (no JavaScript) counts as its reader being here.
pub const PAGE_PRESENCE: Duration = Duration::from_mins(1);

/// What may be done only so often. One person has each rate to themselves; an address, which an office
/// may share, has [`ADDRESS_SHARE`] times as much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    Message,
    MessageBurst,
    Typing,
    Join,
    CreateRoom,
    Login,
    Search,
    Upload,
    Connect,
    /// Any event at all: what is cheap to send may be dear to answer.
    Event,
}

/// So many in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub count: u32,
    pub seconds: u32,
}

pub const ADDRESS_SHARE: u32 = 10;

/// The table: each limit, the name it is configured by, and its rate.
pub const RATES: [(Limit, &str, Rate); 10] = [
    (Limit::Message, "message", Rate { count: 50, seconds: 60 }),
    (Limit::MessageBurst, "message-burst", Rate { count: 10, seconds: 5 }),
    (Limit::Typing, "typing", Rate { count: 60, seconds: 60 }),
    (Limit::Join, "join", Rate { count: 30, seconds: 60 }),
    (Limit::CreateRoom, "create-room", Rate { count: 5, seconds: 300 }),
    // Attempts with a password, and by address as few as by name: no office guesses passwords.
    (Limit::Login, "login", Rate { count: 5, seconds: 60 }),
    (Limit::Search, "search", Rate { count: 20, seconds: 60 }),
    (Limit::Upload, "upload", Rate { count: 10, seconds: 60 }),
    (Limit::Connect, "connect", Rate { count: 30, seconds: 60 }),
    (Limit::Event, "event", Rate { count: 600, seconds: 60 }),
];
