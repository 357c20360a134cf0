//! The servers that are measured.

pub(crate) mod dialect;
pub(crate) mod guests;
pub(crate) mod server;

use crate::failure::Failure;
use clap::ValueEnum;
use dialect::{BARE, BESEDA, Dialect};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use tokio::process::Command;

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// This repository's, signed in, durable
    Beseda,
    /// socketioxide without a chat: passes on what it gets
    Bare,
    /// Node.js with socket.io and the same chat in memory
    Node,
    /// The same with better-sqlite3, so that it is durable too
    NodeSqlite,
}

/// Where the programs are.
#[derive(Debug, Clone)]
pub struct Programs {
    pub beseda: PathBuf,
    pub bare: PathBuf,
    pub node: PathBuf,
    /// `peers/node` of this crate, with its packages installed.
    pub node_chat: PathBuf,
    /// Data is kept below: a disk, and not memory.
    pub scratch: PathBuf,
}

impl Peer {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Beseda => "Beseda",
            Self::Bare => "bare socketioxide",
            Self::Node => "Node",
            Self::NodeSqlite => "Node, SQLite",
        }
    }

    pub(crate) fn dialect(self) -> &'static Dialect {
        match self {
            Self::Bare => &BARE,
            Self::Beseda | Self::Node | Self::NodeSqlite => &BESEDA,
        }
    }

    /// Whether it knows after a kill what it has acknowledged.
    pub(crate) const fn is_durable(self) -> bool {
        matches!(self, Self::Beseda | Self::NodeSqlite)
    }

    fn command(self, programs: &Programs, address: &str, data: &Path) -> Command {
        match self {
            Self::Beseda => beseda(&programs.beseda, address, data),
            Self::Bare => with(&programs.bare, [address]),
            Self::Node => with(&programs.node, [server(programs).as_os_str(), address.as_ref()]),
            Self::NodeSqlite => {
                let file = data.join("chat.sqlite");
                with(
                    &programs.node,
                    [server(programs).as_os_str(), address.as_ref(), file.as_ref()],
                )
            }
        }
    }
}

impl Programs {
    pub(crate) fn check(&self, peer: Peer) -> Result<(), Failure> {
        let file = match peer {
            Peer::Beseda => self.beseda.clone(),
            Peer::Bare => self.bare.clone(),
            Peer::Node | Peer::NodeSqlite => self.node_chat.join("node_modules"),
        };
        if file.exists() { Ok(()) } else { Err(Failure::Missing(file.display().to_string())) }
    }
}

fn server(programs: &Programs) -> PathBuf {
    programs.node_chat.join("server.mjs")
}

fn with<A: AsRef<OsStr>>(program: &Path, args: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(program);
    command.args(args);
    command
}

/// As one would run it, but for the limits, which are there to stop what is done here.
fn beseda(program: &Path, address: &str, data: &Path) -> Command {
    const LIMITS: &str = "message=off,message-burst=off,typing=off,join=off,create-room=off,login=off,search=off,\
                          upload=off,connect=off,event=off";
    const MANY: &str = "100000";
    let mut command = with(program, ["--address", address, "--limit", LIMITS]);
    command.args(["--max-connections", MANY, "--max-connections-per-address", MANY]);
    command.arg("--data-dir").arg(data).env_clear();
    command
}
