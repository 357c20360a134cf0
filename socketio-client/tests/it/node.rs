//! The reference server, a process of its own.

use std::{path::Path, process::Stdio};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::support::{Server, soon};

pub(crate) struct Node {
    options: Value,
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    port: u64,
}

impl Node {
    pub(crate) async fn start() -> Self {
        Self::with(json!({})).await
    }

    pub(crate) async fn with_quick_heartbeat() -> Self {
        Self::with(json!({"pingInterval": 300, "pingTimeout": 1000})).await
    }

    pub(crate) async fn recovering() -> Self {
        Self::with(json!({"recovery": true})).await
    }

    pub(crate) async fn polling_only() -> Self {
        Self::with(json!({"transports": ["polling"]})).await
    }

    async fn with(options: Value) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node");
        assert!(
            folder.join("node_modules/socket.io").exists(),
            "run `npm ci` in socketio-client/tests/node first: the reference server is not there"
        );
        let mut process = Command::new("node")
            .arg("server.mjs")
            .arg(options.to_string())
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node runs");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = soon(lines.next_line()).await.unwrap().expect("the server says its port");
        let first: Value = serde_json::from_str(&first).unwrap();
        Self { options, process, lines, port: first["port"].as_u64().unwrap() }
    }

    /// Has the server do one of its `commands`.
    pub(crate) async fn tell(&mut self, command: &str, value: Value) {
        let line = format!("{}\n", json!([command, value]));
        self.process.stdin.as_mut().unwrap().write_all(line.as_bytes()).await.unwrap();
    }

    /// How many clients the server counts.
    pub(crate) async fn clients(&mut self) -> u64 {
        self.tell("clients", Value::Null).await;
        let line = soon(self.lines.next_line()).await.unwrap().unwrap();
        serde_json::from_str::<Value>(&line).unwrap()["clients"].as_u64().unwrap()
    }
}

impl Server for Node {
    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    async fn kill(&mut self) {
        self.process.kill().await.unwrap();
    }

    async fn restart(&mut self) {
        let mut options = self.options.clone();
        options["port"] = self.port.into();
        *self = Self::with(options).await;
    }
}
