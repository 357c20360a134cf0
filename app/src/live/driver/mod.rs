//! Between the socket and the reducers: what arrives becomes an event for them, what they wish and
//! what the user wants is sent.
//!
//! | file | holds |
//! |---|---|
//! | `mod` | the connection, and what is heard |
//! | `rooms` | opening rooms, catching up, turning pages, addresses |
//! | `sending` | what is said, changed and deleted |
//! | `showing` | when the page follows |
//! | `todos` | the to-do list |
//! | `pulse` | whether the server still answers |
//! | `reading` | what has been read, the title's count, notifications |

#![allow(clippy::needless_pass_by_value, reason = "an event belongs to its handler")]

mod pulse;
mod reading;
mod rooms;
mod sending;
mod showing;
mod todos;

use super::outbox::Outbox;
use super::storage::Kept;
use super::timeline::Event;
use super::typists::Sender;
use super::{Action, Link, Live, RoomState};
use crate::page::Frame;
use crate::time::Clock;
use crate::wire::{self, Read};
use crate::zone::Zone;
use gloo_timers::callback::Interval;
use gloo_timers::future::sleep;
use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::event::{
    self, Announce, Kicked, Membership, MessageChanged, PresenceAction, ReadTo, Restarting,
    RoomCount, RoomPresence, RoomRemoved, RoomUpdated, UserTyping,
};
use protocol::room::GENERAL;
use protocol::{ApiError, ErrorCode, RoomId};
use pulse::Pulse;
use reading::Listeners;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use showing::Showing;
use socketio_client::{Answer, Change, Client, ClientState, Namespace, Subscription};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

const CHAT: &str = "/chat";
const NOTIFICATIONS: &str = "/notifications";
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(1);
const TICK_MS: u32 = 400;

/// Lives as long as the chat is on the page; dropping it closes the connection.
pub(super) struct Driver {
    inner: Rc<Inner>,
    _subscriptions: Vec<Subscription>,
    _listeners: Listeners,
    _ticks: Interval,
}

struct Inner {
    live: Live,
    frame: Frame,
    clock: Clock,
    client: Client,
    chat: Namespace,
    notifications: Namespace,
    kept: Kept,
    outbox: RefCell<Outbox>,
    /// The rooms that were opened, the latest last.
    visited: RefCell<Vec<RoomState>>,
    /// Those of them that were joined on this connection: what happens there is heard.
    fresh: RefCell<Vec<RoomId>>,
    syncing: RefCell<Vec<RoomId>>,
    paging: Cell<bool>,
    /// Changes of to-do lists that are asked for.
    wishes: RefCell<Vec<String>>,
    typing: RefCell<Sender>,
    read: Cell<Option<(RoomId, u64)>>,
    /// It will be told soon what has been read.
    reading: Cell<bool>,
    showing: Showing,
    since: i64,
    /// The server said when to come back.
    back_after: Cell<Option<Duration>>,
    coming_back: Cell<bool>,
    pulse: Pulse,
}

impl Driver {
    pub(super) fn start(live: Live, frame: Frame, clock: Clock) -> Option<Self> {
        let client = Client::builder("/").build().ok()?;
        let open = live.open.get_untracked();
        let inner = Rc::new(Inner {
            live,
            frame,
            clock,
            chat: client.namespace(CHAT).ok()?,
            notifications: client.namespace(NOTIFICATIONS).ok()?,
            client,
            kept: Kept::of(live.me().id),
            outbox: RefCell::default(),
            visited: RefCell::new(vec![open]),
            fresh: RefCell::default(),
            syncing: RefCell::default(),
            paging: Cell::new(false),
            wishes: RefCell::default(),
            typing: RefCell::default(),
            read: Cell::new(None),
            reading: Cell::new(false),
            showing: Showing::default(),
            since: now(),
            back_after: Cell::new(None),
            coming_back: Cell::new(false),
            pulse: Pulse::default(),
        });
        Inner::remember_zone();
        inner.apply(open, Event::Zoned(Zone::Browser));
        inner.restore();
        inner.show_marked();
        let mut subscriptions = inner.subscribe();
        subscriptions.push(inner.on_change());
        let listeners = Listeners::new(&inner);
        let ticks = inner.ticks();
        inner.chat.connect();
        inner.notifications.connect();
        Some(Self { inner, _subscriptions: subscriptions, _listeners: listeners, _ticks: ticks })
    }

