//! Nobody can wait for an end.

#[derive(Default)]
pub(super) struct Waiters;

#[allow(clippy::unused_self, reason = "with `linger` there is someone to wake")]
impl Waiters {
    pub(super) fn wake(self) {}
}
