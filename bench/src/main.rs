#![allow(clippy::print_stdout, clippy::print_stderr, reason = "that is what it is for")]

use bench::report::{Machine, Table, put_into};
use bench::{Failure, Options, measure};
use clap::Parser;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failed) => {
            eprintln!("bench: {failed} measurements failed");
            ExitCode::FAILURE
        }
        Err(failure) => {
            eprintln!("bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Returns how many measurements failed.
fn run(options: &Options) -> Result<u32, Failure> {
    let (programs, peers, began) = (options.programs()?, options.peers(), Instant::now());
    let machine = Machine::look(&programs, &peers);
    let mut table = Table::of(peers.clone());
    let mut failed = 0;
    for run in 1..=options.runs {
        for scenario in options.scenarios() {
            for peer in peers.iter().copied().filter(|peer| scenario.suits(*peer)) {
                let name = format!("run {run}, {}, {}", scenario.title(), peer.name());
                match measure(scenario, peer, &programs, &options.sizes()) {
                    Ok(figures) => table.add(peer, &figures),
                    Err(Failure::Stopped) => return Err(Failure::Stopped),
                    Err(failure) => {
                        failed += 1;
                        eprintln!("{name}: {failure}");
                    }
                }
                eprintln!("{:4} s  {name}", began.elapsed().as_secs());
            }
        }
    }
    let part = format!("{}\n{}", machine.markdown(), table.markdown());
    println!("{part}");
    match &options.document {
        Some(document) if options.is_everything() && failed == 0 => put_into(document, &part)?,
        Some(document) => {
            eprintln!("{} stays as it is: not everything was measured", document.display());
        }
        None => {}
    }
    Ok(failed)
}
