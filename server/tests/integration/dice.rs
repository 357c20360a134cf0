use std::time::{SystemTime, UNIX_EPOCH};

/// Xorshift: the seed tells the whole story.
pub(crate) struct Dice(u64);

impl Dice {
    /// A new one each time.
    #[allow(clippy::print_stdout, reason = "a failure shows it")]
    pub(crate) fn seed() -> u64 {
        let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        println!("seed {seed}");
        seed
    }

    pub(crate) fn new(seed: u64) -> Self {
        // Zero would stay zero.
        Self(seed | 1)
    }

    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).unwrap()
    }
}
