//! The tutorials' clients, as they are: the official JavaScript client plays them (`tests/clients/door.mjs`), alone,
//! mixed, and over a kill of the server.

use crate::house::{House, Person, UNLIMITED, next, refusal, sent_away};
use futures_util::FutureExt;
use protocol::event::{Done, MessageChanged};
use protocol::{ApiError, ErrorCode, Role};
use serde_json::{Value, json};
use socketio_client::Client;
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

/// As `io()` connects when nothing else is said: the transport changes under what is said.
#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_changes_nothing() {
    for scenario in ["lesson", "rooms", "mixed"] {
        play(scenario, "polling,websocket").await;
    }
}

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

/// Someone at the open door.
fn visitor(url: &str, token: Option<&str>) -> Person {
    let auth = token.map_or_else(|| json!({}), |token| json!({ "token": token }));
    let (client, chat) = Client::builder(url).connect_to("/", &auth).unwrap();
    Person { chat, client }
}

#[tokio::test]
async fn a_closed_door_is_no_namespace() {
    let house = House::with(&["--open-door", "off"]).await;
    assert_eq!(refusal(&visitor(&house.url, None)).await, "Invalid namespace");
    let general = Person::connect_to(&house.url, "/room/general", "");
    assert_eq!(refusal(&general).await, "Invalid namespace");
    house.close().await;
}

#[tokio::test]
async fn where_guests_are_not_let_in_a_token_is_needed() {
    let house = House::with(&["--guests", "off"]).await;
    let (olga, token) = house.account("Olga", Role::Owner).await;
    olga.join().await;
    let mut heard = olga.chat.stream("message");
    for token in [None, Some("your-jwt-here")] {
        assert_eq!(refusal(&visitor(&house.url, token)).await, "unauthorized");
    }
    let her = visitor(&house.url, Some(&token));
    let _: Done = her.ask("join", &json!({ "username": "Anna" })).await.unwrap();
    let _: Done = her.ask("sendMessage", &json!({ "text": "it is me" })).await.unwrap();
    let told: MessageChanged = next(&mut heard).await;
    assert_eq!((told.message.user.name.as_str(), told.message.text.as_str()), ("Olga", "it is me"));
    house.close().await;
}

#[tokio::test]
async fn the_limits_are_those_of_everywhere() {
    let house = House::with(&["--limit", "message-burst=2/60"]).await;
    let anna = visitor(&house.url, None);
    for text in ["one", "two"] {
        let _: Done = anna.ask("message", &json!(text)).await.unwrap();
    }
    let more: Result<Done, ApiError> = anna.ask("message", &json!("three")).await;
    let error = more.unwrap_err();
    assert_eq!(error.code, ErrorCode::RateLimited);
    assert!(error.retry_after.is_some());
    house.close().await;
}

#[tokio::test]
async fn whoever_is_sent_out_hears_no_more_and_does_not_come_back() {
    let house = House::with(&["--trusted-proxies", "127.0.0.1"]).await;
    let (olga, token) = house.account("Olga", Role::Owner).await;
    let admin = Person::connect_to(&house.url, "/admin", &token);
    olga.join().await;
    let come = |address: &str| {
        let builder = Client::builder(&house.url).header("x-forwarded-for", address);
        let (client, chat) = builder.connect_to("/", &json!({})).unwrap();
        Person { chat, client }
    };
    let (anna, boris) = (come("192.0.2.1"), come("192.0.2.2"));
    let mut refused = anna.chat.stream("error");
    let mut spoken = olga.chat.stream("message");
    let mut heard = boris.chat.stream("message");
    for (person, name) in [(&anna, "Anna"), (&boris, "Boris")] {
        let _: Done = person.ask("join", &json!({ "username": name })).await.unwrap();
    }
    let _: Done = anna.ask("sendMessage", &json!({ "text": "spam" })).await.unwrap();
    let said: MessageChanged = next(&mut spoken).await;
    let kick = json!({ "user": said.message.user.id, "room": said.room, "reason": "spam" });
    let _: Done = admin.ask("kick", &kick).await.unwrap();
    let told: ApiError = next(&mut refused).await;
    assert_eq!(
        (told.code, told.message.as_str()),
        (ErrorCode::Forbidden, "you were sent out: spam")
    );
    let again: Result<Done, ApiError> = anna.ask("sendMessage", &json!({ "text": "spam" })).await;
    assert_eq!(again.unwrap_err().code, ErrorCode::Forbidden);
    let mut unheard = anna.chat.stream("message");
    olga.say("she is out").await.unwrap();
    while next::<Value>(&mut heard).await["text"] != "she is out" {}

    let silent = come("192.0.2.1");
    let quiet = silent.client.changes();
    let nothing: Result<Done, ApiError> = silent.ask("message", &json!("")).await;
    assert_eq!(nothing.unwrap_err().code, ErrorCode::Validation);
    let changes = anna.client.changes();
    let ban = json!({ "user": said.message.user.id, "minutes": 5, "reason": "spam" });
    let _: Done = admin.ask("ban", &ban).await.unwrap();
    sent_away(changes).await;
    sent_away(quiet).await;
    assert!(unheard.next().now_or_never().is_none_or(|event| event.get::<Value>(0).is_err()));
    assert_eq!(refusal(&come("192.0.2.1")).await, "banned");
    let _: Done = boris.ask("sendMessage", &json!({ "text": "still here" })).await.unwrap();
    house.close().await;
}

#[tokio::test]
async fn nothing_but_nonsense_costs_the_connection() {
    let house = House::open().await;
    let anna = visitor(&house.url, None);
    let changes = anna.client.changes();
    for _ in 0..60 {
        anna.chat.emit("nonsense", &json!({})).unwrap();
    }
    sent_away(changes).await;
    house.close().await;
}
