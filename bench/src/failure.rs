//! Why something could not be measured.

use crate::wire::websocket::Broken;
use std::io;
use std::time::Duration;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum Failure {
    #[error("stopped")]
    Stopped,
    #[error("{doing}: {source}")]
    Io { doing: &'static str, source: io::Error },
    #[error("{program} could not be started: {source}")]
    Start { program: String, source: io::Error },
    #[error("{program} ended instead of answering; its last words: {words}")]
    Ended { program: String, words: String },
    #[error("the server sent {0}")]
    Wire(#[from] Broken),
    #[error("the server hung up")]
    Gone,
    #[error("the server refused {asked}: {answer}")]
    Refused { asked: String, answer: String },
    #[error("an answer that can't be read: {0}")]
    Answer(String),
    #[error("{what} took longer than {patience:?}")]
    Late { what: &'static str, patience: Duration },
    #[error(
        "{wanted} files must be open at once, and this user may have {allowed}: raise it (ulimit -Hn {wanted}, or \
         LimitNOFILE=, or /etc/security/limits.conf)"
    )]
    Files { wanted: u64, allowed: u64 },
    #[error("{0} is not there: build it with `make build`, or say where it is")]
    Missing(String),
}

impl Failure {
    pub(crate) fn io(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}

impl From<nix::Error> for Failure {
    fn from(error: nix::Error) -> Self {
        Self::Io { doing: "asking the kernel", source: error.into() }
    }
}
