//! What the house counts and times, for whoever runs it. Each is made once and only added to afterwards.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use protocol::limits::RATES;

/// Seconds; a commit waits for the disk.
const COMMIT_SECONDS: [f64; 12] =
    [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0];
const BATCH_SIZES: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];
const SYNC_SIZES: [f64; 9] = [0.0, 1.0, 5.0, 20.0, 50.0, 100.0, 200.0, 1_000.0, 10_000.0];

/// Cheap to clone: all clones count together.
#[derive(Clone)]
pub struct Meters {
    pub(crate) batch: Histogram,
    pub(crate) commit: Histogram,
    pub(crate) failed_commits: Counter,
    pub(crate) synced: Histogram,
    limited: Family<OfLimit, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfLimit {
    limit: &'static str,
}

impl Default for Meters {
    fn default() -> Self {
        let limited = Family::default();
        for (_, limit, _) in RATES {
            // What never happened is zero, and not missing.
            let _: Counter = limited.get_or_create_owned(&OfLimit { limit });
        }
        Self {
            batch: Histogram::new(BATCH_SIZES),
            commit: Histogram::new(COMMIT_SECONDS),
            failed_commits: Counter::default(),
            synced: Histogram::new(SYNC_SIZES),
            limited,
        }
    }
}

impl Meters {
    pub(crate) fn limited(&self, limit: &'static str) -> Counter {
        self.limited.get_or_create_owned(&OfLimit { limit })
    }

    /// Has them shown, under the names that docs/metrics.md explains.
    pub fn register(&self, registry: &mut Registry) {
        let batch = self.batch.clone();
        registry.register("beseda_queue_batch_size", "Changes that one commit wrote", batch);
        let commit = self.commit.clone();
        registry.register("beseda_commit_duration_seconds", "Time that a commit took", commit);
        let failed = self.failed_commits.clone();
        registry.register("beseda_commit_errors", "Commits that the database refused", failed);
        let synced = self.synced.clone();
        registry.register("beseda_sync_messages", "Messages in one answer to sync", synced);
        let limited = self.limited.clone();
        registry.register("beseda_limiter_refusals", "What a limit has refused", limited);
    }
}
