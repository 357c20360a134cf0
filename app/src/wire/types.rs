//! What the page reads. Every field and every variant is named, so one that is new doesn't compile until
//! it is read here too.

use super::plain::{Word, word};
use super::{Json, Read};
use crate::live::outbox::Letter;
use crate::page::{Desk, Door, Frame, Lobby, Page, Returned, Screen, Task};
use crate::words::Lang;
use protocol::error::Details;
use protocol::event::{
    Announce, Changes, Joined, Kicked, May, Membership, MessageChanged, Notification,
    NotificationKind, OneRoom, Page as History, PresenceAction, ReadTo, Restarting, RoomCount,
    RoomPresence, RoomRemoved, RoomUpdated, Rooms, Sent, TodoChanged, Todos, Unread, UserTyping,
};
use protocol::room::RoomInfo;
use protocol::{
    ApiError, ErrorCode, Member, Message, MessageKind, Quote, Reason, Role, Room, RoomKind, Todo,
    User,
};

/// Structs, with their fields' names on the wire where those are others.
macro_rules! structs {
    ($($name:ident { $($field:ident $($wire:literal)?),* })*) => {$(
        impl Read for $name {
            fn read(json: &Json, bad: &mut bool) -> Self {
                Self { $($field: Read::member(json, structs!(@ $field $($wire)?), bad)),* }
            }
        }
    )*};
    (@ $field:ident) => { stringify!($field) };
    (@ $field:ident $wire:literal) => { $wire };
}

/// Enums that are a word.
macro_rules! words {
    ($($name:ident { $first:ident $word:literal $(, $other:ident $others:literal)* })*) => {$(
        impl Word for $name {
            const FIRST: Self = Self::$first;
            const ALL: &[(&str, Self)] = &[($word, Self::$first) $(, ($others, Self::$other))*];
        }

        impl Read for $name {
            fn read(json: &Json, bad: &mut bool) -> Self {
                word(json, bad)
            }
        }

        /// Complete, or it doesn't compile.
        const _: fn($name) = |word| match word {
            $name::$first $(| $name::$other)* => {}
        };
    )*};
}

words! {
    ErrorCode {
        Validation "validation", Unauthorized "unauthorized", Forbidden "forbidden",
        NotFound "not-found", Conflict "conflict", RateLimited "rate-limited",
        RoomFull "room-full", TooLarge "too-large", Unavailable "unavailable", Internal "internal"
    }
    Reason {
        Empty "empty", TooShort "too-short", TooLong "too-long", Characters "characters",
        Taken "taken", Malformed "malformed", Unknown "unknown", Wrong "wrong", Invite "invite",
        Closed "closed", Banned "banned", Muted "muted", Archived "archived"
    }
    Role {
        Guest "guest", Member "member", Moderator "moderator", Admin "admin", Owner "owner"
    }
    RoomKind { Public "public", Private "private", Direct "direct" }
    MessageKind { Text "text", Image "image", File "file", System "system" }
    PresenceAction { Online "online", Offline "offline", Joined "joined", Left "left" }
    NotificationKind { Mention "mention", Direct "direct", Invite "invite", System "system" }
    Lang { En "en", Ru "ru", Zh "zh" }
}

structs! {
    Details { field, reason, max }
    ApiError { code, message, retry_after "retryAfter", details }

    User { id, name, role, guest, color }
    Quote { seq, user, text }
    Message {
        id, room, seq, rev, client_id "clientId", user, kind, text, at, edited_at "editedAt",
        deleted_at "deletedAt", reply_to "replyTo", quote
    }
    RoomInfo { id, slug, name, topic, kind, max_users "maxUsers", archived, members }
    Room {
        id, slug, name, topic, kind, max_users "maxUsers", archived, members, online, rev,
        last_seq "lastSeq", read_seq "readSeq", unread, mentions, joined
    }

    MessageChanged { room, rev, message }
    RoomPresence { room, user, action, count }
    RoomCount { room, count }
    Membership { room, user, count }
    UserTyping { room, user, on }
    RoomUpdated { room }
    RoomRemoved { room }
    ReadTo { room, seq, unread, mentions }
    Kicked { room, reason }
    Announce { text }
    Restarting { retry_after "retryAfter" }
    Unread { room, unread, mentions }
    Notification { id, kind, room, message, text, at }

    Todo { id, title, done }
    Todos { todos, rev }
    TodoChanged { room, rev, todo, removed }

    May { say, invite, censor, run, leave, archive, delete }
    Joined { room, members, more, messages, rev, may }
    Rooms { rooms }
    OneRoom { room }
    Changes { messages, rev, complete }
    History { messages, more }
    Sent { message }

    Letter { id, room, text, reply_to }

    Page { frame, screen }
    Frame { lang, zone, now, sounds, notify }
    Lobby { online, door, name, problem, next }
    Desk { me, rooms, joined, older, newer, at, task, todos, returned, next }
    Returned { text, error }
}

/// The user's fields stand beside `online`.
impl Read for Member {
    fn read(json: &Json, bad: &mut bool) -> Self {
        Self { user: Read::read(json, bad), online: Read::member(json, "online", bad) }
    }
}

impl Read for Screen {
    fn read(json: &Json, bad: &mut bool) -> Self {
        let (name, content) = json.variant();
        if name == "SignIn" {
            return Self::SignIn(Read::read(content, bad));
        }
        *bad |= name != "Chat";
        Self::Chat(Read::read(content, bad))
    }
}

impl Read for Door {
    fn read(json: &Json, bad: &mut bool) -> Self {
        match json.variant() {
            ("Guest", _) => Self::Guest,
            ("Password", _) => Self::Password,
            ("Register", content) => {
                Self::Register { invite: Read::member(content, "invite", bad) }
            }
            _ => {
                *bad = true;
                Self::Guest
            }
        }
    }
}

impl Read for Task {
    fn read(json: &Json, bad: &mut bool) -> Self {
        match json.variant() {
            ("Say", _) => Self::Say,
            ("Reply", message) => Self::Reply(Read::read(message, bad)),
            ("Edit", message) => Self::Edit(Read::read(message, bad)),
            ("Delete", message) => Self::Delete(Read::read(message, bad)),
            _ => {
                *bad = true;
                Self::Say
            }
        }
    }
}
