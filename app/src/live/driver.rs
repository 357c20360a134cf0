//! Between the socket and the reducers: what arrives becomes an event for them, what they wish and
//! what the user wants is sent.

use super::outbox::{Letter, Outbox};
use super::storage::LetterStorage;
use super::timeline::{Event, Wish};
use super::{Action, Link, Live};
use gloo_timers::callback::Interval;
use gloo_timers::future::sleep;
use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::event::{self, InRoom, Joined, MessageChanged, RoomPresence, Sent, Synced};
use protocol::{ApiError, ClientId, ErrorCode, reply};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use socketio_client::{Change, Client, ClientState, Namespace, Subscription};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::time::Duration;

const NAMESPACE: &str = "/chat";
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(1);
const TICK_MS: u32 = 500;

/// Lives as long as the room is on the page; dropping it closes the connection.
pub(super) struct Driver {
    inner: Rc<Inner>,
    _subscriptions: Vec<Subscription>,
    _countdown: Interval,
}

struct Inner {
    live: Live,
    client: Client,
    chat: Namespace,
    outbox: RefCell<Outbox>,
    storage: LetterStorage,
    syncing: Cell<bool>,
}

impl Driver {
    pub(super) fn start(live: Live) -> Option<Self> {
        let client = Client::builder("/").build().ok()?;
        let chat = client.namespace(NAMESPACE).ok()?;
        let storage = LetterStorage::of(live.me().id);
        let outbox = RefCell::default();
        let inner =
            Rc::new(Inner { live, client, chat, outbox, storage, syncing: Cell::new(false) });
        inner.restore();
        let subscriptions = vec![
            inner.on(event::MESSAGE, Inner::heard),
            inner.on(event::ROOM_PRESENCE, Inner::seen),
            inner.on_change(),
        ];
        let countdown = inner.countdown();
        inner.chat.connect();
        Some(Self { inner, _subscriptions: subscriptions, _countdown: countdown })
    }

    pub(super) fn act(&self, action: Action) {
        match action {
            Action::Say(text) => self.inner.say(text),
            Action::Retry(id) => self.inner.retry(id),
            Action::Withdraw(id) => self.inner.withdraw(id),
            Action::TryNow => self.inner.client.try_now(),
        }
    }
}

