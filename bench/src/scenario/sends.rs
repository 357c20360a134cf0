//! Each sender waits until a message is acknowledged, and says the next. They are alone in their rooms: this is
//! about writing, and not about telling others.

use super::filled::{Filled, Shape};
use super::{Figures, Sizes, count};
use crate::crowd::all;
use crate::crowd::sender::Sender;
use crate::crowd::tally::Tally;
use crate::failure::Failure;
use crate::peer::dialect::Dialect;
use crate::peer::server::Server;
use crate::peer::{Peer, Programs};
use std::rc::Rc;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(10);
const WARM_UP: u32 = 4;

pub(super) async fn run(
    peer: Peer,
    programs: &Programs,
    sizes: &Sizes,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let server = Server::start(peer, programs).await?;
    let shape = Shape { rooms: sizes.senders, members: 1, speaking: 1 };
    let Filled { crowd, senders, .. } = Filled::with(&server, &shape).await?;
    let senders: Vec<Rc<Sender>> = senders.into_iter().map(Rc::new).collect();
    send(&senders, &crowd.tally, crowd.dialect, sizes.lasting / WARM_UP).await?;
    crowd.tally.take();

    let (began, cpu) = (Instant::now(), server.cpu()?);
    send(&senders, &crowd.tally, crowd.dialect, sizes.lasting).await?;
    let (took, cpu) = (began.elapsed(), cpu.so_far()?);
    let mut counted = crowd.tally.take();
    figures.note("acknowledged a second", count(counted.messages) / took.as_secs_f64());
    figures.note_ms("ack p50, ms", counted.answered_within.percentile(50));
    figures.note_ms("ack p99, ms", counted.answered_within.percentile(99));
    figures.note_ms("ack max, ms", counted.answered_within.max());
    figures.note_cpu("CPU per message, µs", cpu, counted.messages);
    figures.note_whole(&crowd, &counted);
    Ok(())
}

async fn send(
    senders: &[Rc<Sender>],
    tally: &Rc<Tally>,
    dialect: &'static Dialect,
    lasting: Duration,
) -> Result<(), Failure> {
    let until = Instant::now() + lasting;
    let one = |place: usize| {
        let (sender, tally) = (Rc::clone(&senders[place]), Rc::clone(tally));
        async move {
            while Instant::now() < until {
                sender.say(&tally, dialect).await?;
            }
            Ok(())
        }
    };
    all(senders.len(), one).await?;
    tally.all(PATIENCE).await
}
