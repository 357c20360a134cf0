//! The real server, in this process on port 0, or as the program `beseda`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod admin;
mod api;
mod client_files;
mod clients;
mod cluster;
mod command;
mod converge;
mod crowd;
mod dice;
mod doctor;
mod fuzz;
mod handbook;
mod holding;
mod house;
mod matrix;
mod open_door;
mod pages;
#[path = "../../../chat/tests/suite/support/postgres.rs"]
#[allow(dead_code, reason = "chat's tests use all of it")]
mod postgres;
mod program;
mod rooms;
mod sheets;
mod sockets;
mod telemetry;
