//! People talk at an even pace, in one large room or in many small ones.

use super::filled::{Filled, Shape};
use super::{Figures, Sizes, ratio};
use crate::crowd::sender::{Pace, talk};
use crate::failure::Failure;
use crate::measure::cpu::Clock;
use crate::peer::server::Server;
use crate::peer::{Peer, Programs};
use std::time::Duration;

const WARM_UP: u32 = 4;
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn one(
    peer: Peer,
    programs: &Programs,
    sizes: &Sizes,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let shape = Shape { rooms: 1, members: sizes.room, speaking: 10 };
    run(peer, programs, sizes, &shape, figures).await
}

pub(super) async fn many(
    peer: Peer,
    programs: &Programs,
    sizes: &Sizes,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let (rooms, members) = sizes.rooms;
    run(peer, programs, sizes, &Shape { rooms, members, speaking: 1 }, figures).await
}

async fn run(
    peer: Peer,
    programs: &Programs,
    sizes: &Sizes,
    shape: &Shape,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let server = Server::start(peer, programs).await?;
    let Filled { crowd, senders, .. } = Filled::with(&server, shape).await?;
    let (tally, dialect) = (&crowd.tally, crowd.dialect);
    let per_second = u32::try_from(sizes.deliveries_per_second / shape.members).unwrap_or(u32::MAX);
    let lasting = sizes.lasting;
    talk(&senders, tally, dialect, Pace { per_second, lasting: lasting / WARM_UP }).await;
    tally.all(PATIENCE).await?;
    tally.take();

    let (cpu, own) = (server.cpu()?, Clock::own().begin()?);
    talk(&senders, tally, dialect, Pace { per_second, lasting }).await;
    tally.all(PATIENCE).await?;
    let (cpu, own) = (cpu.so_far()?, own.so_far()?);
    let mut counted = tally.take();
    figures.note_cpu("CPU per delivery, µs", cpu, counted.received);
    figures.note_cpu("CPU per message, µs", cpu, counted.messages);
    for (name, percent) in [
        ("delivery p50, ms", 50),
        ("delivery p95, ms", 95),
        ("delivery p99, ms", 99),
        ("delivery max, ms", 100),
    ] {
        figures.note_ms(name, counted.delivered_within.percentile(percent));
    }
    figures.note_ms("ack p50, ms", counted.answered_within.percentile(50));
    figures.note_ms("ack p99, ms", counted.answered_within.percentile(99));
    figures.note_whole(&crowd, &counted);
    figures.note(
        "the generator's CPU per delivery, µs",
        ratio(own.as_secs_f64() * 1e6, counted.received),
    );
    Ok(())
}
