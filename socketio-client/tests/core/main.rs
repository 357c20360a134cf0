//! The core by hand: what goes in, what comes out, at which moment.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod bench;
mod buffers;
mod connection;
mod namespaces;
