//! What this server counts and times. One registry for each server, and no global one: a test runs several in one
//! process. All that is counted often has its handle from the start, and nothing is hashed for it.

use crate::latency::Lengths;
use crate::namespaces::NAMESPACES;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};
use protocol::event;
use std::sync::Arc;
use std::time::Instant;

/// Seconds.
const LATENCIES: [f64; 14] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Whatever a client calls an event that there is not.
const UNKNOWN: &str = "unknown";
/// What only the open door knows.
pub(crate) const ECHO: &str = "echo";

/// Why a connection was refused, where it never came as far as a namespace.
pub(crate) const ENGINE_VERSION: &str = "engine-version";
pub(crate) const ORIGIN: &str = "origin";
pub(crate) const BAD_REQUEST: &str = "bad-request";
pub(crate) const NO_PLACE: &str = "no-place";

/// All there are, those of [`crate::socket::Refused`] first: what never happened is zero, and not missing.
const REASONS: [&str; 11] = [
    "unauthorized",
    "banned",
    "forbidden",
    "rate-limited",
    "server-full",
    "no-room",
    "unavailable",
    ENGINE_VERSION,
    ORIGIN,
    BAD_REQUEST,
    NO_PLACE,
];

pub(crate) struct Metrics {
    /// Sorted by name, and so are those below.
    heard: Vec<(&'static str, Arc<EventMeter>)>,
    told: Vec<(&'static str, Counter)>,
    unknown: Arc<EventMeter>,
    refused: Family<Reason, Counter>,
    /// The changes of messages that were told.
    pub(crate) messages: Counter,
    pub(crate) deliveries: Counter,
    /// Acks, for whoever looks at the last second and not at the history.
    pub(crate) answers: Arc<Lengths>,
    pub(crate) slow_readers: Counter,
}

/// One kind of event that clients send.
pub(crate) struct EventMeter {
    received: Counter,
    duration: Histogram,
    acks: Histogram,
    answers: Arc<Lengths>,
}

/// An event that is being handled.
pub(crate) struct Handling {
    meter: Arc<EventMeter>,
    began: Instant,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Sent {
    direction: &'static str,
    event: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfEvent {
    event: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

impl Metrics {
    pub(crate) fn new(registry: &mut Registry) -> Self {
        let sent = Family::<Sent, Counter>::default();
        let durations =
            Family::<OfEvent, Histogram, _>::new_with_constructor(|| Histogram::new(LATENCIES));
        let acks = Histogram::new(LATENCIES);
        let answers = Arc::<Lengths>::default();
        let meter = |event| EventMeter {
            received: sent.get_or_create_owned(&Sent { direction: "inbound", event }),
            duration: durations.get_or_create_owned(&OfEvent { event }),
            acks: acks.clone(),
            answers: Arc::clone(&answers),
        };
        let counter = |event| sent.get_or_create_owned(&Sent { direction: "outbound", event });
        let metrics = Self {
            heard: heard().map(|event| (event, Arc::new(meter(event)))).collect(),
            told: told().map(|event| (event, counter(event))).collect(),
            unknown: Arc::new(meter(UNKNOWN)),
            refused: shown(
                registry,
                "beseda_connection_errors",
                "Connections that were refused",
                Family::default(),
            ),
            messages: counter(event::MESSAGE),
            answers: Arc::clone(&answers),
            deliveries: shown(
                registry,
                "beseda_deliveries",
                "Messages times the sockets that were told here",
                Counter::default(),
            ),
            slow_readers: shown(
                registry,
                "beseda_slow_readers_dropped",
                "Connections cut because their clients no longer read",
                Counter::default(),
            ),
        };
        for reason in REASONS {
            metrics.refused.get_or_create_owned(&Reason { reason });
        }
        let help = "Events that clients sent, and that were told, however many heard them";
        registry.register("websocket_messages", help, sent);
        let help = "Time from an event's turn to its answer";
        registry.register("websocket_message_duration_seconds", help, durations);
        let help = "Time from an event's arrival to its ack";
        registry.register("beseda_ack_latency_seconds", help, acks);
        metrics
    }

    /// An event's turn has come. Its name is what a client wrote.
    pub(crate) fn begin(&self, event: &str) -> Handling {
        let known = self.heard.binary_search_by_key(&event, |(name, _)| *name);
        let meter = known.map_or(&self.unknown, |place| &self.heard[place].1);
        meter.received.inc();
        Handling { meter: Arc::clone(meter), began: Instant::now() }
    }

    /// Something was told, however many heard it.
    pub(crate) fn told(&self, event: &str) {
        if let Ok(place) = self.told.binary_search_by_key(&event, |(name, _)| *name) {
            self.told[place].1.inc();
        }
    }

    /// The reason is one of a few words, and none that a client chooses.
    pub(crate) fn refused(&self, reason: &'static str) {
        self.refused.get_or_create(&Reason { reason }).inc();
    }
}

impl Handling {
    /// It is answered: with an ack, where it arrived then.
    pub(crate) fn ends(self, acked: Option<Instant>) {
        self.meter.duration.observe(self.began.elapsed().as_secs_f64());
        if let Some(arrived) = acked {
            let took = arrived.elapsed();
            self.meter.acks.observe(took.as_secs_f64());
            self.meter.answers.add(took);
        }
    }
}

/// Puts it where `/metrics` finds it.
pub(super) fn shown<M: Metric + Clone>(
    registry: &mut Registry,
    name: &str,
    help: &str,
    metric: M,
) -> M {
    registry.register(name, help, metric.clone());
    metric
}

fn heard() -> impl Iterator<Item = &'static str> {
    let events = NAMESPACES.iter().flat_map(|namespace| namespace.events);
    sorted(events.map(|entry| entry.name).chain([ECHO]))
}

fn told() -> impl Iterator<Item = &'static str> {
    let told = NAMESPACES.iter().flat_map(|namespace| namespace.tells);
    sorted(told.map(|told| told.name))
}

fn sorted(names: impl Iterator<Item = &'static str>) -> impl Iterator<Item = &'static str> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter()
}
