//! The domain of Beseda. It knows people, rooms and messages; it knows no HTTP, no socket, no page.
//!
//! [`Chat`] is the one way in. Every adapter (page, socket, REST) asks it, and hears of every change
//! through the [`Announcement`]s that [`Chat::open`] hands out.
//!
//! | file | holds |
//! |---|---|
//! | [`chat`](Chat) | the facade and what it is made of |
//! | `people` | signing in, sessions |
//! | `rooms` | finding and entering rooms, who is in them |
//! | `messages` | sending, history, sync |
//! | `queue` | the write queue: many messages, one transaction |
//! | `presence` | who is here now |
//! | [`announcement`] | what the world is told |
//! | [`store`] | the storage trait and its engines |

pub mod announcement;
mod chat;
pub mod error;
mod identity;
mod messages;
mod names;
mod people;
mod presence;
mod queue;
mod rooms;
pub mod store;
mod time;
mod token;

pub use announcement::{Announcement, Announcements};
pub use chat::Chat;
pub use error::Error;
pub use identity::Identity;
pub use messages::Pending;
pub use people::SignedIn;
pub use token::Token;
