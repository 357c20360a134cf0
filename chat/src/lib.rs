//! The domain of Beseda. It knows people, rooms and messages; it knows no HTTP, no socket, no page.
//!
//! [`Chat`] is the one way in. Every adapter (page, socket, REST) asks it, and hears of every change
//! through the [`Announcement`]s that [`Chat::open`] hands out.
//!
//! | file | holds |
//! |---|---|
//! | [`chat`](Chat) | the facade, what it is made of and how it is set up |
//! | `people/` | names, signing in, accounts, sessions, invites |
//! | `rooms/` | making, entering, changing and leaving rooms; what is unread |
//! | `messages/` | sending, editing, deleting, history, sync, search, mentions |
//! | `todos` | a room's to-do list |
//! | `moderation` | kick, ban, mute, roles, announcements, the audit log |
//! | `oversight` | what moderators see of the house |
//! | `permissions` | the one answer to "may they do this here?" |
//! | `standing` | what the answer needs to know, remembered for a moment |
//! | [`limits`] | how often something may be done |
//! | `queue` | the write queue: many changes, one transaction |
//! | [`meters`] | what is counted and timed |
//! | `traces` | how a trace goes on after the commit |
//! | `presence` | who is here now |
//! | [`nodes`] | what several nodes tell each other |
//! | `sequence` | the order in which a room's changes are told |
//! | `upkeep` | what runs beside: search index, retention, revocations, tidying |
//! | [`console`] | what is done on the server's command line |
//! | [`export`] | everything that was said, as JSON lines |
//! | [`announcement`] | what the world is told |
//! | [`store`] | the storage traits and their engines |

#![allow(clippy::duplicate_mod, reason = "each engine compiles the queries for itself")]

pub mod announcement;
mod chat;
pub mod console;
pub mod error;
pub mod export;
pub mod limits;
mod messages;
pub mod meters;
mod moderation;
pub mod nodes;
mod oversight;
mod people;
mod permissions;
mod presence;
mod queue;
mod rooms;
mod sequence;
mod standing;
pub mod store;
mod time;
mod todos;
mod together;
mod traces;
mod upkeep;

use messages::grams;

pub use announcement::Announcement;
pub use chat::{Chat, Registration, Settings};
pub use error::Error;
pub use messages::{Pending, found};
pub use people::{Address, Duties, Identity, Profile, Secret, SignedIn, Token};
pub use rooms::Details;
pub use sequence::Announcements;
