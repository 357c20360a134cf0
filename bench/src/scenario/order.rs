//! Several messages of one sender in one write: does the room hear them in that order?

use super::filled::{Filled, Shape};
use super::{Figures, Sizes};
use crate::crowd::Crowd;
use crate::crowd::sender::Sender;
use crate::failure::Failure;
use crate::peer::server::Server;
use crate::peer::{Peer, Programs};
use std::time::Duration;

const MEMBERS: usize = 50;
const SPEAKING: usize = 10;
const SALVOS: usize = 20;
/// All senders' together are fewer than socketioxide keeps for a socket by default (128), or it would drop some.
const MESSAGES: u32 = 10;
/// Not counted: Node compiles what runs often.
const WARM_UP: usize = SALVOS / 4;
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
    salvos(&crowd, &senders, WARM_UP).await?;
    crowd.tally.take();
    let cpu = server.cpu()?;
    salvos(&crowd, &senders, SALVOS).await?;
    let cpu = cpu.so_far()?;
    let counted = crowd.tally.take();
    figures.note_cpu("CPU per delivery, µs", cpu, counted.received);
    figures.note_whole(&crowd, &counted);
    Ok(())
}

async fn salvos(crowd: &Crowd, senders: &[Sender], count: usize) -> Result<(), Failure> {
    for _ in 0..count {
        for sender in senders {
            sender.salvo(&crowd.tally, crowd.dialect, MESSAGES);
        }
        crowd.tally.all(PATIENCE).await?;
    }
    Ok(())
}
