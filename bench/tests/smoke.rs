//! Each scenario once, small and short, against real servers: so that `make bench` can't rot.
//!
//! Beseda is what was built last, unless the variable BESEDA says otherwise.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test ends at the first surprise")]

use bench::{Peer, Programs, Scenario, Sizes, measure};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

fn beseda() -> PathBuf {
    if let Some(program) = env::var_os("BESEDA") {
        return program.into();
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = [
        Path::new(env!("CARGO_BIN_EXE_bench")).with_file_name("beseda"),
        here.join("../target/release/beseda"),
        here.join("../target/debug/beseda"),
    ];
    let modified = |path: &PathBuf| path.metadata().and_then(|data| data.modified()).ok();
    let newest = built.into_iter().filter(|path| path.exists()).max_by_key(modified);
    newest.expect("a beseda: `make build`, or `cargo build -p server`")
}

fn programs(scratch: &TempDir) -> Programs {
    Programs {
        beseda: beseda(),
        bare: env!("CARGO_BIN_EXE_bare").into(),
        node: "node".into(),
        node_chat: "peers/node".into(),
        scratch: scratch.path().to_owned(),
    }
}

fn run(scenario: Scenario, peer: Peer) -> bench::Figures {
    let scratch = tempfile::tempdir().unwrap();
    measure(scenario, peer, &programs(&scratch), &Sizes::QUICK).unwrap()
}

/// Of a scenario in which everything must come, once, in order.
fn all_is_well(scenario: Scenario) -> bench::Figures {
    let figures = run(scenario, Peer::Beseda);
    for name in ["lost", "doubled", "unanswered", "out of order, % of deliveries"] {
        assert_eq!(figures.get(name), Some(0.0), "{name}: {figures:?}");
    }
    figures
}

fn is_counted(figures: &bench::Figures, name: &str) {
    let value = figures.get(name).unwrap();
    assert!(value > 0.0, "{name}: {figures:?}");
}

#[test]
fn a_crowd_comes_and_hears_one_message() {
    let figures = all_is_well(Scenario::Crowd);
    for name in [
        "start to first answer, ms",
        "memory with no one, MiB",
        "CPU per connect, µs",
        "memory per connection, of all, KiB",
        "burst, until all have it, ms",
        "burst, CPU per delivery, µs",
    ] {
        is_counted(&figures, name);
    }
}

#[test]
fn one_room_and_many_rooms_hear_everything() {
    for scenario in [Scenario::Room, Scenario::Rooms] {
        let figures = all_is_well(scenario);
        for name in ["CPU per delivery, µs", "delivery p99, ms", "ack p99, ms"] {
            is_counted(&figures, name);
        }
    }
}

#[test]
fn what_one_says_at_once_comes_in_order() {
    all_is_well(Scenario::Order);
}

#[test]
fn sends_are_acknowledged() {
    is_counted(&all_is_well(Scenario::Sends), "acknowledged a second");
}

#[test]
fn nothing_acknowledged_is_lost_by_a_kill() {
    let figures = run(Scenario::Restart, Peer::Beseda);
    for name in
        ["acknowledged and lost", "doubled", "out of order", "people who miss something in the end"]
    {
        assert_eq!(figures.get(name), Some(0.0), "{name}: {figures:?}");
    }
}

#[test]
fn a_server_of_another_kind_is_measured_too() {
    let figures = run(Scenario::Room, Peer::Bare);
    assert_eq!(figures.get("lost"), Some(0.0), "{figures:?}");
    is_counted(&figures, "CPU per delivery, µs");
}

#[test]
fn the_program_prints_a_table() {
    let scratch = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_bench"));
    program.args(["--quick", "--runs", "1", "--peer", "bare", "--scenario", "order"]);
    let output = program.arg("--scratch").arg(scratch.path()).output().unwrap();
    let (told, printed) =
        (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{told}");
    assert!(printed.contains("| order    | CPU per delivery, µs"), "{printed}");
}
