//! Of the connection's changes, only those are told that ask for something to be done.

use super::{Change, Core};

#[allow(clippy::unused_self, reason = "with `story` there is something to tell")]
impl Core {
    pub(super) fn narrate(&mut self, _: impl FnOnce() -> Change) {}
}