    pub(super) fn act(&self, action: Action) {
        let inner = &self.inner;
        match action {
            Action::Submit(text) => inner.submit(&text),
            Action::Wrote(text) => inner.wrote(text),
            Action::Reply(key) => inner.reply(key),
            Action::Edit(key) => inner.edit(key),
            Action::EditLast => inner.edit_last(),
            Action::Leave => inner.leave_task(),
            Action::Doom(key) => inner.doom(key),
            Action::Delete => inner.delete(),
            Action::Jump(at) => inner.jump(at),
            Action::Copy(at) => inner.copy(at),
            Action::Retry(id) => inner.retry(id),
            Action::Withdraw(id) => inner.withdraw(id),
            Action::Page { older } => inner.page(older),
            Action::Latest => inner.latest(),
            Action::Following(following) => inner.following(following),
            Action::Go(path) => inner.go(&path),
            Action::AddTodo(title) => inner.add_todo(title),
            Action::TickTodo(todo, done) => inner.tick_todo(todo, done),
            Action::RemoveTodo(todo) => inner.remove_todo(todo),
            Action::TryNow => inner.client.try_now(),
            Action::AllowNotifications => inner.ask_for_notifications(),
        }
    }
}

type Reader = Box<dyn Fn(&Rc<Inner>, &str)>;

impl Inner {
    fn subscribe(self: &Rc<Self>) -> Vec<Subscription> {
        vec![
            self.on(event::MESSAGE, Self::heard),
            self.on(event::ROOM_PRESENCE, Self::seen),
            self.on(event::ROOM_PRESENCE, Self::counted),
            self.on(event::USER_JOINED, Self::came),
            self.on(event::USER_LEFT, Self::went),
            self.on(event::USER_TYPING, Self::types),
            self.on(event::ROOM_UPDATED, Self::updated),
            self.on(event::ROOM_REMOVED, Self::removed),
            self.on(event::TODO, Self::todo_changed),
            self.on(event::READ, Self::read_elsewhere),
            self.on(event::KICKED, Self::kicked),
            self.on(event::ANNOUNCEMENT, Self::announced),
            self.on(event::RESTARTING, Self::told_to_wait),
            self.listen(&self.notifications, event::UNREAD, Self::unread),
            self.listen(&self.notifications, event::NOTIFICATION, Self::notified),
        ]
    }

