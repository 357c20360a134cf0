//! Several messages of one sender in one write: does the room hear them in that order?

use super::filled::{Filled, Shape};
use super::{Figures, Sizes};
use crate::failure::Failure;
use crate::peer::server::Server;
use crate::peer::{Peer, Programs};
use std::time::Duration;

const MEMBERS: usize = 50;
const SPEAKING: usize = 10;
const SALVOS: usize = 20;
/// All senders' together are fewer than socketioxide keeps for a socket by default (128), or it would drop some.
const MESSAGES: u32 = 10;
/// What hasn't come by then is lost; the next salvo does not wait for it.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn run(
    peer: Peer,
    programs: &Programs,
    sizes: &Sizes,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let server = Server::start(peer, programs).await?;
    let shape = Shape { rooms: 1, members: sizes.room.min(MEMBERS), speaking: SPEAKING };
    let Filled { crowd, senders, .. } = Filled::with(&server, &shape).await?;
    let cpu = server.cpu()?;
    for _ in 0..SALVOS {
        for sender in &senders {
            sender.salvo(&crowd.tally, crowd.dialect, MESSAGES);
        }
        crowd.tally.all(PATIENCE).await?;
    }
    let cpu = cpu.so_far()?;
    let counted = crowd.tally.take();
    figures.note_cpu("CPU per delivery, µs", cpu, counted.received);
    figures.note_whole(&counted);
    Ok(())
}
