//! The rows that are on the page, each a signal of its own: what changes one of them concerns no other.

use super::RoomState;
use super::timeline::{Key, Row};
use leptos::prelude::*;

pub(super) type Shown = StoredValue<Vec<(Key, RwSignal<Option<Row>>)>>;

impl RoomState {
    /// A row, for as long as whoever asks is on the page.
    pub(crate) fn row(self, key: Key) -> RwSignal<Option<Row>> {
        let row = RwSignal::new(self.timeline.with_untracked(|timeline| timeline.row(key)));
        self.shown.update_value(|shown| shown.push((key, row)));
        on_cleanup(move || {
            self.shown.try_update_value(|shown| shown.retain(|(_, other)| *other != row));
        });
        row
    }

    /// Brings the page to what is known.
    #[cfg(feature = "browser")]
    pub(super) fn show(self) {
        self.timeline.try_with_untracked(|timeline| {
            let shown = self.shown.try_get_value();
            for (key, row) in shown.into_iter().flatten() {
                // A row that is no more goes with its list.
                let Some(now) = timeline.row(key) else { continue };
                if row.try_with_untracked(|known| known.as_ref() == Some(&now)) == Some(false) {
                    row.set(Some(now));
                }
            }
        });
        self.timeline.try_update(|_| ());
    }
}
