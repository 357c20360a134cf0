//! How the connection fares in between. Without the feature `story`, `without/story.rs` stands here.

use super::{Change, Core};

impl Core {
    /// Tells a change that needs no answer.
    pub(super) fn narrate(&mut self, change: impl FnOnce() -> Change) {
        self.tell(change());
    }
}
