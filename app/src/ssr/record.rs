use crate::admin::history::History;
use protocol::event::{Past, Stats};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the last minutes were like. Whoever looks sees at once where the house comes from.
#[derive(Clone, Default)]
pub struct Record(Arc<Mutex<History>>);

impl Record {
    pub fn add(&self, stats: Stats) {
        self.lock().add(stats);
    }

    pub fn past(&self) -> Past {
        self.lock().past()
    }

    /// Only the last second of it.
    pub(crate) fn latest(&self) -> Past {
        Past { stats: self.lock().latest().cloned().into_iter().collect() }
    }

    fn lock(&self) -> MutexGuard<'_, History> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
