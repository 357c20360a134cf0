//! The core against a simulated server over a simulated network: thousands of schedules, no sleeping.
//! A failure prints its seed; `SIO_SEED=… cargo test -p socketio-client --test simulation` runs it again.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod network;
mod server;
mod world;

use world::{Plan, World};

const SCHEDULES: u64 = 3000;

fn run(plan: Plan) {
    let seeds = match std::env::var("SIO_SEED") {
        Ok(seed) => {
            let seed = seed.parse().unwrap();
            seed..seed + 1
        }
        Err(_) => 0..SCHEDULES,
    };
    for seed in seeds {
        let result = std::panic::catch_unwind(|| World::new(seed, plan).run());
        if let Err(panic) = result {
            eprintln!("failed with SIO_SEED={seed}, {plan:?}");
            std::panic::resume_unwind(panic);
        }
    }
}

#[test]
fn websocket() {
    run(Plan { polling_first: false, retries: false, hostile: false });
}

#[test]
fn polling_and_upgrade() {
    run(Plan { polling_first: true, retries: false, hostile: false });
}

/// At least once, in order.
#[test]
fn retries_over_websocket() {
    run(Plan { polling_first: false, retries: true, hostile: false });
}

#[test]
fn retries_over_polling() {
    run(Plan { polling_first: true, retries: true, hostile: false });
}

/// A server that says what it likes: nothing may panic, hang or grow.
#[test]
fn hostile_server() {
    run(Plan { polling_first: false, retries: false, hostile: true });
}

#[test]
fn hostile_server_over_polling() {
    run(Plan { polling_first: true, retries: true, hostile: true });
}
