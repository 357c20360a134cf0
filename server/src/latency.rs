//! How long things take, counted: no reading is kept, only how many there were of about each length.

use std::array;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Steps from one length to twice that length: each is a fifth longer than the one before.
const TO_TWICE: f64 = 4.0;
/// From a microsecond to two minutes.
const STEPS: usize = 108;

pub(crate) struct Lengths([AtomicU64; STEPS]);

/// What was counted up to a moment.
pub(crate) struct Counted([u64; STEPS]);

impl Default for Lengths {
    fn default() -> Self {
        Self(array::from_fn(|_| AtomicU64::new(0)))
    }
}

impl Lengths {
    pub(crate) fn add(&self, took: Duration) {
        self.0[step(took)].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn counted(&self) -> Counted {
        Counted(array::from_fn(|step| self.0[step].load(Ordering::Relaxed)))
    }
}

impl Counted {
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        Self(array::from_fn(|step| self.0[step].saturating_sub(earlier.0[step])))
    }

    /// The milliseconds that so many percent took no longer than. Nothing when nothing was counted.
    pub(crate) fn milliseconds(&self, percent: u64) -> Option<f64> {
        let all: u64 = self.0.iter().sum();
        let wanted = (all * percent).div_ceil(100).max(1);
        let sums = self.0.iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        });
        let step = sums.take_while(|sum| *sum < wanted).count();
        (all > 0).then(|| longest(step))
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "microseconds of two minutes, and their logarithm"
)]
fn step(took: Duration) -> usize {
    let micros = took.as_micros().max(1) as f64;
    ((micros.log2() * TO_TWICE) as usize).min(STEPS - 1)
}

/// What falls into this step took no longer.
#[allow(clippy::cast_precision_loss, reason = "there are few steps")]
fn longest(step: usize) -> f64 {
    ((step as f64 + 1.0) / TO_TWICE).exp2() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_told_within_a_fifth() {
        for micros in [1, 7, 90, 1_000, 12_345, 800_000, 30_000_000] {
            let lengths = Lengths::default();
            lengths.add(Duration::from_micros(micros));
            let (told, real) =
                (lengths.counted().milliseconds(50).unwrap(), Duration::from_micros(micros));
            let real = real.as_secs_f64() * 1_000.0;
            assert!((real..=real * 1.2).contains(&told), "{micros} µs: {told} ms");
        }
    }

    #[test]
    fn half_and_nearly_all_are_told_apart() {
        let lengths = Lengths::default();
        let before = lengths.counted();
        assert_eq!(before.milliseconds(50), None);
        for _ in 0..98 {
            lengths.add(Duration::from_millis(1));
        }
        lengths.add(Duration::from_millis(100));
        lengths.add(Duration::from_millis(100));
        let counted = lengths.counted().since(&before);
        assert!(counted.milliseconds(50).unwrap() < 1.3);
        assert!(counted.milliseconds(98).unwrap() < 1.3);
        assert!(counted.milliseconds(99).unwrap() > 99.0);
        assert_eq!(lengths.counted().since(&lengths.counted()).milliseconds(99), None);
    }

    #[test]
    fn whatever_takes_for_ever_is_counted_too() {
        let lengths = Lengths::default();
        lengths.add(Duration::ZERO);
        lengths.add(Duration::MAX);
        assert!(lengths.counted().milliseconds(100).unwrap() > 100_000.0);
    }
}
