//! What the reader looks at stays where it is. Someone at the end stays at the end; for everyone else
//! the row at the top of the view is the anchor, and whatever is added or taken away above or below, the
//! list is moved back under it before anything is painted.

use crate::live::timeline::{Key, Page};
use crate::live::{Action, Live};
use leptos::html::Div;
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Who is this close to the end is at the end.
const NEAR_END: i32 = 100;
/// Further messages are asked for this early.
const AHEAD: i32 = 800;

thread_local! {
    /// There is one list on the page.
    static ANCHOR: RefCell<Anchor> = RefCell::default();
}

#[derive(Default)]
struct Anchor {
    row: Option<Held>,
    /// Where the list was moved to from here: that it arrives there is not the reader's doing.
    put: Option<i32>,
}

/// The first row in view.
struct Held {
    row: Element,
    /// How far it is below the top of the view, when the list stands at `place`.
    offset: f64,
    place: i32,
}

/// Answers what is to be done when the list was scrolled.
pub(crate) fn keep(
    live: Live,
    scroller: NodeRef<Div>,
    pages: Memo<Vec<Page>>,
) -> impl Fn() + 'static {
    let rows = live.open.get_untracked().timeline;
    Effect::new(move |before: Option<Option<Key>>| {
        // An edit leaves the rows the same, and makes one of them higher.
        rows.track();
        let last = pages.with(|pages| pages.last()?.keys.last().copied());
        let grown = before.is_some_and(|before| before != last);
        // After all that show the rows, which are told of them at the same time.
        queue_microtask(move || {
            if let Some(Some(scroller)) = scroller.try_get_untracked() {
                let at_end = rows.with_untracked(|rows| rows.is_following() && !rows.newer());
                ANCHOR.with_borrow_mut(|anchor| match at_end {
                    true if grown => anchor.put(&scroller, 0),
                    true => {}
                    false => anchor.hold(&scroller),
                });
                look_around(live, &scroller);
            }
        });
        last
    });
    move || {
        if let Some(scroller) = scroller.get_untracked() {
            ANCHOR.with_borrow_mut(|anchor| anchor.scrolled(&scroller));
            look_around(live, &scroller);
        }
    }
}

/// The scroller is reversed: 0 is the end, and what is above has negative places.
fn below(scroller: &HtmlElement) -> i32 {
    -scroller.scroll_top()
}

fn look_around(live: Live, scroller: &HtmlElement) {
    let following = below(scroller) < NEAR_END;
    let (is_following, older, newer) = live
        .open
        .get_untracked()
        .timeline
        .with_untracked(|rows| (rows.is_following(), rows.older(), rows.newer()));
    // While there is more below, the end of the window is not the end.
    if is_following != (following && !newer) {
        live.act(Action::Following(following && !newer));
    }
    let above = scroller.scroll_height() - scroller.client_height() - below(scroller);
    if older && above < AHEAD {
        live.act(Action::Page { older: true });
    } else if newer && below(scroller) < AHEAD {
        live.act(Action::Page { older: false });
    }
}

impl Anchor {
    fn scrolled(&mut self, scroller: &HtmlElement) {
        if self.put == Some(scroller.scroll_top()) {
            return;
        }
        self.put = None;
        self.drop_at(scroller);
    }

    fn put(&mut self, scroller: &HtmlElement, place: i32) {
        scroller.set_scroll_top(place);
        let place = scroller.scroll_top();
        self.put = Some(place);
        if let Some(held) = &mut self.row {
            held.place = place;
        }
    }

    fn drop_at(&mut self, scroller: &HtmlElement) {
        let top = scroller.get_bounding_client_rect().top();
        let rows = scroller.query_selector_all("li[data-key]").ok();
        self.row = rows.and_then(|rows| {
            // By halves: rows are in their order.
            let (mut from, mut to) = (0, rows.length());
            while from < to {
                let middle = from.midpoint(to);
                let row: Element = rows.get(middle)?.unchecked_into();
                if row.get_bounding_client_rect().bottom() > top {
                    to = middle;
                } else {
                    from = middle + 1;
                }
            }
            let row: Element = rows.get(from)?.unchecked_into();
            let offset = row.get_bounding_client_rect().top() - top;
            Some(Held { row, offset, place: scroller.scroll_top() })
        });
    }

    /// Brings the row back to where it would be without the change; whoever asked for the end stays there.
    fn hold(&mut self, scroller: &HtmlElement) {
        let place = scroller.scroll_top();
        if self.put == Some(0) && place == 0 {
            return;
        }
        let Some(held) = self.row.as_ref().filter(|held| held.row.is_connected()) else {
            return self.drop_at(scroller);
        };
        let top = scroller.get_bounding_client_rect().top();
        let meant = held.offset - f64::from(place - held.place);
        let moved = held.row.get_bounding_client_rect().top() - top - meant;
        #[allow(clippy::cast_possible_truncation, reason = "a scroller's place")]
        let by = moved.round() as i32;
        if by != 0 {
            self.put(scroller, place + by);
            self.drop_at(scroller);
        }
    }
}

pub(crate) fn to_end() {
    if let Ok(Some(scroller)) = document().query_selector(".scroll") {
        ANCHOR.with_borrow_mut(|anchor| anchor.put(scroller.unchecked_ref(), 0));
    }
}

/// Brings a message into view, once it is there.
pub(crate) fn show(seq: u64) {
    request_animation_frame(move || {
        let row = document().get_element_by_id(&format!("m-{seq}"));
        let scroller = row.as_ref().and_then(|row| row.closest(".scroll").ok()?);
        if let (Some(row), Some(scroller)) = (row, scroller) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Center);
            row.scroll_into_view_with_scroll_into_view_options(&options);
            ANCHOR.with_borrow_mut(|anchor| anchor.drop_at(scroller.unchecked_ref()));
        }
    });
}
