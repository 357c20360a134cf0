use super::super::rooms;
use super::super::timeline::{Event, Timeline};
use super::Inner;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use protocol::event::{
    self, Dismiss, MessageChanged, Notification, NotificationKind, Read, Unread,
};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlAudioElement, NotificationOptions, NotificationPermission};

/// Reading is told this late, so that a flood of messages is told once.
const SOON_MS: u32 = 250;
const PING: &str = "/ping.wav";

/// What the driver hears from the browser itself.
pub(super) struct Listeners {
    on_visibility: Closure<dyn FnMut()>,
    on_return: Closure<dyn FnMut()>,
    _title: Effect<LocalStorage>,
}

impl Listeners {
    pub(super) fn new(inner: &Rc<Inner>) -> Self {
        let this = Rc::downgrade(inner);
        let on_visibility = Closure::<dyn FnMut()>::new(move || {
            if let Some(this) = this.upgrade() {
                this.looked();
            }
        });
        let this = Rc::downgrade(inner);
        let on_return = Closure::<dyn FnMut()>::new(move || {
            if let Some(this) = this.upgrade() {
                this.returned();
            }
        });
        let _ = document().add_event_listener_with_callback(
            "visibilitychange",
            on_visibility.as_ref().unchecked_ref(),
        );
        let _ = window()
            .add_event_listener_with_callback("popstate", on_return.as_ref().unchecked_ref());
        let live = inner.live;
        let title = Effect::new(move |shown: Option<String>| {
            let (room, unread) = (live.room(), live.rooms.with(rooms::Rooms::unread_total));
            let count = if unread > 0 { format!("({unread}) ") } else { String::new() };
            let title = room.map(|room| count + &crate::room::title(&room)).unwrap_or_default();
            // To set a title costs more than to show a message.
            if !title.is_empty() && shown.as_ref() != Some(&title) {
                document().set_title(&title);
            }
            title
        });
        inner.may_ask();
        Self { on_visibility, on_return, _title: title }
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        let _ = document().remove_event_listener_with_callback(
            "visibilitychange",
            self.on_visibility.as_ref().unchecked_ref(),
        );
        let _ = window().remove_event_listener_with_callback(
            "popstate",
            self.on_return.as_ref().unchecked_ref(),
        );
    }
}

impl Inner {
    fn looked(self: &Rc<Self>) {
        if document().hidden() {
            // What comes from now on is new to whoever returns.
            let room = self.live.open.get_untracked();
            if let Some(Some(last)) = room.timeline.try_with_untracked(Timeline::last_seq) {
                self.apply(room, Event::Marked(last));
            }
        } else {
            self.client.try_now();
            self.read_soon();
        }
    }

    pub(super) fn following(self: &Rc<Self>, following: bool) {
        self.apply(self.live.open.get_untracked(), Event::Following(following));
        if following {
            self.read_soon();
        }
    }

    /// What is on the screen of someone who looks at it has been read.
    pub(super) fn read_soon(self: &Rc<Self>) {
        if self.reading.replace(true) {
            return;
        }
        let this = Rc::downgrade(self);
        Timeout::new(SOON_MS, move || {
            if let Some(this) = this.upgrade() {
                this.reading.set(false);
                this.read();
            }
        })
        .forget();
    }

    /// What is said before the reader's eyes isn't news.
    pub(super) fn count(&self, changed: &MessageChanged) {
        let open = self.live.open.get_untracked();
        let looks = open.id == changed.room
            && !document().hidden()
            && open.timeline.with_untracked(|rows| rows.is_following() && !rows.newer());
        let counts = !looks && changed.message.user.id != self.live.me().id;
        let (room, seq) = (changed.room, changed.message.seq);
        self.live.rooms.maybe_update(|rooms| rooms.said(room, seq, counts));
    }

    fn read(&self) {
        let Some(room) = self.live.open.try_get_untracked() else {
            return;
        };
        let seen = room.timeline.try_with_untracked(|timeline| {
            timeline.last_seq().filter(|_| timeline.is_following() && !timeline.newer())
        });
        let Some(Some(seq)) = seen.filter(|_| !document().hidden() && self.chat.is_connected())
        else {
            return;
        };
        let unread = self.live.rooms.with_untracked(|rooms| {
            rooms.get(room.id).is_some_and(|room| room.unread > 0 || room.read_seq < seq)
        });
        if unread && self.read.replace(Some((room.id, seq))) != Some((room.id, seq)) {
            Self::mention(&self.chat, event::READ, &Read { room: room.id.to_string(), seq });
        }
    }

    pub(super) fn unread(self: &Rc<Self>, unread: Unread) {
        self.live.rooms.update(|rooms| rooms.apply(rooms::Event::Unread(unread)));
        // Said again when the connection came back: what was told of it may be lost.
        if unread.unread > 0 && unread.room == self.live.open.get_untracked().id {
            self.read.set(None);
            self.read_soon();
        }
    }

    pub(super) fn notified(self: &Rc<Self>, notification: Notification) {
        let open = self.live.open.get_untracked().id;
        if notification.kind == NotificationKind::Invite {
            self.list_rooms();
        }
        if notification.room == Some(open) && !document().hidden() {
            Self::mention(&self.notifications, event::DISMISS, &Dismiss { id: notification.id });
            return;
        }
        // Told again at each connection, until it is read.
        if notification.at < self.since {
            return;
        }
        if self.frame.sounds
            && let Ok(ping) = HtmlAudioElement::new_with_src(PING)
        {
            // A page that no one has touched yet may make no sound.
            let _ = ping.play();
        }
        if self.frame.notify {
            self.show_notification(&notification);
        }
    }

    fn show_notification(self: &Rc<Self>, notification: &Notification) {
        let options = NotificationOptions::new();
        options.set_body(&notification.text);
        options.set_tag(&notification.id.to_string());
        options.set_icon("/icon-512.png");
        let room = notification
            .room
            .and_then(|id| self.live.rooms.with_untracked(|rooms| rooms.get(id).cloned()));
        let title = room.as_ref().map_or_else(|| "Beseda".to_owned(), crate::room::title);
        let Ok(shown) = web_sys::Notification::new_with_options(&title, &options) else {
            return;
        };
        let this = Rc::downgrade(self);
        let clicked = Closure::once_into_js(move || {
            let _ = window().focus();
            if let (Some(this), Some(room)) = (this.upgrade(), room) {
                this.go(&crate::room::path(&room));
            }
        });
        shown.set_onclick(Some(clicked.unchecked_ref()));
    }

    fn may_ask(&self) {
        let open = web_sys::Notification::permission() == NotificationPermission::Default;
        let _ = self.live.may_ask.try_set(self.frame.notify && open);
    }

    pub(super) fn ask_for_notifications(&self) {
        let may_ask = self.live.may_ask;
        let answered = Closure::once_into_js(move || {
            let _ = may_ask.try_set(false);
        });
        let _ = web_sys::Notification::request_permission_with_permission_callback(
            answered.unchecked_ref(),
        );
    }

    /// For the next page that the server renders.
    pub(super) fn remember_zone() {
        let minutes = -js_sys::Date::new_0().get_timezone_offset();
        #[allow(clippy::cast_possible_truncation, reason = "minutes of a day")]
        let cookie =
            format!("beseda_zone={}; path=/; max-age=34560000; samesite=lax", minutes as i32);
        if let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>() {
            let _ = document.set_cookie(&cookie);
        }
    }
}
