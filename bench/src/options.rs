//! What is measured, and with which programs.

use crate::failure::Failure;
use crate::peer::{Peer, Programs};
use crate::scenario::{Scenario, Sizes};
use clap::{Parser, ValueEnum};
use std::env::current_exe;
use std::path::{Path, PathBuf};

/// Measures Beseda beside what people would use instead: the same load, on the same machine, in the same run
#[derive(Parser, Debug)]
#[command(name = "bench")]
pub struct Options {
    /// Which scenarios [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    scenario: Vec<Scenario>,
    /// Which servers [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    peer: Vec<Peer>,
    /// How often each
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub runs: u32,
    /// Small and short, to see whether it works
    #[arg(long)]
    quick: bool,
    /// Beseda's program
    #[arg(long, value_name = "FILE", default_value = "target/release/beseda")]
    beseda: PathBuf,
    /// Where the servers keep their data while they are measured: on a disk, not in memory
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    scratch: PathBuf,
    /// Put the table into this document, between its two marks, when everything was measured
    #[arg(long, value_name = "FILE")]
    pub document: Option<PathBuf>,
}

impl Options {
    pub fn scenarios(&self) -> Vec<Scenario> {
        chosen(&self.scenario)
    }

    pub fn peers(&self) -> Vec<Peer> {
        chosen(&self.peer)
    }

    pub fn sizes(&self) -> Sizes {
        if self.quick { Sizes::QUICK } else { Sizes::FULL }
    }

    /// Whether what is measured is what the document is about.
    pub fn is_everything(&self) -> bool {
        self.scenario.is_empty() && self.peer.is_empty() && !self.quick
    }

    pub fn programs(&self) -> Result<Programs, Failure> {
        let own = current_exe().map_err(Failure::io("looking for this program"))?;
        let programs = Programs {
            beseda: self.beseda.clone(),
            bare: own.with_file_name("bare"),
            node: "node".into(),
            node_chat: Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/node"),
            scratch: self.scratch.clone(),
        };
        for peer in self.peers() {
            programs.check(peer)?;
        }
        Ok(programs)
    }
}

fn chosen<T: ValueEnum + Clone>(named: &[T]) -> Vec<T> {
    if named.is_empty() { T::value_variants().to_vec() } else { named.to_vec() }
}
