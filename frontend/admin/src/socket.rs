//! Between the socket and the page.

use crate::lists::Lists;
use app::admin::history::History;
use app::admin::{Link, Watched};
use gloo_timers::callback::{Interval, Timeout};
use leptos::prelude::*;
use protocol::event::{self, Past, Stats};
use socketio_client::{Change, Client, ClientState, Event, Namespace, Subscription};
use std::cell::Cell;
use std::rc::{Rc, Weak};

const ADMIN: &str = "/admin";
const TRY_AGAIN_AFTER_MS: f64 = 1_000.0;
const LOOK_EVERY_MS: u32 = 3_000;
/// The server says something each second: a connection that is silent for so long is none.
const SILENT_MS: f64 = 8_000.0;

/// Connects when the page has been taken over: until then it must be what the server rendered.
pub(crate) fn start(watched: Watched) {
    let driver = StoredValue::new_local(None);
    Effect::new(move || driver.set_value(Driver::connect(watched)));
}

/// Lives as long as the page.
struct Driver {
    _inner: Rc<Inner>,
    _subscriptions: [Subscription; 3],
    _looks: Interval,
}

struct Inner {
    watched: Watched,
    client: Client,
    admin: Namespace,
    lists: Lists,
    heard: Cell<f64>,
}

impl Driver {
    fn connect(watched: Watched) -> Option<Self> {
        let client = Client::builder("/").build().ok()?;
        let admin = client.namespace(ADMIN).ok()?;
        let inner = Rc::new(Inner {
            watched,
            client,
            admin,
            lists: Lists::default(),
            heard: Cell::default(),
        });
        let subscriptions = inner.subscribe();
        let this = Rc::downgrade(&inner);
        let looks = Interval::new(LOOK_EVERY_MS, move || {
            if let Some(this) = this.upgrade() {
                this.look();
            }
        });
        watched.link.set(Link::Connecting);
        inner.admin.connect();
        Some(Self { _inner: inner, _subscriptions: subscriptions, _looks: looks })
    }
}

impl Inner {
    fn subscribe(self: &Rc<Self>) -> [Subscription; 3] {
        [
            self.admin.on(event::PAST, self.hearing(Self::recall)),
            self.admin.on(event::STATS, self.hearing(Self::add)),
            self.client.on_change(self.hearing(Self::changed)),
        ]
    }

    fn hearing<T: 'static>(self: &Rc<Self>, act: fn(&Rc<Self>, &T)) -> impl FnMut(&T) + use<T> {
        let this = Rc::downgrade(self);
        move |heard: &T| {
            if let Some(this) = Weak::upgrade(&this) {
                act(&this, heard);
            }
        }
    }

    /// The page may have come from another node than the one that is heard now.
    fn recall(self: &Rc<Self>, heard: &Event) {
        if let Ok(past) = heard.get::<Past>(0) {
            self.watched.history.set(History::from(past));
        }
    }

    fn add(self: &Rc<Self>, heard: &Event) {
        self.heard.set(js_sys::Date::now());
        if let Ok(stats) = heard.get::<Stats>(0) {
            self.watched.history.update(|history| history.add(stats));
        }
    }

    fn changed(self: &Rc<Self>, change: &Change) {
        match change {
            Change::Connect { .. } => {
                self.heard.set(js_sys::Date::now());
                self.show(Link::Live);
            }
            Change::ConnectError { message, refused: true, .. }
                if matches!(&**message, "unauthorized" | "forbidden") =>
            {
                self.show(Link::Refused);
            }
            Change::ConnectError { refused: true, .. } | Change::Disconnect { .. } => {
                self.show(Link::Lost);
                self.come_back();
            }
            _ => {}
        }
    }

    /// The client doesn't return by itself after the server has sent it away.
    fn come_back(self: &Rc<Self>) {
        let this = Rc::downgrade(self);
        // Everyone was sent away at once; not everyone shall come back at once.
        let wait = TRY_AGAIN_AFTER_MS * (0.5 + js_sys::Math::random());
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ms")]
        let wait = wait as u32;
        Timeout::new(wait, move || {
            if let Some(this) = Weak::upgrade(&this)
                && matches!(this.client.state(), ClientState::Idle | ClientState::Open { .. })
            {
                this.admin.connect();
            }
        })
        .forget();
    }

    fn show(&self, link: Link) {
        self.watched.link.set(link);
    }

    fn look(self: &Rc<Self>) {
        if !self.admin.is_connected() || document().hidden() {
            return;
        }
        if js_sys::Date::now() - self.heard.get() > SILENT_MS {
            self.client.drop_connection();
        } else {
            self.watched.history.with_untracked(|history| {
                if let Some(stats) = history.latest() {
                    self.lists.look(&self.admin, stats);
                }
            });
        }
    }
}
