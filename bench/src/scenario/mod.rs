//! What is done with a server, and what of it is written down.

mod crowd;
mod filled;
mod order;
mod restart;
mod rooms;
mod sends;

use crate::crowd::Crowd;
use crate::crowd::tally::Counted;
use crate::failure::Failure;
use crate::peer::{Peer, Programs};
use clap::ValueEnum;
use std::time::Duration;

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// Start, a storm of connections, memory of silent ones, one message to all of them
    Crowd,
    /// One room of 1,000
    Room,
    /// 100 rooms of 20
    Rooms,
    /// Several messages of one sender at once
    Order,
    /// Each of 64 senders waits for its ack
    Sends,
    /// A kill, a start, and everyone comes back and asks what they missed
    Restart,
}

/// One figure of a scenario. The unit is part of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Figure {
    pub(crate) scenario: Scenario,
    pub(crate) name: &'static str,
}

/// What one run of a scenario brought, in the order in which it is to be shown.
#[derive(Debug)]
pub struct Figures {
    scenario: Scenario,
    values: Vec<(&'static str, f64)>,
}

/// How big everything is.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// How many connections there are first, and then.
    pub crowd: [usize; 2],
    pub room: usize,
    pub rooms: (usize, usize),
    /// In rooms that talk. One core is enough for it with every peer.
    pub deliveries_per_second: usize,
    pub senders: usize,
    /// Rooms and people in each who come back.
    pub returning: (usize, usize),
    pub lasting: Duration,
    pub settling: Duration,
}

impl Sizes {
    pub const FULL: Self = Self {
        crowd: [5_000, 10_000],
        room: 1_000,
        rooms: (100, 20),
        deliveries_per_second: 20_000,
        senders: 64,
        returning: (20, 50),
        lasting: Duration::from_secs(8),
        settling: Duration::from_secs(3),
    };

    /// To see whether it works.
    pub const QUICK: Self = Self {
        crowd: [30, 50],
        room: 50,
        rooms: (5, 10),
        deliveries_per_second: 2_000,
        senders: 8,
        returning: (5, 10),
        lasting: Duration::from_millis(500),
        settling: Duration::from_millis(100),
    };

    /// Connections at once, at most.
    pub(crate) fn most(&self) -> usize {
        let (rooms, members) = self.rooms;
        let (returning, each) = self.returning;
        [self.crowd[1], self.room, rooms * members, returning * each]
            .into_iter()
            .max()
            .unwrap_or_default()
    }
}

impl Scenario {
    pub const fn title(self) -> &'static str {
        match self {
            Self::Crowd => "crowd",
            Self::Room => "one room",
            Self::Rooms => "many rooms",
            Self::Order => "order",
            Self::Sends => "sends",
            Self::Restart => "restart",
        }
    }

    /// Whether there is something to measure: what is only in memory does not come back.
    pub fn suits(self, peer: Peer) -> bool {
        self != Self::Restart || peer.is_durable()
    }

    pub async fn run(
        self,
        peer: Peer,
        programs: &Programs,
        sizes: &Sizes,
    ) -> Result<Figures, Failure> {
        let mut figures = Figures { scenario: self, values: Vec::new() };
        match self {
            Self::Crowd => crowd::run(peer, programs, sizes, &mut figures).await?,
            Self::Room => rooms::one(peer, programs, sizes, &mut figures).await?,
            Self::Rooms => rooms::many(peer, programs, sizes, &mut figures).await?,
            Self::Order => order::run(peer, programs, sizes, &mut figures).await?,
            Self::Sends => sends::run(peer, programs, sizes, &mut figures).await?,
            Self::Restart => restart::run(peer, programs, sizes, &mut figures).await?,
        }
        Ok(figures)
    }
}

impl Figures {
    fn note(&mut self, name: &'static str, value: f64) {
        self.values.push((name, value));
    }

    fn note_ms(&mut self, name: &'static str, value: Duration) {
        self.note(name, value.as_secs_f64() * 1e3);
    }

    /// Of something that was done so many times.
    fn note_cpu(&mut self, name: &'static str, cpu: Duration, count: u64) {
        self.note(name, ratio(cpu.as_secs_f64() * 1e6, count));
    }

    fn note_whole(&mut self, crowd: &Crowd, counted: &Counted) {
        self.note("connections held", count(crowd.held()));
        self.note("deliveries expected", count(counted.expected));
        self.note("deliveries received", count(counted.received));
        self.note("lost", count(counted.lost()));
        self.note("doubled", count(counted.again));
        self.note("unanswered", count(counted.unanswered));
        self.note(
            "out of order, % of deliveries",
            ratio(100.0 * count(counted.late), counted.received),
        );
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = (Figure, f64)> {
        let scenario = self.scenario;
        self.values.iter().map(move |(name, value)| (Figure { scenario, name }, *value))
    }

    /// What was noted under that name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

#[allow(clippy::cast_precision_loss, reason = "no count here has sixteen digits")]
fn count(number: u64) -> f64 {
    number as f64
}

fn ratio(whole: f64, parts: u64) -> f64 {
    whole / count(parts.max(1))
}
