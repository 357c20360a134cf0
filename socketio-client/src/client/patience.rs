//! What can be said about when to try again, with the feature `patience`.

use super::{Builder, Client, millis};

impl Builder {
    /// How many attempts in a row may fail before it is given up; without end if not set.
    pub fn reconnection_attempts(mut self, attempts: u32) -> Self {
        self.config.attempts = Some(attempts);
        self
    }
}

impl Client {
    /// The next attempt after a loss comes no sooner than this, jittered: for a server that said so.
    pub fn retry_after(&self, delay: std::time::Duration) {
        self.hub().with_core(|core, _| core.retry_after(millis(delay)));
    }
}
