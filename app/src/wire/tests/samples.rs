//! A value of each type with all that may be missing there, and with none of it.

use super::*;
use crate::page::{Desk, Door, Frame, Lobby, Page, Returned, Screen, Task};
use protocol::event::{
    Announce, Joined, Kicked, May, Membership, Notification, ReadTo, RoomCount, RoomPresence,
    Todos, Unread, UserTyping,
};
use protocol::room::RoomInfo;
use protocol::{ApiError, Member, Room, Todo, User};

pub(super) fn id<T: std::str::FromStr<Err: Debug>>() -> T {
    "018f0000-0000-7000-8000-0123456789ab".parse().unwrap()
}

fn user(role: Role) -> User {
    User::new(id(), "Анна \"李\" \u{1F600}".to_owned(), role)
}

pub(super) fn message() -> Message {
    Message {
        id: id(),
        room: id(),
        seq: 7,
        rev: (1 << 53) - 1,
        client_id: id(),
        user: user(Role::Guest),
        kind: MessageKind::Text,
        text: "two\nlines, a tab\t, \\ and </script> \u{7f}\u{2028}".to_owned(),
        at: 1_763_000_000_000,
        edited_at: None,
        deleted_at: None,
        reply_to: None,
        quote: None,
    }
}

pub(super) fn messages() -> Vec<Message> {
    let quote = Quote { seq: 3, user: user(Role::Owner), text: String::new() };
    let changed = Message {
        user: user(Role::Member),
        kind: MessageKind::System,
        edited_at: Some(-1),
        deleted_at: Some(1_763_000_000_001),
        reply_to: Some(id::<MessageId>()),
        quote: Some(quote),
        ..message()
    };
    vec![message(), changed]
}

pub(super) fn room_info() -> RoomInfo {
    RoomInfo {
        id: id(),
        slug: "general".to_owned(),
        name: "General".to_owned(),
        topic: String::new(),
        kind: RoomKind::Public,
        max_users: 10_000,
        archived: true,
        members: 12,
    }
}

fn room(kind: RoomKind) -> Room {
    let RoomInfo { id, slug, name, topic, max_users, archived, members, .. } = room_info();
    Room {
        id,
        slug,
        name,
        topic,
        kind,
        max_users,
        archived,
        members,
        online: 2,
        rev: 3,
        last_seq: 4,
        read_seq: 5,
        unread: 6,
        mentions: 7,
        joined: true,
    }
}

pub(super) fn rooms() -> Vec<Room> {
    [RoomKind::Public, RoomKind::Private, RoomKind::Direct].map(room).to_vec()
}

pub(super) fn presences() -> Vec<RoomPresence> {
    PresenceAction::ALL
        .iter()
        .map(|(_, action)| RoomPresence {
            room: id(),
            user: user(Role::Moderator),
            action: *action,
            count: 1,
        })
        .collect()
}

pub(super) fn room_count() -> RoomCount {
    RoomCount { room: id(), count: 250 }
}

pub(super) fn membership() -> Membership {
    Membership { room: id(), user: user(Role::Admin), count: 3 }
}

pub(super) fn typing() -> UserTyping {
    UserTyping { room: id(), user: user(Role::Guest), on: true }
}

pub(super) fn read_to() -> ReadTo {
    ReadTo { room: id(), seq: 1, unread: 2, mentions: 3 }
}

pub(super) fn unread() -> Unread {
    Unread { room: id(), unread: 2, mentions: 3 }
}

pub(super) fn announced() -> Announce {
    Announce { text: "Tea \"now\"!\n茶".to_owned() }
}

pub(super) fn kicked() -> Vec<Kicked> {
    [None, Some(id())].map(|room| Kicked { room, reason: "enough".to_owned() }).to_vec()
}

pub(super) fn notifications() -> Vec<Notification> {
    let told = |kind, room, message| Notification {
        id: id(),
        kind,
        room,
        message,
        text: "Анна".to_owned(),
        at: 1,
    };
    let bare = NotificationKind::ALL.iter().map(|(_, kind)| told(*kind, None, None));
    bare.chain([told(NotificationKind::Mention, Some(id()), Some(id()))]).collect()
}

pub(super) fn errors() -> Vec<ApiError> {
    let details = Details { field: "name".to_owned(), reason: Reason::Taken, max: None };
    let full = ApiError { details: Some(details), ..ApiError::rate_limited(1_000) };
    vec![ApiError::unauthorized(), full, ApiError::too_long("text", 5_000)]
}

pub(super) fn joined() -> Joined {
    Joined {
        room: room(RoomKind::Public),
        members: vec![Member { user: user(Role::Member), online: true }],
        more: false,
        messages: vec![message()],
        rev: 8,
        may: May { say: true, leave: true, ..May::default() },
    }
}

fn desk(task: Task) -> Desk {
    Desk {
        me: user(Role::Member),
        rooms: vec![room(RoomKind::Direct)],
        joined: Joined { members: Vec::new(), messages: Vec::new(), ..joined() },
        older: true,
        newer: false,
        at: None,
        task,
        todos: Todos {
            todos: vec![Todo { id: id(), title: "tea".to_owned(), done: true }],
            rev: 3,
        },
        returned: None,
        next: id(),
    }
}

fn desks() -> Vec<Desk> {
    let [said, changed] = [message(), messages().remove(1)];
    let returned = Returned { text: "a".to_owned(), error: ApiError::internal() };
    let full = Desk { at: Some(7), returned: Some(returned), ..desk(Task::Say) };
    let tasks = [Task::Reply(said.clone()), Task::Edit(changed), Task::Delete(said)];
    tasks.map(desk).into_iter().chain([full]).collect()
}

fn lobbies() -> Vec<Lobby> {
    let lobby = |door, problem| Lobby {
        online: 3,
        door,
        name: "Анна".to_owned(),
        problem,
        next: "/room/general".to_owned(),
    };
    let register = Door::Register { invite: "code".to_owned() };
    vec![
        lobby(Door::Guest, None),
        lobby(Door::Password, Some(ApiError::unauthorized())),
        lobby(register, None),
    ]
}

pub(super) fn pages() -> Vec<Page> {
    let frame = Frame { lang: Lang::Zh, zone: -210, now: 1, sounds: true, notify: false };
    let desks = desks().into_iter().map(|desk| Screen::Chat(Box::new(desk)));
    let lobbies = lobbies().into_iter().map(|lobby| Screen::SignIn(Box::new(lobby)));
    desks.chain(lobbies).map(|screen| Page { frame, screen }).collect()
}
