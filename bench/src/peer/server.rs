//! A peer's process.

use super::{Peer, Programs};
use crate::crowd::client::upgrade;
use crate::failure::Failure;
use crate::measure::cpu::{Clock, Spent};
use crate::measure::memory;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::Child;
use tokio::time::sleep;

/// No server here takes longer until it answers.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(1);

pub(crate) struct Server<'a> {
    pub(crate) peer: Peer,
    pub(crate) address: SocketAddr,
    /// From its start until it took a WebSocket.
    pub(crate) started_within: Duration,
    programs: &'a Programs,
    process: Child,
    id: u32,
    clock: Clock,
    dir: TempDir,
}

impl<'a> Server<'a> {
    pub(crate) async fn start(peer: Peer, programs: &'a Programs) -> Result<Self, Failure> {
        let failed = Failure::io("making a directory for a server's data");
        fs::create_dir_all(&programs.scratch).map_err(&failed)?;
        let dir = tempfile::tempdir_in(&programs.scratch).map_err(&failed)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|any| any.local_addr());
        let address = port.map_err(Failure::io("looking for a free port"))?;
        Self::start_at(peer, programs, address, dir).await
    }

    async fn start_at(
        peer: Peer,
        programs: &'a Programs,
        address: SocketAddr,
        dir: TempDir,
    ) -> Result<Self, Failure> {
        let mut command = peer.command(programs, &address.to_string(), dir.path());
        let program = command.as_std().get_program().to_string_lossy().into_owned();
        let log = dir.path().join("log");
        let failed = Failure::io("making a log");
        let log = File::create(log).map_err(&failed)?;
        command.stdout(log.try_clone().map_err(&failed)?).stderr(log);
        command.stdin(Stdio::null()).kill_on_drop(true);
        let began = Instant::now();
        let mut process = command.spawn().map_err(|source| Failure::Start { program, source })?;
        let id = process.id().ok_or(Failure::Gone)?;
        let clock = Clock::of(id)?;
        while upgrade(address, 0).await.is_err() {
            let ended = process.try_wait().map_err(Failure::io("waiting for a server"))?.is_some();
            if ended || began.elapsed() > PATIENCE {
                return Err(Failure::Ended {
                    program: peer.name().into(),
                    words: last_words(&dir),
                });
            }
            sleep(LOOK_EVERY).await;
        }
        let started_within = began.elapsed();
        Ok(Self { peer, address, started_within, programs, process, id, clock, dir })
    }

    /// Its processor time from here on.
    pub(crate) fn cpu(&self) -> Result<Spent, Failure> {
        self.clock.begin()
    }

    /// From its start until now.
    pub(crate) fn cpu_of_its_life(&self) -> Result<Duration, Failure> {
        self.clock.now()
    }

    /// In bytes.
    pub(crate) fn memory(&self) -> Result<u64, Failure> {
        memory::resident(self.id)
    }

    /// As `kill -9` ends it, and started again at once with the same address and data.
    pub(crate) async fn kill_and_start(mut self) -> Result<Self, Failure> {
        self.process.kill().await.map_err(Failure::io("killing a server"))?;
        Self::start_at(self.peer, self.programs, self.address, self.dir).await
    }
}

fn last_words(dir: &TempDir) -> String {
    let log = fs::read_to_string(dir.path().join("log")).unwrap_or_default();
    let last: Vec<&str> = log.lines().rev().take(3).collect();
    last.into_iter().rev().collect::<Vec<_>>().join(" / ")
}
