//! What can be said about how events are sent, with the feature `delivery`.

use std::time::Duration;

use super::{Builder, Emit, millis};
use crate::core::Retries;

impl Builder {
    /// Sends events again until they are answered, one at a time and in order, each at most so many times
    /// after the first: they arrive at least once.
    pub fn retries(mut self, times: u32) -> Self {
        self.config.retries = Some(Retries { times });
        self
    }
}

impl Emit<'_> {
    /// Better never than late: dropped unless it can leave at once.
    #[must_use]
    pub fn volatile(mut self) -> Self {
        self.options.volatile = true;
        self
    }

    /// Dropped when it still waits after this time; its ack then fails as a timeout.
    #[must_use]
    pub fn expires(mut self, after: Duration) -> Self {
        self.options.expires = Some(millis(after));
        self
    }
}
