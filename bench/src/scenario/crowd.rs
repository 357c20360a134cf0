//! Many come at once, are silent, and then hear one message.

use super::{Figures, Sizes, count, ratio};
use crate::crowd::Crowd;
use crate::crowd::sender::Sender;
use crate::failure::Failure;
use crate::peer::guests::sign_in;
use crate::peer::server::Server;
use crate::peer::{Peer, Programs};
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::time::sleep;

const MESSAGES: usize = 5;
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn run(
    peer: Peer,
    programs: &Programs,
    sizes: &Sizes,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let server = Server::start(peer, programs).await?;
    figures.note_ms("start to first answer, ms", server.started_within);
    sleep(sizes.settling).await;
    let empty = server.memory()?;
    figures.note("memory with no one, MiB", ratio(count(empty), 1 << 20));

    let [few, most] = sizes.crowd;
    let mut crowd = Crowd::new(server.address, peer.dialect());
    let tokens = sign_in(&server, 0..few).await?;
    let (began, cpu) = (Instant::now(), server.cpu()?);
    crowd.come(&tokens).await?;
    let (took, cpu) = (began.elapsed(), cpu.so_far()?);
    figures.note("connects a second", count(few as u64) / took.as_secs_f64());
    figures.note_cpu("CPU per connect, µs", cpu, few as u64);
    let memory = |people: usize| {
        Ok::<f64, Failure>(ratio(
            count(server.memory()?.saturating_sub(empty)),
            (people << 10) as u64,
        ))
    };
    sleep(sizes.settling).await;
    figures.note("memory per connection, of the first half, KiB", memory(few)?);

    let tokens = sign_in(&server, few..most).await?;
    crowd.come(&tokens).await?;
    sleep(sizes.settling).await;
    figures.note("memory per connection, of all, KiB", memory(most)?);
    burst(&server, &crowd, figures).await
}

/// One message to all, some times one after the other.
async fn burst(server: &Server<'_>, crowd: &Crowd, figures: &mut Figures) -> Result<(), Failure> {
    let (tally, members) = (&crowd.tally, crowd.people.len());
    let [client, ..] = &crowd.people[..] else { return Err(Failure::Gone) };
    let room = crowd.make_room(client, "Everyone", members).await?;
    crowd.enter(&crowd.people, &room).await?;
    let sender = Sender {
        client: Rc::clone(client),
        room,
        members: members as u64,
        number: 0,
        said: Cell::new(0),
    };
    // The first one is for the server to warm up.
    sender.salvo(tally, crowd.dialect, 1);
    tally.all(PATIENCE).await?;
    tally.take();

    let cpu = server.cpu()?;
    let mut until_last = Vec::new();
    for _ in 0..MESSAGES {
        let began = tally.now();
        sender.salvo(tally, crowd.dialect, 1);
        tally.all(PATIENCE).await?;
        until_last.push(tally.last_delivery().saturating_sub(began));
    }
    let cpu = cpu.so_far()?;
    let mut counted = tally.take();
    until_last.sort_unstable();
    figures.note_ms("burst, until half have it, ms", counted.delivered_within.percentile(50));
    figures
        .note_ms("burst, until all have it, ms", Duration::from_micros(until_last[MESSAGES / 2]));
    figures.note_cpu("burst, CPU per delivery, µs", cpu, counted.received);
    figures.note_whole(crowd, &counted);
    Ok(())
}
