//! Servers that say when to come back, and an end to trying. Without the feature `patience`, `without/patience.rs` stands here.

use super::{Config, Core, Millis};
use crate::codec::json;

/// A server may ask to be left alone, but not for good.
const LONGEST: Millis = 3_600_000;

/// How long a server asked to be left alone.
pub type Wait = Millis;

/// What a `Retry-After` header asks for, where it is given in seconds.
#[cfg(any(feature = "page", feature = "native"))]
pub(crate) fn of_header(header: impl FnOnce() -> Option<String>) -> Option<Wait> {
    Some(json::natural(header()?.trim().as_bytes())?.saturating_mul(1000))
}

/// What the data of a refusal asks for.
pub(super) fn of_refusal(data: Option<&str>) -> Option<Wait> {
    json::natural(json::member(data?, "retryAfter")?.as_bytes())
}

pub(super) fn millis(wait: Wait) -> Millis {
    wait.min(LONGEST)
}

/// Whether as many attempts as are allowed have failed.
pub(super) fn is_exhausted(config: &Config, attempts: u32) -> bool {
    config.attempts.is_some_and(|most| attempts >= most)
}

impl Core {
    /// The next attempt comes no sooner than this after a loss: for servers that say when to come back.
    pub fn retry_after(&mut self, delay: Millis) {
        self.backoff.not_before(Some(delay));
    }
}
