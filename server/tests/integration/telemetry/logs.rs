//! What the program logs, at its most talkative, and what it never does.

use crate::house::{PATIENCE, Person, get, sent_away, sign_in, submit, to_general};
use crate::program::start_with;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

const TEXT: &str = "a-word-that-no-one-else-says";
const PASSWORD: &str = "correct-horse-battery-staple";
const QUERY: &str = "what-someone-looks-for";
const MADE_UP: &str = "an-event-that-carries-a-secret";

/// A server whose log is read while it runs.
struct Program {
    child: Child,
    url: String,
    log: JoinHandle<String>,
}

impl Program {
    async fn start(data_dir: &Path, flags: &[&str]) -> Self {
        let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let (mut child, url) = start_with(data_dir, &flags).await;
        let mut errors = child.stderr.take().unwrap();
        let log = tokio::spawn(async move {
            let mut log = String::new();
            errors.read_to_string(&mut log).await.unwrap();
            log
        });
        Self { child, url, log }
    }

    /// All that it has logged.
    async fn stop(mut self) -> String {
        let pid = self.child.id().unwrap().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().await.unwrap();
        let log = tokio::time::timeout(PATIENCE, self.log).await.unwrap().unwrap();
        assert!(self.child.wait().await.unwrap().success(), "{log}");
        log
    }
}

/// The `sid` of a client that polls: it opens its session.
async fn poll(url: &str, token: &str) -> String {
    let poll = "/socket.io/?EIO=4&transport=polling";
    let opened = get(url, poll).send().await.unwrap().text().await.unwrap();
    let opened: Value = serde_json::from_str(opened.strip_prefix('0').unwrap()).unwrap();
    let sid = opened["sid"].as_str().unwrap().to_owned();
    let connect = format!("40/chat,{}", json!({ "token": token }));
    let sent = reqwest::Client::new().post(format!("{url}{poll}&sid={sid}")).body(connect);
    assert_eq!(sent.send().await.unwrap().status(), StatusCode::OK);
    get(url, &format!("{poll}&sid={sid}")).send().await.unwrap();
    sid
}

#[tokio::test]
async fn nothing_that_people_say_or_sign_in_with_is_logged() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &["--log", "trace"]).await;
    let url = &program.url;
    for with in ["account", "password"] {
        let fields = [("name", "Olga"), ("password", PASSWORD), ("with", with)];
        assert_eq!(submit(url, "sign-in", &fields, "").await.status(), StatusCode::FOUND);
    }
    let token = sign_in(url, "Anna").await;
    let anna = Person::connect(url, &token);
    anna.join().await;
    anna.say(TEXT).await.unwrap();
    anna.ask::<Value>(MADE_UP, &json!(TEXT)).await.unwrap_err();
    anna.ask::<Value>("message", &json!({ "text": TEXT })).await.unwrap_err();
    let visitor = Person::connect_to(url, "/", &token);
    visitor.chat.emit("chat message", TEXT).unwrap();
    visitor.ask::<Value>(MADE_UP, &json!(TEXT)).await.unwrap_err();
    let cookie = format!("beseda_session={token}");
    get(url, &format!("/search?q={QUERY}")).header("cookie", &cookie).send().await.unwrap();
    get(url, &format!("/invite/{QUERY}")).send().await.unwrap();
    let sent = reqwest::Client::new().post(format!("{url}/api/v1/rooms/general/messages"));
    let sent = sent.bearer_auth(&token).header("content-type", "application/json");
    sent.body(to_general(TEXT).to_string()).send().await.unwrap();
    let sid = poll(url, &token).await;
    anna.client.close();
    visitor.client.close();

    let log = program.stop().await;
    for secret in [TEXT, PASSWORD, QUERY, MADE_UP, &token, &sid] {
        let told = log.lines().find(|line| line.contains(secret));
        assert_eq!(told, None, "{secret}");
    }
    // It isn't silent, either.
    assert!(log.contains("socket{id=") && log.contains("namespace=\"/chat\""), "{log}");
    assert!(log.contains("answered") && log.contains("route=\"/invite/{code}\""), "{log}");
    assert!(log.contains("event{event=\"message\"}"), "{log}");
}

#[tokio::test]
async fn a_request_has_an_id_that_its_answer_and_its_lines_have() {
    let dir = tempfile::tempdir().unwrap();
    let flags = ["--log", "info,access=debug", "--log-format", "json"];
    let program = Program::start(dir.path(), &flags).await;
    let health = || get(&program.url, "/health");
    let own = health().send().await.unwrap().headers()["x-request-id"].to_str().unwrap().to_owned();
    let given = health().header("x-request-id", "from-a-proxy.1").send().await.unwrap();
    assert_eq!(given.headers()["x-request-id"], "from-a-proxy.1");
    let insane = health().header("x-request-id", "no id \"at all\"").send().await.unwrap();
    assert_ne!(insane.headers()["x-request-id"], "no id \"at all\"");
    let log = program.stop().await;
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let answered = lines.filter(|line| line["fields"]["message"] == "answered");
    let ids: BTreeSet<String> = answered
        .map(|line| {
            assert_eq!(line["fields"]["route"], "/health");
            line["spans"][0]["id"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.contains(&own) && ids.contains("from-a-proxy.1"), "{ids:?}");
}

/// Each socket that sends nothing but nonsense is worth a line, and a hundred of them are not worth a hundred.
#[tokio::test]
async fn what_repeats_is_counted() {
    const SOCKETS: usize = 30;
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &[]).await;
    let token = sign_in(&program.url, "Anna").await;
    for _ in 0..SOCKETS {
        let anna = Person::connect(&program.url, &token);
        anna.join().await;
        let changes = anna.client.changes();
        for _ in 0..100 {
            let _ = anna.chat.emit("nonsense", &json!({}));
        }
        sent_away(changes).await;
        anna.client.close();
    }
    let log = program.stop().await;
    let said = |line: &&str| line.contains("nothing but nonsense");
    let left_out = |line: &str| {
        let more = line.split("… and ").nth(1)?.split(' ').next()?.parse::<usize>().ok()?;
        line.contains("more like this").then_some(more)
    };
    let lines: Vec<_> = log.lines().filter(said).collect();
    let logged = lines.iter().filter(|line| left_out(line).is_none()).count();
    let counted: usize = lines.iter().filter_map(|line| left_out(line)).sum();
    assert!(logged < SOCKETS, "{log}");
    assert_eq!(logged + counted, SOCKETS, "{log}");
}
