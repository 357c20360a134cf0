//! The server of Beseda: adapters between the world and `chat`. A rule of chat written here is in
//! the wrong room.
//!
//! | to find | open |
//! |---|---|
//! | every HTTP route | [`router`] |
//! | every Socket.IO namespace and its events | [`namespaces`] |
//! | one route of the API | `api/<family>.rs` |
//! | every setting and every command | [`config`], [`command`] |
//! | one event's handler | `socket/<family>.rs` |
//! | what is told to whom after a change | `fanout` |
//! | what is measured, logged, traced | [`telemetry`] |
//! | how several nodes are one house | `cluster/` |

mod api;
mod cluster;
pub mod command;
pub mod config;
mod crowds;
mod doors;
mod fanout;
mod http;
mod latency;
mod machine;
mod namespaces;
mod open_door;
mod router;
mod schemas;
mod server;
pub mod shutdown;
mod socket;
mod stats;
pub mod storage;
pub mod telemetry;
pub mod terminal;

pub use cluster::ClusterError;
pub use server::{Server, StartError};

/// What the server says of itself, on a socket and over HTTP.
fn server_info() -> protocol::event::ServerInfo {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    protocol::event::ServerInfo { name: "Beseda".to_owned(), version }
}
