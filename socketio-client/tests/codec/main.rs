//! The codec against its own mirror image, against arbitrary bytes, and against socketioxide's codecs.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod engine;
mod packets;
