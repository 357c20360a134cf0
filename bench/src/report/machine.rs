//! Where it was measured, and with what.

use crate::peer::{Peer, Programs};
use std::ffi::OsStr;
use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

pub struct Machine {
    lines: Vec<(&'static str, String)>,
}

impl Machine {
    pub fn look(programs: &Programs, peers: &[Peer]) -> Self {
        let cores =
            available_parallelism().map_or_else(|_| "?".to_owned(), |count| count.to_string());
        let mut lines = vec![
            ("measured", jiff::Zoned::now().strftime("%Y-%m-%d").to_string()),
            ("processor", format!("{cores} × {}", field("/proc/cpuinfo", "model name"))),
            ("memory", field("/proc/meminfo", "MemTotal")),
            ("kernel", file("/proc/sys/kernel/osrelease")),
            ("busy before (1 min)", first_word(&file("/proc/loadavg"))),
            (
                "generator",
                format!("bench {}, socketioxide {}", env!("CARGO_PKG_VERSION"), SOCKETIOXIDE),
            ),
        ];
        if peers.contains(&Peer::Beseda) {
            lines.push(("Beseda", answer(&programs.beseda, &["--version"])));
        }
        if peers.iter().any(|peer| matches!(peer, Peer::Node | Peer::NodeSqlite)) {
            let versions = programs.node_chat.join("versions.mjs");
            lines.push(("Node", answer(&programs.node, &[versions.as_os_str()])));
        }
        Self { lines }
    }

    pub fn markdown(&self) -> String {
        let line = |(name, value): &(&str, String)| format!("| {name} | {value} |\n");
        let lines: String = self.lines.iter().map(line).collect();
        format!("| | |\n|---|---|\n{lines}")
    }
}

/// The one that the bare server is built with.
const SOCKETIOXIDE: &str = "0.18.9";

fn file(path: &str) -> String {
    fs::read_to_string(path).map_or_else(|_| "?".to_owned(), |text| text.trim().to_owned())
}

fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or("?").to_owned()
}

/// `name : value` on a line of its own.
fn field(path: &str, name: &str) -> String {
    let text = file(path);
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_prefix(':'));
    value.map_or_else(|| "?".to_owned(), |value| value.trim().to_owned())
}

fn answer<A: AsRef<OsStr>>(program: impl AsRef<OsStr>, args: &[A]) -> String {
    let output = Command::new(program).args(args).output();
    output.map_or_else(
        |_| "?".to_owned(),
        |out| String::from_utf8_lossy(&out.stdout).trim().to_owned(),
    )
}
