use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Unix milliseconds, as everything stored and sent counts time.
pub(crate) fn now() -> i64 {
    millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
