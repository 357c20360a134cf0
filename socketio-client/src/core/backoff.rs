use super::{Config, Millis, Wait, patience};

/// Never further than a browser's timer counts.
const LONGEST: Millis = crate::codec::engine::MAX_TIMER;

/// The waits between attempts, and the chance in them.
#[derive(Debug)]
pub(super) struct Backoff {
    random: u64,
    pub(super) attempts: u32,
    retry_after: Option<Wait>,
}

impl Backoff {
    pub(super) fn new(seed: u64) -> Self {
        Self { random: seed, attempts: 0, retry_after: None }
    }

    pub(super) fn reset(&mut self) {
        self.attempts = 0;
    }

    pub(super) fn not_before(&mut self, wait: Option<Wait>) {
        self.retry_after = wait.or(self.retry_after);
    }

    /// The next wait: capped first and jittered after, so that many clients spread even at the cap.
    pub(super) fn next(&mut self, config: &Config) -> Millis {
        let most = config.delay_max.min(LONGEST);
        let mut capped = config.delay.min(most);
        // After so many doublings every wait but none at all is longer than the longest.
        for _ in 0..self.attempts.min(31) {
            capped = (capped * 2).min(most);
        }
        self.attempts = self.attempts.saturating_add(1);
        let spread = capped * Millis::from(config.jitter.min(1000)) / 1000;
        let chance = self.up_to(2 * spread);
        if let Some(asked) = self.retry_after.take() {
            return patience::millis(asked).max(capped) + chance / 2;
        }
        (capped - spread + chance).min(LONGEST)
    }

    /// `SplitMix64`; the bias of the remainder is of no account here.
    pub(super) fn up_to(&mut self, most: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % (most + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_comes_after_the_cap() {
        let config = Config::default();
        let mut backoff = Backoff::new(7);
        let mut seen = Vec::new();
        for base in [1000, 2000, 4000, 5000, 5000, 5000] {
            let delay = backoff.next(&config);
            assert!((base / 2..=base + base / 2).contains(&delay), "{delay} for {base}");
            seen.push(delay);
        }
        assert!(seen[3..].iter().any(|&delay| delay != seen[3]));
        backoff.attempts = u32::MAX;
        assert!(backoff.next(&config) <= 7500);
    }

    #[test]
    fn no_setting_overflows() {
        let config =
            Config { delay: u64::MAX, delay_max: u64::MAX, jitter: u32::MAX, ..Config::default() };
        let mut backoff = Backoff::new(1);
        for _ in 0..100 {
            assert!(backoff.next(&config) <= LONGEST);
        }
    }

    #[cfg(feature = "patience")]
    #[test]
    fn a_server_that_asks_is_left_alone() {
        let mut backoff = Backoff::new(1);
        backoff.not_before(Some(30_000));
        assert!((30_000..31_000).contains(&backoff.next(&Config::default())));
        assert!(backoff.next(&Config::default()) <= 3000);
    }
}
