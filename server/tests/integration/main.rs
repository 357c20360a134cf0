//! The real server, in this process on port 0, or as the program `beseda`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod house;
mod pages;
mod program;
mod sockets;
