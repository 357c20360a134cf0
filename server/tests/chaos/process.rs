//! A program that ends with this test, however the test ends.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::process::{Child, Command};

pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Signal {
    Terminate,
    Stop,
    Continue,
}

impl Process {
    /// What it says is in the file `log`.
    pub(crate) fn spawn(
        program: &str,
        args: &[&str],
        variables: &[(&str, &str)],
        log: &Path,
    ) -> Self {
        let out = OpenOptions::new().create(true).append(true).open(log).unwrap();
        // Whoever kills this test, the kernel then kills the program.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--", program]).args(args).env_clear();
        command.env("PATH", format!("{}:/usr/sbin", std::env::var("PATH").unwrap()));
        command.envs(variables.iter().copied()).stdin(Stdio::null());
        command.stdout(out.try_clone().unwrap()).stderr(out).kill_on_drop(true);
        Self { child: command.spawn().unwrap(), log: log.to_owned() }
    }

    pub(crate) async fn signal(&self, signal: Signal) {
        let name = match signal {
            Signal::Terminate => "-TERM",
            Signal::Stop => "-STOP",
            Signal::Continue => "-CONT",
        };
        let id = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args([name, &id]).status().await.unwrap();
        assert!(sent.success());
    }

    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ended(&mut self, within: Duration) -> ExitStatus {
        let ended = tokio::time::timeout(within, self.child.wait()).await;
        ended.unwrap_or_else(|_| panic!("it goes on and on: {}", self.said())).unwrap()
    }

    /// Panics when it has ended, with its last words.
    pub(crate) fn must_run(&mut self) {
        if let Some(status) = self.child.try_wait().unwrap() {
            panic!("it has ended ({status}): {}", self.said());
        }
    }

    pub(crate) fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}
