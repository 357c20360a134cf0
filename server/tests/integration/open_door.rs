//! The tutorials' clients, as they are: the official JavaScript client plays them (`tests/clients/door.mjs`), alone,
//! mixed, and over a kill of the server.

use crate::house::{House, PATIENCE, Person, UNLIMITED, refusal};
use protocol::Role;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// Node, playing.
struct Play {
    node: Child,
    lines: Lines<BufReader<ChildStdout>>,
    scenario: &'static str,
    _dir: TempDir,
}

impl Play {
    fn start(scenario: &'static str, url: &str, transport: &str, token: &str) -> Self {
        // Node looks for packages beside the script.
        let dir = tempfile::tempdir().unwrap();
        let script = dir.path().join("door.mjs");
        std::fs::copy(here().join("door.mjs"), &script).unwrap();
        let packages = here().join("../../../socketio-client/tests/node/node_modules");
        std::os::unix::fs::symlink(packages, dir.path().join("node_modules")).unwrap();
        let mut command = Command::new("node");
        command.arg(script).args([scenario, url, transport, token]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut node = command.spawn().expect("node; run scripts/bootstrap test");
        let lines = BufReader::new(node.stdout.take().unwrap()).lines();
        Self { node, lines, scenario, _dir: dir }
    }

    async fn line(&mut self, expected: &str) {
        let line = self.lines.next_line().await.unwrap();
        if line.as_deref() != Some(expected) {
            let mut told = String::new();
            self.node.stderr.take().unwrap().read_to_string(&mut told).await.unwrap();
            panic!("{}: {line:?}\n{told}", self.scenario);
        }
    }

    async fn end(mut self) {
        self.line(&format!("played {}", self.scenario)).await;
        assert!(self.node.wait().await.unwrap().success());
    }
}

async fn play(scenario: &'static str, transport: &str) {
    let house = House::open().await;
    let (olga, token) = house.account("Olga", Role::Owner).await;
    olga.client.close();
    Play::start(scenario, &house.url, transport, &token).end().await;
    house.close().await;
}

macro_rules! scenarios {
    ($($scenario:ident)*) => {
        mod polling {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() { super::play(stringify!($scenario), "polling").await; })*
        }
        mod websocket {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() { super::play(stringify!($scenario), "websocket").await; })*
        }
    };
}

scenarios! { guide classic plain lesson rooms todo mixed namespaces }

/// The program, so that it can be killed.
async fn beseda(data_dir: &Path, address: &str) -> (Child, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beseda"));
    command.args(["--address", address, "--limit", UNLIMITED, "--data-dir"]).arg(data_dir);
    command.env_clear().stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().expect("a first line");
    (child, line.strip_prefix("listening on http://").unwrap().to_owned())
}

async fn token_of_olga(data_dir: &Path) -> String {
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beseda"));
        command.args(args).arg("--data-dir").arg(data_dir).env_clear().stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        command
    };
    let mut adding = run(&["user", "add", "Olga"]).spawn().unwrap();
    let mut input = adding.stdin.take().unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut input, b"correct horse battery\n").await.unwrap();
    drop(input);
    assert!(adding.wait().await.unwrap().success());
    let output = run(&["token", "create", "Olga"]).output().await.unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn a_kill_doubles_no_one(transport: &str) {
    let dir = tempfile::tempdir().unwrap();
    let (mut killed, address) = beseda(dir.path(), "127.0.0.1:0").await;
    let token = token_of_olga(dir.path()).await;
    let mut play = Play::start("return", &format!("http://{address}"), transport, &token);
    play.line("ready").await;
    killed.kill().await.unwrap();
    let (_again, _) = beseda(dir.path(), &address).await;
    play.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_doubles_no_one_over_polling() {
    a_kill_doubles_no_one("polling").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_doubles_no_one_over_websocket() {
    a_kill_doubles_no_one("websocket").await;
}
