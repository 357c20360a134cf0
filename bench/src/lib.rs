//! Load for Socket.IO servers, and what it costs them: `make bench`.
//!
//! A [`Scenario`] does the same thing with each [`Peer`], whose events a few lines describe (`peer/dialect.rs`). The
//! clients are cheap (`wire/`, `crowd/`), because they share the machine with the server; therefore what counts is the
//! processor time of the server's process (`measure/`), and not how long something took.

mod crowd;
mod failure;
mod measure;
mod options;
mod peer;
pub mod report;
mod scenario;
mod wire;

pub use failure::Failure;
pub use options::Options;
pub use peer::{Peer, Programs};
pub use scenario::{Figures, Scenario, Sizes};

use tokio::runtime::Builder;
use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::LocalSet;

/// One run of one scenario with one server, on this thread alone.
pub fn measure(
    scenario: Scenario,
    peer: Peer,
    programs: &Programs,
    sizes: &Sizes,
) -> Result<Figures, Failure> {
    measure::files::allow(sizes.most() as u64)?;
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::io("starting"))?;
    LocalSet::new().block_on(&runtime, async {
        tokio::select! {
            figures = scenario.run(peer, programs, sizes) => figures,
            stopped = told_to_stop() => Err(stopped),
        }
    })
}

/// Whoever ends this program by a signal ends the server, too.
async fn told_to_stop() -> Failure {
    let failed = Failure::io("listening for signals");
    let mut terminated = match signal(SignalKind::terminate()) {
        Ok(terminated) => terminated,
        Err(error) => return failed(error),
    };
    tokio::select! {
        _ = terminated.recv() => {}
        _ = ctrl_c() => {}
    }
    Failure::Stopped
}
