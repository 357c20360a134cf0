//! The server of Beseda: adapters between the world and `chat`. A rule of chat written here is in
//! the wrong room.
//!
//! | to find | open |
//! |---|---|
//! | every HTTP route | [`router`] |
//! | every Socket.IO namespace and its events | [`namespaces`] |
//! | every setting | [`config`] |
//! | one event's handler | `socket/<event>.rs` |
//! | what is told to whom after a change | `fanout` |

pub mod config;
mod fanout;
mod http;
mod namespaces;
mod router;
mod server;
pub mod shutdown;
mod socket;
pub mod telemetry;
pub mod terminal;

pub use server::{Server, StartError};
