//! The interface of the `sio` command, line by line.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod hostile;
mod machine;
mod people;
mod support;
