//! The domain, on a SQLite file and on a real PostgreSQL server: each promise is one test, and runs on both.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod support;

mod accounts;
mod backup;
mod console;
mod export;
mod guests;
mod history;
mod invites;
mod limits;
mod members;
mod mentions;
mod messages;
mod migration;
mod moderation;
mod nodes;
mod oversight;
mod permissions;
mod presence;
mod profiles;
mod quotes;
mod reading;
mod retention;
mod rooms;
mod search;
mod sessions;
mod todos;
mod transfer;
mod visits;
