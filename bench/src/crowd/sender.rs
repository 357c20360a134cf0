//! Someone who speaks in a room, and how.

use super::client::Client;
use super::tally::Tally;
use crate::failure::Failure;
use crate::peer::dialect::Dialect;
use crate::wire::engine::Mark;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval};

pub(crate) struct Sender {
    pub(crate) client: Rc<Client>,
    pub(crate) room: String,
    /// How many hear it, themselves included.
    pub(crate) members: u64,
    pub(crate) number: u32,
    pub(crate) said: Cell<u32>,
}

/// So many messages a second, by all senders together, for so long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) per_second: u32,
    pub(crate) lasting: Duration,
}

impl Sender {
    fn event(&self, tally: &Tally, dialect: &Dialect) -> String {
        let number = self.said.replace(self.said.get() + 1);
        let mark = Mark { sender: self.number, number, at: tally.now() };
        dialect.message(&self.room, mark)
    }

    /// So many messages in one write, without waiting for answers.
    pub(crate) fn salvo(&self, tally: &Tally, dialect: &Dialect, count: u32) {
        let mut frames = Vec::new();
        for _ in 0..count {
            tally.expect(self.members);
            frames.extend(self.client.timed(&self.event(tally, dialect)));
        }
        self.client.send(&frames);
    }

    /// One message; returns when it is answered.
    pub(crate) async fn say(&self, tally: &Tally, dialect: &Dialect) -> Result<(), Failure> {
        tally.expect(self.members);
        let asked_at = tally.now();
        self.client.ask(&self.event(tally, dialect)).await?;
        tally.answered(asked_at);
        Ok(())
    }
}

/// One sender after the other says something, evenly over the time and whatever the server makes of it.
pub(crate) async fn talk(senders: &[Sender], tally: &Tally, dialect: &Dialect, pace: Pace) {
    let mut tick = interval(Duration::from_secs(1) / pace.per_second);
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let until = Instant::now() + pace.lasting;
    for sender in senders.iter().cycle() {
        if tick.tick().await >= until {
            return;
        }
        sender.salvo(tally, dialect, 1);
    }
}
