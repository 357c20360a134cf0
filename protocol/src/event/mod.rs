//! The events: each has a name, what it carries and what its answer adds to `ok`.
//!
//! A new event starts here with a name and a payload; `server/src/namespaces.rs` says who handles it.
//!
//! | file | holds |
//! |---|---|
//! | `messages` | sending, changing, reading and finding what is said |
//! | `rooms` | making, entering and changing rooms |
//! | `todos` | a room's to-do list |
//! | `people` | who is here, who types, what one has read |
//! | `notifications` | what one is told although the room isn't open |
//! | `moderation` | what moderators do to people, and what they see of the house |

mod messages;
mod moderation;
mod notifications;
mod people;
mod rooms;
mod todos;

pub use messages::*;
pub use moderation::*;
pub use notifications::*;
pub use people::*;
pub use rooms::*;
pub use todos::*;

/// Client to server, on `/chat`.
pub const WHOAMI: &str = "whoami";
pub const ROOMS: &str = "rooms";
pub const CREATE_ROOM: &str = "create-room";
pub const UPDATE_ROOM: &str = "update-room";
pub const ARCHIVE_ROOM: &str = "archive-room";
pub const DELETE_ROOM: &str = "delete-room";
pub const JOIN_ROOM: &str = "join-room";
pub const LEAVE_ROOM: &str = "leave-room";
pub const OPEN_DM: &str = "open-dm";
pub const INVITE: &str = "invite";
pub const REMOVE_MEMBER: &str = "remove-member";
pub const MESSAGE: &str = "message";
pub const EDIT_MESSAGE: &str = "edit-message";
pub const DELETE_MESSAGE: &str = "delete-message";
pub const HISTORY: &str = "history";
pub const SYNC: &str = "sync";
pub const SEARCH: &str = "search";
pub const TYPING: &str = "typing";
pub const READ: &str = "read";
pub const PRESENCE: &str = "presence";
pub const TODOS: &str = "todos";
pub const TODO_ADD: &str = "todo-add";
pub const TODO_DONE: &str = "todo-done";
pub const TODO_REMOVE: &str = "todo-remove";

/// Server to client, on `/chat`; `MESSAGE` and `READ` go both ways.
pub const TODO: &str = "todo";
pub const USER_JOINED: &str = "user-joined";
pub const USER_LEFT: &str = "user-left";
pub const ROOM_PRESENCE: &str = "room-presence";
pub const USER_TYPING: &str = "user-typing";
pub const ROOM_UPDATED: &str = "room-updated";
pub const ROOM_REMOVED: &str = "room-removed";
pub const KICKED: &str = "kicked";
pub const RESTARTING: &str = "restarting";
/// Asks nothing: the server finds out whether a socket still takes what it is sent.
pub const PULSE: &str = "pulse";
pub const ERROR: &str = "error";

/// Client to server, on `/notifications`.
pub const LIST: &str = "list";
pub const DISMISS: &str = "dismiss";

/// Server to client, on `/notifications`.
pub const NOTIFICATION: &str = "notification";
pub const UNREAD: &str = "unread";

/// Client to server, on `/admin`.
pub const KICK: &str = "kick";
pub const BAN: &str = "ban";
pub const UNBAN: &str = "unban";
pub const MUTE: &str = "mute";
pub const SET_ROLE: &str = "set-role";
pub const ANNOUNCE: &str = "announce";
pub const REVOKE: &str = "revoke";
pub const SESSIONS: &str = "sessions";
pub const LIST_PEOPLE: &str = "list-people";
pub const LIST_ROOMS: &str = "list-rooms";
pub const AUDIT: &str = "audit";

/// Server to client, on `/admin`.
pub const STATS: &str = "stats";
pub const PAST: &str = "past";
/// Server to everyone, on `/chat`: what a moderator announces.
pub const ANNOUNCEMENT: &str = "announcement";
