//! One socket: its dialect, its name, the rooms it is in.

use super::dialect::{Dialect, News, Place, Words};
use super::dialects::UNDECIDED;
use crate::socket::drop_stalled;
use chat::{Address, Identity};
use protocol::limits::TYPING_TOLD_EVERY;
use protocol::{ApiError, ClientId, RoomId, SessionId, UserId};
use serde_json::Value;
use socketioxide::extract::SocketRef;
use socketioxide::{SendError, SocketError};
use std::collections::{HashMap, HashSet};
// A std lock: what is told is put into the socket's channel under it, in order, and nothing is awaited.
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

pub(super) struct Visitor {
    pub(super) number: u64,
    pub(super) socket: SocketRef,
    pub(super) address: Address,
    /// The room of its namespace.
    pub(super) bound: RoomId,
    /// Who its token says it is.
    pub(super) token: Option<Identity>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Hears nothing before it speaks.
    waits: bool,
    dialect: Option<&'static dyn Dialect>,
    who: Option<Identity>,
    /// Whether it has said who it is.
    named: bool,
    /// The rooms that it has entered, by what it calls them; `None` is that of its namespace.
    rooms: HashMap<RoomId, Option<String>>,
    current: Option<RoomId>,
    /// Is out of the room of its namespace, by its own will or another's.
    out: bool,
    /// What it has said and not yet heard.
    said: HashSet<ClientId>,
    types: HashMap<RoomId, Instant>,
    /// What is told while it enters a room, to be heard after that it has.
    held: Option<Words>,
}

/// What a socket is to the news that it is told.
pub(super) struct Listener<'a>(&'a mut State);

impl Listener<'_> {
    pub(super) fn is(&self, user: UserId) -> bool {
        self.0.is(user)
    }

    /// Once for each thing said.
    pub(super) fn has_said(&mut self, message: ClientId) -> bool {
        self.0.said.remove(&message)
    }
}

impl Visitor {
    pub(super) fn new(
        number: u64,
        socket: SocketRef,
        address: Address,
        bound: RoomId,
        token: Option<Identity>,
        waits: bool,
    ) -> Self {
        let state = Mutex::new(State { waits, ..State::default() });
        Self { number, socket, address, bound, token, state }
    }

    pub(super) fn who(&self) -> Option<Identity> {
        self.lock().who.clone()
    }

    pub(super) fn is_called(&self, who: Identity, named: bool) {
        let mut state = self.lock();
        state.who = Some(who);
        state.named = named;
    }

    pub(super) fn is_no_one(&self) -> bool {
        self.token.is_none() && self.lock().who.is_none()
    }

    /// It is no one, or a guest whose name was made up.
    pub(super) fn is_nameless(&self) -> bool {
        self.token.is_none() && !self.lock().named
    }

    pub(super) fn is(&self, user: UserId) -> bool {
        self.lock().is(user)
    }

    pub(super) fn came_with(&self, session: SessionId) -> bool {
        let own = |who: &Identity| who.session == session;
        self.token.as_ref().is_some_and(own) || self.lock().who.as_ref().is_some_and(own)
    }

    pub(super) fn dialect(&self) -> Option<&'static dyn Dialect> {
        self.lock().dialect
    }

    /// It has said its first event.
    pub(super) fn speaks(&self, dialect: &'static dyn Dialect) {
        self.lock().dialect = Some(dialect);
    }

    pub(super) fn enters(&self, room: RoomId, called: Option<&str>) {
        let mut state = self.lock();
        state.rooms.insert(room, called.map(str::to_owned));
        state.current = Some(room);
        state.out &= room != self.bound;
    }

    pub(super) fn leaves(&self, room: RoomId) {
        let mut state = self.lock();
        state.rooms.remove(&room);
        state.types.remove(&room);
        if state.current == Some(room) {
            state.current = None;
        }
        state.out |= room == self.bound;
    }

    pub(super) fn is_in(&self, room: RoomId) -> bool {
        self.lock().rooms.contains_key(&room)
    }

    /// The room that it has entered by that name.
    pub(super) fn knows(&self, called: &str) -> Option<RoomId> {
        let state = self.lock();
        let mut known = state.rooms.iter();
        known.find(|(_, name)| name.as_deref() == Some(called)).map(|(room, _)| *room)
    }

    pub(super) fn current(&self) -> Option<RoomId> {
        self.lock().current
    }

    pub(super) fn rooms(&self) -> Vec<RoomId> {
        self.lock().rooms.keys().copied().collect()
    }

    pub(super) fn says(&self, message: ClientId) {
        self.lock().said.insert(message);
    }

    /// It was not said after all.
    pub(super) fn takes_back(&self, message: ClientId) {
        self.lock().said.remove(&message);
    }

    /// Whether that is news: programs tell each key.
    pub(super) fn types(&self, room: RoomId, on: bool) -> bool {
        let mut state = self.lock();
        let told = state.types.remove(&room);
        let recent = told.filter(|told| on && told.elapsed() < TYPING_TOLD_EVERY);
        if on {
            state.types.insert(room, recent.unwrap_or_else(Instant::now));
            recent.is_none()
        } else {
            told.is_some()
        }
    }

    /// Tells it something of a room that it hears.
    pub(super) fn tell<'a>(&self, room: RoomId, news: impl FnOnce(Listener<'_>) -> News<'a>) {
        let mut state = self.lock();
        if !state.hears(room, self.bound) {
            return;
        }
        let news = news(Listener(&mut state));
        let words = state.words(room, self.bound, &news);
        match &mut state.held {
            Some(held) => held.extend(words),
            None => self.emit(words),
        }
    }

    /// Answers what it has asked, before anything that was told meanwhile.
    pub(super) fn answer(&self, room: RoomId, news: &News<'_>) {
        let state = self.lock();
        self.emit(state.words(room, self.bound, news));
    }

    pub(super) fn hold(&self) {
        self.lock().held = Some(Words::new());
    }

    pub(super) fn release(&self) {
        let mut state = self.lock();
        if let Some(held) = state.held.take() {
            self.emit(held);
        }
    }

    /// Tells it that something is refused, or over.
    pub(super) fn refuse(&self, error: &ApiError) -> Result<(), SendError> {
        let (event, payload) = self.lock().dialect.unwrap_or(UNDECIDED).refuse(error);
        self.socket.emit(event, &payload)
    }

    fn emit(&self, words: Words) {
        for (event, payload) in words {
            self.emit_one(event, &payload);
        }
    }

    fn emit_one(&self, event: &str, payload: &Value) {
        match self.socket.emit(event, payload) {
            Ok(()) => {}
            Err(SendError::Socket(SocketError::InternalChannelFull)) => {
                drop_stalled(self.socket.clone());
            }
            Err(error) => tracing::debug!(%error, event, "a visitor was not told"),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is(&self, user: UserId) -> bool {
        self.who.as_ref().is_some_and(|who| who.user.id == user)
    }

    fn hears(&self, room: RoomId, bound: RoomId) -> bool {
        let listens = match self.dialect {
            Some(dialect) => dialect.hears_bound(),
            None => !self.waits,
        };
        self.rooms.contains_key(&room) || (listens && room == bound && !self.out)
    }

    fn words(&self, room: RoomId, bound: RoomId, news: &News<'_>) -> Words {
        let called = self.rooms.get(&room).and_then(Option::as_deref);
        let place = Place { called, bound: room == bound };
        self.dialect.unwrap_or(UNDECIDED).tell(place, news)
    }
}
