//! The same scenario with the official JavaScript client and with python-socketio: any Socket.IO client,
//! in any language.

use crate::house::{House, sign_in};
use protocol::Role;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

async fn play(program: impl AsRef<Path>, script: &Path) -> Output {
    let house = House::open().await;
    let (anna, token) = house.account("Anna", Role::Member).await;
    anna.client.close();
    let tokens = json!({ "anna": token, "boris": sign_in(&house.url, "Boris").await });
    let mut command = Command::new(program.as_ref());
    command.arg(script).arg(&house.url).arg(tokens.to_string());
    let name = program.as_ref().display().to_string();
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
    house.close().await;
    output.unwrap_or_else(|error| panic!("{name}: {error}; run scripts/bootstrap test"))
}

fn assert_played(output: &Output) {
    let told = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.ends_with("48 checks\n"), "{told}{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_javascript_client_plays_the_scenario() {
    // Node looks for packages beside the script.
    let dir = tempfile::tempdir().unwrap();
    for file in ["scenario.mjs", "scenario.json"] {
        std::fs::copy(here().join(file), dir.path().join(file)).unwrap();
    }
    let packages = here().join("../../../socketio-client/tests/node/node_modules");
    std::os::unix::fs::symlink(packages, dir.path().join("node_modules")).unwrap();
    assert_played(&play("node", &dir.path().join("scenario.mjs")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn python_socketio_plays_the_scenario() {
    let python = here().join(".venv/bin/python");
    assert_played(&play(python, &here().join("scenario.py")).await);
}
