//! How long things took.

use std::time::Duration;

/// Every one of them, in microseconds: there are at most some millions.
#[derive(Debug, Default)]
pub(crate) struct Latencies {
    micros: Vec<u32>,
    sorted: bool,
}

impl Latencies {
    pub(crate) fn add(&mut self, micros: u64) {
        self.micros.push(u32::try_from(micros).unwrap_or(u32::MAX));
        self.sorted = false;
    }

    pub(crate) fn count(&self) -> usize {
        self.micros.len()
    }

    /// So many percent took no longer; nothing when there was none.
    pub(crate) fn percentile(&mut self, percent: usize) -> Duration {
        if !self.sorted {
            self.micros.sort_unstable();
            self.sorted = true;
        }
        let place = (self.micros.len() * percent).div_ceil(100).max(1) - 1;
        Duration::from_micros(self.micros.get(place).copied().unwrap_or_default().into())
    }

    pub(crate) fn max(&mut self) -> Duration {
        self.percentile(100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.percentile(50), Duration::ZERO);
        for micros in (1..=100).rev() {
            latencies.add(micros);
        }
        for percent in [1, 50, 95, 99, 100] {
            let expected = Duration::from_micros(percent as u64);
            assert_eq!(latencies.percentile(percent), expected);
        }
        latencies.add(1_000);
        assert_eq!(latencies.max(), Duration::from_millis(1));
        assert_eq!(latencies.count(), 101);
    }

    #[test]
    fn one_is_every_percentile() {
        let mut latencies = Latencies::default();
        latencies.add(7);
        assert_eq!(latencies.percentile(0), latencies.percentile(99));
        latencies.add(u64::MAX);
        assert_eq!(latencies.max(), Duration::from_micros(u32::MAX.into()));
    }
}
