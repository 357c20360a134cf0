//! A Redis server for one test, which it can stop and start again. The script watches over its input: however
//! this process ends, the input ends with it, and the server with that.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/redis");

pub(super) struct Redis {
    pub(super) url: String,
    script: Option<Child>,
    paused: OnceLock<String>,
}

impl Redis {
    pub(super) fn start() -> Self {
        let (script, url) = run(&["serve"]);
        Self { url, script: Some(script), paused: OnceLock::new() }
    }

    pub(super) fn start_cluster() -> Self {
        let (script, url) = run(&["cluster"]);
        Self { url, script: Some(script), paused: OnceLock::new() }
    }

    fn port(&self) -> &str {
        self.url.rsplit(':').next().unwrap()
    }

    /// At once; what it knew is lost.
    pub(super) fn stop(&mut self) {
        if let Some(mut script) = self.script.take() {
            drop(script.stdin.take());
            script.wait().unwrap();
        }
    }

    /// It goes on to hold its connections, and answers nothing.
    pub(super) async fn pause(&self) {
        let info = self.info("server").await;
        let pid = info.lines().find_map(|line| line.strip_prefix("process_id:")).unwrap();
        self.paused.set(pid.trim().to_owned()).unwrap();
        self.signal("-STOP");
    }

    pub(super) fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, self.paused.get().unwrap()]).status();
        assert!(sent.unwrap().success());
    }

    /// At the same address, empty.
    pub(super) fn start_again(&mut self) {
        assert!(self.script.is_none());
        self.script = Some(run(&["serve", self.port()]).0);
    }

    /// What `INFO commandstats` says of one command: calls, microseconds.
    pub(super) async fn calls(&self, command: &str) -> (u64, f64) {
        let info = self.info("commandstats").await;
        let line = info.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:")));
        let field = |name: &str| {
            let fields = line.unwrap_or_default().split(',');
            let found = fields.filter_map(|field| field.split_once('=')).find(|(n, _)| *n == name);
            found.map_or("0", |(_, value)| value).to_owned()
        };
        (field("calls").parse().unwrap(), field("usec").parse().unwrap())
    }

    async fn info(&self, section: &str) -> String {
        let client = redis::Client::open(self.url.as_str()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        redis::cmd("INFO").arg(section).query_async(&mut connection).await.unwrap()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(arguments: &[&str]) -> (Child, String) {
    let mut script = Command::new(SCRIPT)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{SCRIPT} can't be run: {error}"));
    let (mut url, mut why) = (String::new(), String::new());
    BufReader::new(script.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
    if url.is_empty() {
        script.stderr.as_mut().unwrap().read_to_string(&mut why).unwrap();
    }
    assert!(!url.is_empty(), "{why}");
    (script, url.trim().to_owned())
}