    fn on<T: Read + 'static>(
        self: &Rc<Self>,
        name: &str,
        handle: fn(&Rc<Self>, T),
    ) -> Subscription {
        self.listen(&self.chat, name, handle)
    }

    fn listen<T: Read + 'static>(
        self: &Rc<Self>,
        namespace: &Namespace,
        name: &str,
        handle: fn(&Rc<Self>, T),
    ) -> Subscription {
        let read = move |this: &Rc<Self>, json: &str| {
            if let Some(payload) = wire::from_event(json) {
                handle(this, payload);
            }
        };
        self.hear(namespace, name, Box::new(read))
    }

    /// What the client needs for a listener is in the page once, not once for each event.
    fn hear(self: &Rc<Self>, namespace: &Namespace, name: &str, read: Reader) -> Subscription {
        let this = Rc::downgrade(self);
        namespace.on(name, move |event| {
            if let Some(this) = Weak::upgrade(&this) {
                this.heard_pulse();
                read(&this, event.json());
            }
        })
    }

    fn on_change(self: &Rc<Self>) -> Subscription {
        let this = Rc::downgrade(self);
        self.client.on_change(move |change| {
            let Some(this) = Weak::upgrade(&this) else {
                return;
            };
            match change {
                Change::Connect { namespace, .. } if &**namespace == CHAT => this.connected(),
                Change::ConnectError { message, refused: true, .. }
                    if &**message == "unauthorized" =>
                {
                    this.show(Link::SignedOut);
                }
                // A refusal for another reason, or an end that the server wanted: it may pass.
                Change::ConnectError { refused: true, .. } | Change::Disconnect { .. } => {
                    this.come_back();
                }
                _ => this.show_state(),
            }
        })
    }

    fn connected(self: &Rc<Self>) {
        self.fresh.borrow_mut().clear();
        self.enter(self.live.open.get_untracked());
        self.list_rooms();
        self.catch_up();
    }

    /// The client doesn't return by itself after the server has sent it away.
    fn come_back(self: &Rc<Self>) {
        self.show_state();
        let away = matches!(self.client.state(), ClientState::Idle | ClientState::Open { .. });
        // Each namespace is told of the same end.
        if away && !self.coming_back.replace(true) {
            let this = Rc::downgrade(self);
            // Everyone was sent away at once; not everyone shall come back at once.
            let wait = TRY_AGAIN_AFTER.mul_f64(0.5 + js_sys::Math::random());
            let wait = self.back_after.take().unwrap_or(wait);
            spawn_local(async move {
                sleep(wait).await;
                if let Some(this) = Weak::upgrade(&this) {
                    this.coming_back.set(false);
                    this.chat.connect();
                    this.notifications.connect();
                }
            });
        }
    }

    fn ticks(self: &Rc<Self>) -> Interval {
        let this = Rc::downgrade(self);
        Interval::new(TICK_MS, move || {
            if let Some(this) = Weak::upgrade(&this) {
                this.tick();
            }
        })
    }

    fn tick(self: &Rc<Self>) {
        let now = now();
        self.show_state();
        self.feel_pulse(now);
        self.clock.tick(now);
        for room in self.visited.borrow().iter() {
            if room.typists.try_with_untracked(|typists| typists.is_late(now)) == Some(true) {
                room.typists.update(|typists| {
                    typists.expire(now);
                });
            }
        }
        let typing = self.typing.borrow_mut().tick(now);
        self.tell_typing(typing);
    }

    fn show_state(&self) {
        let now = self.live.link.try_get_untracked();
        let link = match (self.client.state(), now) {
            (_, None | Some(Link::SignedOut)) => return,
            (ClientState::Waiting { left, attempt, .. }, _) => Link::Waiting {
                seconds: left.as_secs() + u64::from(left.subsec_nanos() > 0),
                tries: attempt,
            },
            // The first connection of a page is no news.
            (_, Some(Link::Page)) => return,
            _ if self.chat.is_connected() => return,
            _ => Link::Connecting,
        };
        self.show(link);
    }

    fn show(&self, link: Link) {
        if self.live.link.try_get_untracked().is_some_and(|now| now != link) {
            self.live.link.set(link);
        }
    }

    fn visited(&self, id: RoomId) -> Option<RoomState> {
        self.visited.borrow().iter().copied().find(|room| room.id == id)
    }

    fn heard(self: &Rc<Self>, changed: MessageChanged) {
        if changed.message.user.id == self.live.me().id {
            self.confirm(changed.message.client_id);
        }
        self.meet(changed.room);
        self.count(&changed);
        if let Some(room) = self.visited(changed.room) {
            let author = changed.message.user.id;
            if room.typists.try_with_untracked(|typists| typists.has(author)) == Some(true) {
                room.typists.update(|typists| typists.said(author));
            }
            let author = &changed.message.user;
            if room.people.try_with_untracked(|people| people.has_changed(author)) == Some(true) {
                room.people.update(|people| people.changed(author.clone()));
            }
            self.apply(room, Event::Changed(changed));
            self.read_soon();
        }
    }

    /// What happens is told of one's own rooms only: another tab has entered this one, or someone else
    /// has opened a direct one.
    fn meet(self: &Rc<Self>, room: RoomId) {
        let known = |rooms: &super::Rooms| rooms.get(room).is_some_and(|room| room.joined);
        if !self.live.rooms.with_untracked(known) {
            self.list_rooms();
        }
    }

    fn seen(self: &Rc<Self>, presence: RoomPresence) {
        if let Some(room) = self.visited(presence.room) {
            // Everyone is a member of `general` from the beginning: of that no one is told.
            let online = presence.action == PresenceAction::Online;
            let user = presence.user.clone();
            let met = room.people.try_update(|people| {
                let known = people.knows(user.id);
                people.apply(presence);
                known
            });
            if online && met == Some(false) {
                self.apply(room, Event::Came(user));
            }
        }
    }

    /// In a crowd it isn't told who.
    fn counted(self: &Rc<Self>, RoomCount { room, count }: RoomCount) {
        self.live.rooms.update(|rooms| rooms.present(room, count));
        if let Some(room) = self.visited(room) {
            room.people.update(|people| people.counted(count));
        }
    }

    fn came(self: &Rc<Self>, membership: Membership) {
        self.meet(membership.room);
        if let Some(room) = self.visited(membership.room) {
            self.apply(room, Event::Came(membership.user));
        }
    }

    fn went(self: &Rc<Self>, membership: Membership) {
        if membership.user.id == self.live.me().id {
            self.live.rooms.update(|rooms| rooms.apply(super::rooms::Event::Left(membership.room)));
            // Whoever comes back enters anew.
            self.fresh.borrow_mut().retain(|fresh| *fresh != membership.room);
            if self.live.open.get_untracked().id == membership.room {
                self.go(&["/room/", GENERAL].concat());
            }
        } else if let Some(room) = self.visited(membership.room) {
            self.apply(room, Event::Went(membership.user));
        }
    }

    fn types(self: &Rc<Self>, typing: UserTyping) {
        if let Some(room) = self.visited(typing.room)
            && typing.user.id != self.live.me().id
        {
            room.typists.update(|typists| typists.apply(typing, now()));
        }
    }

    fn updated(self: &Rc<Self>, updated: RoomUpdated) {
        self.live.rooms.update(|rooms| rooms.apply(super::rooms::Event::Updated(updated.room)));
    }

    fn removed(self: &Rc<Self>, removed: RoomRemoved) {
        self.lost(removed.room);
    }

    fn kicked(self: &Rc<Self>, kicked: Kicked) {
        if let Some(room) = kicked.room {
            self.lost(room);
        }
    }

    fn announced(self: &Rc<Self>, announce: Announce) {
        self.live.announced.set(Some(announce.text));
    }

    fn read_elsewhere(self: &Rc<Self>, read: ReadTo) {
        self.live.rooms.update(|rooms| rooms.apply(super::rooms::Event::Read(read)));
    }

    fn told_to_wait(self: &Rc<Self>, restarting: Restarting) {
        self.back_after.set(Some(Duration::from_millis(restarting.retry_after)));
    }

    async fn ask<T: Read>(&self, event: &str, payload: &impl Serialize) -> Result<T, ApiError> {
        let payload = to_raw_value(payload).map_err(|_| ApiError::internal())?;
        let answer = self.question(event, &payload).await?;
        wire::from_answer(answer.json())
    }

    /// As it is the same for every question, it is in the page once.
    async fn question(&self, event: &str, payload: &RawValue) -> Result<Answer, ApiError> {
        let answer = self.chat.event(event).timeout(ANSWER_WITHIN).emit_with_ack::<Answer>(payload);
        answer.await.map_err(|_| ApiError::unavailable(0))
    }

    /// Says something that needs no answer, and may get lost.
    fn mention(namespace: &Namespace, event: &str, payload: &impl Serialize) {
        if let Ok(payload) = to_raw_value(payload) {
            let _ = namespace.emit(event, &*payload);
        }
    }

    /// What can't be told beside the thing itself.
    fn tell(&self, error: ApiError) {
        let _ = self.live.told.try_set(Some(error));
    }
}

fn may_pass(error: &ApiError) -> bool {
    matches!(error.code, ErrorCode::Unavailable | ErrorCode::RateLimited)
}

#[allow(clippy::cast_possible_truncation, reason = "milliseconds since 1970")]
fn now() -> i64 {
    js_sys::Date::now() as i64
}