impl Inner {
    fn on<T: DeserializeOwned + 'static>(
        self: &Rc<Self>,
        name: &str,
        handle: fn(&Rc<Self>, T),
    ) -> Subscription {
        let this = Rc::downgrade(self);
        self.chat.on(name, move |event| {
            if let (Some(this), Ok(payload)) = (Weak::upgrade(&this), event.get(0)) {
                handle(&this, payload);
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
                Change::Connect { .. } => {
                    let this = Rc::clone(&this);
                    spawn_local(async move { this.enter().await });
                }
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

    /// The client doesn't return by itself after the server has sent it away.
    fn come_back(self: &Rc<Self>) {
        self.show_state();
        if matches!(self.client.state(), ClientState::Idle | ClientState::Open { .. }) {
            let this = Rc::downgrade(self);
            // Everyone was sent away at once; not everyone shall come back at once.
            let wait = TRY_AGAIN_AFTER.mul_f64(0.5 + js_sys::Math::random());
            spawn_local(async move {
                sleep(wait).await;
                if let Some(this) = Weak::upgrade(&this) {
                    this.chat.connect();
                }
            });
        }
    }

    fn countdown(self: &Rc<Self>) -> Interval {
        let this = Rc::downgrade(self);
        Interval::new(TICK_MS, move || {
            if let Some(this) = Weak::upgrade(&this) {
                this.show_state();
            }
        })
    }

    fn show_state(&self) {
        let now = self.live.link.try_get_untracked();
        let link = match (self.client.state(), now) {
            (_, None | Some(Link::SignedOut)) => return,
            (ClientState::Waiting { left, .. }, _) => {
                Link::Waiting { seconds: left.as_secs() + u64::from(left.subsec_nanos() > 0) }
            }
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

    /// Joins the room and catches up; then what was written meanwhile is sent.
    async fn enter(self: Rc<Self>) {
        let room = InRoom { room: self.live.room().id.to_string() };
        match self.ask::<Joined>(event::JOIN_ROOM, &room).await {
            Ok(joined) => self.entered(joined),
            Err(error) if may_pass(&error) && self.chat.is_connected() => {
                sleep(TRY_AGAIN_AFTER).await;
                spawn_local(self.enter());
            }
            // The next connection enters again, if there is still something to enter.
            Err(_) => {}
        }
    }

    fn entered(self: &Rc<Self>, mut joined: Joined) {
        self.show(Link::Connected);
        let members = std::mem::take(&mut joined.members);
        self.live.people.try_update(|people| *people = super::People::new(members));
        self.apply(Event::Opened(Box::new(joined)));
        self.send_next();
    }

    fn heard(self: &Rc<Self>, changed: MessageChanged) {
        if changed.room == self.live.room().id {
            self.confirm(changed.message.client_id);
            self.apply(Event::Changed(changed));
        }
    }

    fn seen(self: &Rc<Self>, presence: RoomPresence) {
        if presence.room == self.live.room().id {
            self.live.people.try_update(|people| people.apply(presence));
        }
    }

    fn apply(self: &Rc<Self>, event: Event) {
        let wish = self.live.timeline.try_update(|timeline| timeline.apply(event));
        if let Some(Wish::Sync { since }) = wish
            && !self.syncing.replace(true)
        {
            let this = Rc::clone(self);
            spawn_local(async move { this.sync(since).await });
        }
    }

    async fn sync(self: Rc<Self>, since: u64) {
        let room = self.live.room().id;
        let ask = event::Sync { rooms: BTreeMap::from([(room, since)]) };
        let answer = self.ask::<Synced>(event::SYNC, &ask).await;
        self.syncing.set(false);
        // Without an answer the connection is lost, and the next one begins with a sync.
        if let Some(changes) = answer.ok().and_then(|mut synced| synced.rooms.remove(&room)) {
            for message in &changes.messages {
                self.confirm(message.client_id);
            }
            self.apply(Event::Synced(changes));
        }
    }

    fn restore(self: &Rc<Self>) {
        for letter in self.storage.kept(&self.live.room().id.to_string()) {
            self.apply(Event::Written { id: letter.id, text: letter.text.clone() });
            self.outbox.borrow_mut().push(letter);
        }
    }

    fn say(self: &Rc<Self>, text: String) {
        let letter = Letter { id: new_client_id(), room: self.live.room().id.to_string(), text };
        self.storage.keep(&letter);
        self.apply(Event::Written { id: letter.id, text: letter.text.clone() });
        self.outbox.borrow_mut().push(letter);
        self.send_next();
    }

    fn retry(self: &Rc<Self>, id: ClientId) {
        self.apply(Event::Retried { id });
        let kept = self.storage.kept(&self.live.room().id.to_string());
        if let Some(letter) = kept.into_iter().find(|letter| letter.id == id) {
            self.outbox.borrow_mut().push(letter);
        }
        self.send_next();
    }

    fn withdraw(self: &Rc<Self>, id: ClientId) {
        self.confirm(id);
        self.apply(Event::Withdrawn { id });
    }

    /// Nothing more needs to be done for this message.
    fn confirm(&self, id: ClientId) {
        self.outbox.borrow_mut().remove(id);
        self.storage.forget(id);
    }

    fn send_next(self: &Rc<Self>) {
        if !self.chat.is_connected() {
            return;
        }
        let next = self.outbox.borrow_mut().next_to_send();
        if let Some(letter) = next {
            let this = Rc::clone(self);
            spawn_local(async move { this.send(letter).await });
        }
    }

    async fn send(self: Rc<Self>, letter: Letter) {
        let Letter { id, room, text } = letter;
        let message = event::Send { room, id, text, kind: protocol::MessageKind::Text };
        match self.ask::<Sent>(event::MESSAGE, &message).await {
            Ok(sent) => {
                self.confirm(id);
                self.apply(Event::Acked(sent.message));
            }
            Err(error) if may_pass(&error) => {
                sleep(error.retry_after.map_or(TRY_AGAIN_AFTER, Duration::from_millis)).await;
                self.outbox.borrow_mut().unanswered(id);
            }
            Err(error) => {
                self.outbox.borrow_mut().remove(id);
                self.apply(Event::Refused { id, error });
            }
        }
        self.send_next();
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        event: &str,
        payload: &impl Serialize,
    ) -> Result<T, ApiError> {
        let answer =
            self.chat.event(event).timeout(ANSWER_WITHIN).emit_with_ack::<Box<RawValue>>(payload);
        answer
            .await
            .map_err(|_| ApiError::unavailable(0))
            .and_then(|answer| reply::read(answer.get()))
    }
}

fn may_pass(error: &ApiError) -> bool {
    matches!(error.code, ErrorCode::Unavailable | ErrorCode::RateLimited)
}

fn new_client_id() -> ClientId {
    let mut random = [0; 10];
    if let Some(crypto) = web_sys::window().and_then(|window| window.crypto().ok()) {
        // A browser without randomness leaves the time, which one person's messages don't share.
        let _ = crypto.get_random_values_with_u8_array(&mut random);
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "milliseconds since 1970"
    )]
    ClientId::new(js_sys::Date::now() as u64, random)
}
