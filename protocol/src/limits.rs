//! Every size and count that Beseda enforces. A refusal names the limit it comes from.

use std::time::Duration;

/// Characters of a name, counted as Unicode scalar values after trimming.
pub const NAME_CHARS: usize = 20;
/// Characters of a message's text, counted as Unicode scalar values after trimming.
pub const MESSAGE_CHARS: usize = 5_000;
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
/// How long a page that has no socket (no JavaScript) counts as its reader being here.
pub const PAGE_PRESENCE: Duration = Duration::from_mins(1);
