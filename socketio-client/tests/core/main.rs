//! The core by hand: what goes in, what comes out, at which moment.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![cfg_attr(
    not(feature = "full"),
    allow(unused_imports, dead_code, reason = "tests of what was left out")
)]

mod bench;
mod buffers;
mod connection;
mod namespaces;
