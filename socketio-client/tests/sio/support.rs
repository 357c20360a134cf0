use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::Duration,
};

use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn node(options: &Value) -> Node {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node");
    let mut process = Command::new("node")
        .args(["server.mjs", &options.to_string()])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let input = process.stdin.take().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let first: Value = serde_json::from_str(&line)
        .expect("the reference server runs: `npm ci` in socketio-client/tests/node?");
    Node { process, input, port: first["port"].as_u64().unwrap() }
}

pub(crate) struct Node {
    process: Child,
    input: ChildStdin,
    port: u64,
}

impl Node {
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn tell(&mut self, command: &str, value: &Value) {
        writeln!(self.input, "{}", json!([command, value])).unwrap();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The command, running.
pub(crate) struct Sio {
    process: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Sio {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_sio"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = process.stdin.take();
        let lines = read(process.stdout.take().unwrap());
        Self { process, input, lines }
    }

    pub(crate) fn machine(url: &str, arguments: &[&str]) -> Self {
        let quick = ["--json", "--reconnection-delay", "40", "--reconnection-delay-max", "80", url];
        Self::start(&[&quick, arguments].concat())
    }

    pub(crate) fn say(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    pub(crate) fn r#do(&mut self, line: &Value) {
        self.say(&line.to_string());
    }

    pub(crate) fn line(&mut self) -> Option<String> {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("nothing came"),
        }
    }

    pub(crate) fn next(&mut self) -> Value {
        let line = self.line().expect("it goes on");
        let value: Value = serde_json::from_str(&line).unwrap();
        assert!(value["at"].is_u64() && value["is"].is_string(), "{line}");
        value
    }

    /// The next line of this kind; others before it are passed over.
    pub(crate) fn until(&mut self, is: &str) -> Value {
        loop {
            let value = self.next();
            if value["is"] == is {
                return value;
            }
        }
    }

    /// Ends the input; gives what still came, and expects status 0.
    pub(crate) fn end(mut self) -> Vec<Value> {
        drop(self.input.take());
        let mut rest = Vec::new();
        while let Some(line) = self.line() {
            rest.push(serde_json::from_str(&line).unwrap());
        }
        assert!(self.process.wait().unwrap().success());
        rest
    }
}

impl Drop for Sio {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn read(stdout: ChildStdout) -> Receiver<String> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    receive
}
