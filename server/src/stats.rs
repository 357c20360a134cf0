//! What `/admin` sees once a second.

use crate::doors::Doors;
use crate::latency::Counted;
use crate::telemetry::metrics::Metrics;
use app::ssr::Record;
use chat::Chat;
use protocol::event::Stats;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Turns counters into rates.
pub(crate) struct Gauge {
    chat: Chat,
    doors: Arc<Doors>,
    metrics: Arc<Metrics>,
    record: Record,
    began: Instant,
    last: Reading,
}

struct Reading {
    at: Instant,
    messages: u64,
    deliveries: u64,
    answers: Counted,
    busy: Duration,
}

impl Gauge {
    pub(crate) fn new(
        chat: Chat,
        doors: Arc<Doors>,
        metrics: Arc<Metrics>,
        record: Record,
    ) -> Self {
        let last = Reading::take(&metrics);
        Self { chat, doors, metrics, record, began: last.at, last }
    }

    /// Rates are those since the last call. What was read is recorded, too.
    #[allow(clippy::cast_precision_loss, reason = "rates are for people to look at")]
    pub(crate) async fn read(&mut self) -> Stats {
        let now = Reading::take(&self.metrics);
        let last = std::mem::replace(&mut self.last, now);
        let now = &self.last;
        let seconds = (now.at - last.at).as_secs_f64().max(f64::EPSILON);
        let rate = |now: u64, last: u64| hundredths(now.saturating_sub(last) as f64 / seconds);
        let answers = now.answers.since(&last.answers);
        let stats = Stats {
            connections: self.doors.count(),
            users: self.chat.online_count().await,
            rooms: self.chat.live_rooms().await,
            messages_per_second: rate(now.messages, last.messages),
            deliveries_per_second: rate(now.deliveries, last.deliveries),
            cpu: hundredths(now.busy.saturating_sub(last.busy).as_secs_f64() / seconds),
            memory: memory().unwrap_or_default(),
            queue: self.chat.queued(),
            nodes: self.doors.nodes(),
            connections_here: self.doors.count_here(),
            ack_p50: answers.milliseconds(50).map(hundredths),
            ack_p99: answers.milliseconds(99).map(hundredths),
            uptime: now.at.duration_since(self.began).as_secs(),
        };
        self.record.add(stats.clone());
        stats
    }
}

/// More would be noise.
fn hundredths(figure: f64) -> f64 {
    (figure * 100.0).round() / 100.0
}

impl Reading {
    fn take(metrics: &Metrics) -> Self {
        Self {
            at: Instant::now(),
            messages: metrics.messages.get(),
            deliveries: metrics.deliveries.get(),
            answers: metrics.answers.counted(),
            busy: busy().unwrap_or_default(),
        }
    }
}

/// Linux counts CPU time in hundredths of a second, whatever the kernel's own clock is.
const TICKS_A_SECOND: u64 = 100;

/// CPU time of this process, where the system tells it.
pub(crate) fn busy() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold spaces; what is counted comes after it.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    let ticks = next()? + next()?;
    Some(Duration::from_millis(ticks * 1_000 / TICKS_A_SECOND))
}

/// Bytes of memory of this process, where the system tells it.
pub(crate) fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().split(' ').next()?.parse().ok()?;
    Some(kilobytes * 1_024)
}
