use std::sync::{Arc, Weak};

use super::Hub;

/// A handler's place: dropping it takes the handler away.
#[must_use = "the handler is gone as soon as this is dropped; `keep()` leaves it for good"]
pub struct Subscription {
    hub: Weak<Hub>,
    id: u64,
}

impl Subscription {
    pub(super) fn new(hub: &Arc<Hub>, id: u64) -> Self {
        Self { hub: Arc::downgrade(hub), id }
    }

    /// Leaves the handler in place for as long as the client lives.
    pub fn keep(mut self) {
        self.hub = Weak::new();
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(hub) = self.hub.upgrade() {
            hub.unlisten(self.id);
        }
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subscription")
    }
}
