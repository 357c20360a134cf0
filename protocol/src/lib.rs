//! The vocabulary of Beseda, shared by the server, the page and every other program that speaks to
//! it: plain serde types and the rules that a value must keep to be one.
//!
//! | file | holds |
//! |---|---|
//! | [`ids`] | what names a user, a room, a message |
//! | [`text`] | names and message texts that have passed their rules |
//! | [`user`] [`room`] [`message`] [`todo`] | the things themselves |
//! | [`event`] | every Socket.IO event, with its payload and its answer |
//! | [`error`] | the error object and its codes |
//! | [`reply`] | the one shape of every answer |
//! | [`limits`] | every size, rate and count that Beseda enforces |

pub mod error;
pub mod event;
pub mod ids;
pub mod limits;
pub mod message;
pub mod reply;
pub mod room;
pub mod text;
pub mod todo;
pub mod user;

pub use error::{ApiError, ErrorCode, Reason};
pub use ids::{ClientId, MessageId, NotificationId, RoomId, SessionId, TodoId, UserId};
pub use message::{Message, MessageKind, Quote};
pub use room::{Room, RoomKind};
pub use text::{MessageText, Name, Password, Query, RoomName, Title, Topic};
pub use todo::Todo;
pub use user::{Member, Role, User};
