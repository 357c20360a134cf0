//! `beseda` as a program: how it starts, how it fails to, and what a kill costs.

use crate::house::{PATIENCE, Person, UNLIMITED, sign_in, to_general};
use protocol::ClientId;
use protocol::event::Page;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Output, Stdio};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

fn beseda(data_dir: &Path, address: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beseda"));
    command.args(["--address", address, "--data-dir"]).arg(data_dir).env_clear();
    command.args(["--limit", UNLIMITED]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// The program and the address that it printed.
async fn start(data_dir: &Path, address: &str) -> (Child, String) {
    read_address(beseda(data_dir, address).spawn().unwrap()).await
}

async fn read_address(mut child: Child) -> (Child, String) {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().expect("a first line");
    (child, line.strip_prefix("listening on ").unwrap().to_owned())
}

/// The same with further flags, on any free port.
pub(crate) async fn start_with(data_dir: &Path, flags: &[String]) -> (Child, String) {
    let mut command = beseda(data_dir, "127.0.0.1:0");
    read_address(command.args(flags).spawn().unwrap()).await
}

/// One sentence on standard error, exit status 1.
fn assert_complains(output: &Output, words: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.starts_with("beseda: ") && told.contains(words), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(output.stdout.is_empty());
}

#[tokio::test]
async fn a_port_in_use_is_one_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let output =
        beseda(dir.path(), &taken.local_addr().unwrap().to_string()).output().await.unwrap();
    assert_complains(&output, "address already in use; choose another place with --address");
}

#[tokio::test]
async fn a_directory_that_can_not_be_written_is_one_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    // Even root can't make a directory inside a file.
    let output = beseda(&file.join("data"), "127.0.0.1:0").output().await.unwrap();
    assert_complains(&output, "not a directory; choose another directory with --data-dir");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_one_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("beseda.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::query("PRAGMA user_version = 1000").execute(&pool).await.unwrap();
    pool.close().await;
    let output = beseda(dir.path(), "127.0.0.1:0").output().await.unwrap();
    assert_complains(&output, "was written by a newer Beseda");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_one_sentence() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("beseda.sqlite"), "not a database at all, ".repeat(100))
        .unwrap();
    let output = beseda(dir.path(), "127.0.0.1:0").output().await.unwrap();
    assert_complains(&output, "can't open the database");
}

#[tokio::test]
async fn a_mistyped_flag_is_told_with_status_2() {
    let dir = tempfile::tempdir().unwrap();
    let output = beseda(dir.path(), "nowhere").output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .contains("invalid value 'nowhere' for '--address <IP:PORT>'")
    );
}

#[tokio::test]
async fn sigterm_ends_it_well() {
    let dir = tempfile::tempdir().unwrap();
    let (mut child, url) = start(dir.path(), "127.0.0.1:0").await;
    let anna = Person::connect(&url, &sign_in(&url, "Anna").await);
    anna.join().await;
    let pid = child.id().unwrap().to_string();
    Command::new("kill").args(["-TERM", &pid]).status().await.unwrap();
    let status = tokio::time::timeout(PATIENCE, child.wait()).await.unwrap().unwrap();
    assert!(status.success(), "{status}");
}

/// What a container's health check runs.
#[tokio::test]
async fn it_tells_whether_it_lives() {
    let dir = tempfile::tempdir().unwrap();
    let (mut child, url) = start(dir.path(), "0.0.0.0:0").await;
    let port = url.rsplit_once(':').unwrap().1;
    let health = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beseda"));
        command.arg("health").args(args).env_clear();
        command.env("BESEDA_ADDRESS", format!("0.0.0.0:{port}"));
        command
    };
    let well = health(&[]).output().await.unwrap();
    assert!(well.status.success() && well.stdout == b"ok\n", "{well:?}");
    let file = dir.path().join("beseda.toml");
    std::fs::write(&file, format!("address = \"127.0.0.1:{port}\"")).unwrap();
    let by_file =
        health(&["--config", file.to_str().unwrap()]).env_remove("BESEDA_ADDRESS").output();
    assert!(by_file.await.unwrap().status.success());
    child.kill().await.unwrap();
    assert_complains(&health(&[]).output().await.unwrap(), "isn't well: connection refused");
}

/// Kills the server in the middle of 2,000 sends; then every acked message is there exactly once and in
/// order, and every other at most once.
#[tokio::test]
async fn kill_9_loses_nothing_that_was_acked() {
    const SENT: usize = 2_000;
    const KILLED_AT: usize = 100;
    let dir = tempfile::tempdir().unwrap();
    let (mut child, url) = start(dir.path(), "127.0.0.1:0").await;
    let token = sign_in(&url, "Anna").await;
    let anna = Person::connect(&url, &token);
    anna.join().await;
    let mut acks = Vec::new();
    let mut ids = Vec::new();
    for number in 0..SENT {
        let message = to_general(&number.to_string());
        ids.push(message["id"].as_str().unwrap().parse::<ClientId>().unwrap());
        acks.push(anna.chat.event("message").emit_with_ack::<Value>(&message));
    }
    let mut acked = HashSet::new();
    for (number, (id, ack)) in ids.iter().zip(acks).enumerate() {
        if ack.await.is_ok_and(|answer| answer["ok"] == true) {
            acked.insert(*id);
        }
        if number == KILLED_AT {
            child.kill().await.unwrap();
        }
    }
    anna.client.close();
    assert!(
        acked.len() > KILLED_AT && acked.len() < SENT,
        "the kill came in the middle: {}",
        acked.len()
    );

    let (_child, url) = start(dir.path(), "127.0.0.1:0").await;
    let anna = Person::connect(&url, &token);
    anna.join().await;
    let mut kept = Vec::new();
    loop {
        let after = kept.len() as u64;
        let ask = json!({ "room": "general", "after": after, "limit": 100 });
        let page: Page = anna.ask("history", &ask).await.unwrap();
        kept.extend(page.messages);
        if !page.more {
            break;
        }
    }
    let order: Vec<ClientId> = kept.iter().map(|message| message.client_id).collect();
    assert_eq!(order, ids[..kept.len()], "exactly once and in order");
    let seqs: Vec<u64> = kept.iter().map(|message| message.seq).collect();
    assert_eq!(seqs, (1..=kept.len() as u64).collect::<Vec<_>>(), "no gap");
    assert!(acked.iter().all(|id| order.contains(id)), "an acked message is gone");
}
