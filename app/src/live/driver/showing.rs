//! What is known changes at once; what is shown, before the page is painted next, or when it can wait, in steps: a
//! flood of messages would leave no time for anything else.

use super::super::RoomState;
use super::{Inner, now};
use gloo_timers::callback::Timeout;
use leptos::prelude::request_animation_frame;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

const STEP_MS: i64 = 100;

#[derive(Default)]
pub(super) struct Showing {
    /// The rooms in which something has changed since.
    stale: RefCell<Vec<RoomState>>,
    last: Cell<i64>,
    waits: Cell<bool>,
    is_next: Cell<bool>,
}

impl Inner {
    pub(super) fn show_soon(self: &Rc<Self>, room: RoomState, can_wait: bool) {
        let mut stale = self.showing.stale.borrow_mut();
        if !stale.contains(&room) {
            stale.push(room);
        }
        let wait = self.showing.last.get() + STEP_MS - now();
        if !can_wait || wait <= 0 {
            self.show_next();
        } else if !self.showing.waits.replace(true) {
            let this = Rc::downgrade(self);
            let go_on = move || {
                if let Some(this) = Weak::upgrade(&this) {
                    this.showing.waits.set(false);
                    this.show_next();
                }
            };
            Timeout::new(u32::try_from(wait).unwrap_or_default(), go_on).forget();
        }
    }

    fn show_next(self: &Rc<Self>) {
        if self.showing.is_next.replace(true) {
            return;
        }
        let this = Rc::downgrade(self);
        request_animation_frame(move || {
            if let Some(this) = Weak::upgrade(&this) {
                this.showing.is_next.set(false);
                this.showing.last.set(now());
                this.showing.stale.take().into_iter().for_each(RoomState::show);
            }
        });
    }
}
