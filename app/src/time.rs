//! Times on the page. The server may not know the reader's time zone, so the first paint is in the one
//! that an earlier page has found out, or in UTC; the browser, once it has taken over, shows its own.

use crate::page::Frame;
use crate::words::words;
use crate::zone::Zone;
use leptos::prelude::*;

/// In which zone times are shown, and which day is today there.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    zone: RwSignal<Zone>,
    now: RwSignal<i64>,
}

impl Clock {
    pub(crate) fn new(frame: Frame) -> Self {
        let (zone, now) = (RwSignal::new(Zone::Fixed(frame.zone)), RwSignal::new(frame.now));
        // Effects run only in the browser, and only after it has taken the page over.
        #[cfg(feature = "browser")]
        Effect::new(move || zone.set(Zone::Browser));
        Self { zone, now }
    }

    /// What is shown depends on both: whoever calls this is run again when one of them changes.
    pub(crate) fn track(self) {
        self.zone.track();
        self.now.track();
    }

    pub(crate) fn zone(self) -> Zone {
        self.zone.get_untracked()
    }

    #[cfg(feature = "browser")]
    pub(crate) fn tick(self, now: i64) {
        let today = |at| self.zone.get_untracked().day(at);
        if self.now.try_get_untracked().is_some_and(|known| today(known) != today(now)) {
            self.now.set(now);
        }
    }

    /// What a day is called: "Today", or its date.
    pub(crate) fn day(self, day: i64) -> String {
        let words = words();
        match self.zone.get_untracked().day(self.now.get_untracked()) - day {
            0 => words.today.to_owned(),
            1 => words.yesterday.to_owned(),
            _ => (words.date)(Zone::Fixed(0).date(day * 86_400_000)),
        }
    }

    /// `14:05`
    pub(crate) fn time(self, at: i64) -> String {
        let (hour, minute) = self.zone.get_untracked().clock(at);
        let two = |number: u32| {
            let digit = |number| char::from_digit(number, 10).unwrap_or_default();
            [digit(number / 10), digit(number % 10)]
        };
        two(hour).into_iter().chain([':']).chain(two(minute)).collect()
    }

    /// The date and the time.
    pub(crate) fn moment(self, at: i64) -> String {
        let date = (words().date)(self.zone.get_untracked().date(at));
        [date.as_str(), ", ", &self.time(at)].concat()
    }
}

#[component]
pub(crate) fn Time(at: i64) -> impl IntoView {
    let clock = expect_context::<Clock>();
    view! { <time datetime=crate::zone::iso(at) title=clock.moment(at)>{clock.time(at)}</time> }
}
