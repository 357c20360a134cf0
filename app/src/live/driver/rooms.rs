use super::super::rooms::Event as Listing;
use super::super::timeline::{Event, Wish};
use super::super::{Link, People, RoomState};
use super::{Inner, TRY_AGAIN_AFTER, may_pass};
use crate::room::address::Address;
use crate::wire::{self, Synced};
use gloo_timers::future::sleep;
use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::event::{self, History, InRoom, Joined, OneRoom, Page, Rooms, WithUser};
use protocol::limits::PAGE;
use protocol::{ErrorCode, Room, RoomId};
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// Rooms that stay as they were left, so that going back is at once.
const VISITED: usize = 20;

impl Inner {
    /// Joins the room and catches up; then what was written meanwhile is sent.
    pub(super) fn enter(self: &Rc<Self>, room: RoomState) {
        let this = Rc::clone(self);
        spawn_local(async move {
            let ask = InRoom { room: room.id.to_string() };
            loop {
                match this.ask::<Joined>(event::JOIN_ROOM, &ask).await {
                    Ok(joined) => return this.entered(room, joined),
                    Err(error) if may_pass(&error) && this.chat.is_connected() => {
                        sleep(TRY_AGAIN_AFTER).await;
                    }
                    Err(error) if error.code == ErrorCode::NotFound => return this.lost(room.id),
                    // The next connection enters again, if there is still something to enter.
                    Err(_) => return,
                }
            }
        });
    }

    fn entered(self: &Rc<Self>, room: RoomState, mut joined: Joined) {
        self.show(Link::Connected);
        self.fresh.borrow_mut().push(room.id);
        let first = room.timeline.try_with_untracked(|timeline| timeline.last_seq().is_none());
        let members = std::mem::take(&mut joined.members);
        let read = (joined.room.unread > 0).then_some(joined.room.read_seq);
        room.people.update(|people| *people = People::new(members));
        room.may.set(joined.may);
        self.live.rooms.update(|rooms| rooms.apply(Listing::Entered(joined.room.clone())));
        self.apply(room, Event::Opened(Box::new(joined)));
        if let (Some(true), Some(seq)) = (first, read) {
            self.apply(room, Event::Marked(seq));
        }
        self.read_soon();
        self.send_all();
        self.list_todos(room);
    }

    pub(super) fn list_rooms(self: &Rc<Self>) {
        let this = Rc::clone(self);
        spawn_local(async move {
            if let Ok(Rooms { rooms }) = this.ask(event::ROOMS, &event::Done {}).await {
                this.live.rooms.update(|known| known.apply(Listing::Listed(rooms)));
            }
        });
    }

    /// The other rooms that were opened: joining is left for when they are opened again.
    pub(super) fn catch_up(self: &Rc<Self>) {
        for room in self.visited.borrow().iter() {
            if *room != self.live.open.get_untracked()
                && let Some(since) = room.timeline.try_with_untracked(super::super::Timeline::rev)
            {
                self.sync(*room, since);
            }
        }
    }

    pub(super) fn apply(self: &Rc<Self>, room: RoomState, event: Event) {
        let can_wait = matches!(event, Event::Changed(_));
        let wish = room.timeline.try_update_untracked(|timeline| timeline.apply(event));
        self.show_soon(room, can_wait);
        if let Some(Wish::Sync { since }) = wish {
            self.sync(room, since);
        }
    }

    fn sync(self: &Rc<Self>, room: RoomState, since: u64) {
        if self.syncing.borrow().contains(&room.id) {
            return;
        }
        self.syncing.borrow_mut().push(room.id);
        let this = Rc::clone(self);
        spawn_local(async move {
            let ask = wire::since(room.id, since);
            let answer = this.ask::<Synced>(event::SYNC, &ask).await;
            this.syncing.borrow_mut().retain(|id| *id != room.id);
            // Without an answer the connection is lost, and the next one begins with a sync.
            let Some(changes) = answer.ok().and_then(|synced| synced.of(room.id)) else {
                return;
            };
            if changes.rev < since {
                this.apply(room, Event::Undone);
                return this.enter(room);
            }
            for message in &changes.messages {
                this.confirm(message.client_id);
            }
            this.apply(room, Event::Synced { since, changes });
            this.read_soon();
        });
    }

    /// Turns to what was said before, or after, what is on the page.
    pub(super) fn page(self: &Rc<Self>, older: bool) {
        let room = self.live.open.get_untracked();
        let Some(asked) = room.timeline.with_untracked(|timeline| timeline.ask(older)) else {
            return;
        };
        let (before, after) = if older { (Some(asked.seq), None) } else { (None, Some(asked.seq)) };
        self.turn(room, before, after, move |page| Event::Paged {
            asked,
            messages: page.messages,
            more: page.more,
        });
    }

    /// Down to what was said last.
    pub(super) fn latest(self: &Rc<Self>) {
        let room = self.live.open.get_untracked();
        let (newer, since) =
            room.timeline.with_untracked(|timeline| (timeline.newer(), timeline.rev()));
        if newer {
            self.turn(room, None, None, move |page| Event::Shown {
                messages: page.messages,
                older: page.more,
                newer: false,
                since,
            });
        }
        crate::room::scroll::to_end();
    }

    fn turn(
        self: &Rc<Self>,
        room: RoomState,
        before: Option<u64>,
        after: Option<u64>,
        shown: impl FnOnce(Page) -> Event + 'static,
    ) {
        if self.paging.replace(true) {
            return;
        }
        let this = Rc::clone(self);
        spawn_local(async move {
            let limit = Some(PAGE);
            let ask = History { room: room.id.to_string(), before, after, limit };
            let answer = this.ask(event::HISTORY, &ask).await;
            this.paging.set(false);
            if let Ok(page) = answer {
                this.apply(room, shown(page));
            }
        });
    }

    /// To a page of ours: a room opens at once, anything else is loaded.
    pub(super) fn go(self: &Rc<Self>, path: &str) {
        match Address::of(path) {
            Some(address) => self.visit(address, Some(path.to_owned())),
            None => load(path),
        }
    }

    /// The browser went back or forth.
    pub(super) fn returned(self: &Rc<Self>) {
        let path = location();
        match Address::of(&path) {
            Some(address) => self.visit(address, None),
            None => load(&path),
        }
    }

    /// `push` is the address for the browser's history, if it is a new one.
    fn visit(self: &Rc<Self>, address: Address, push: Option<String>) {
        let known = self.live.rooms.with_untracked(|rooms| match &address {
            Address::Room { slug, .. } => rooms.by_slug(slug).cloned(),
            Address::Direct { name, .. } => rooms.direct_with(name).cloned(),
        });
        let at = address.at();
        if let Some(room) = known {
            self.show_room(&room, push);
            if let Some(at) = at {
                self.jump(at);
            }
            return;
        }
        let this = Rc::clone(self);
        spawn_local(async move {
            let found = match &address {
                Address::Room { slug, .. } => {
                    let ask = InRoom { room: slug.clone() };
                    this.ask::<Joined>(event::JOIN_ROOM, &ask).await.map(|joined| joined.room)
                }
                Address::Direct { name, .. } => {
                    let ask = WithUser { user: name.clone() };
                    this.ask::<OneRoom>(event::OPEN_DM, &ask).await.map(|opened| opened.room)
                }
            };
            match found {
                Ok(room) => {
                    this.live.rooms.update(|rooms| rooms.apply(Listing::Entered(room.clone())));
                    this.show_room(&room, push);
                    if let Some(at) = at {
                        this.jump(at);
                    }
                }
                Err(error) => this.tell(error),
            }
        });
    }

    fn show_room(self: &Rc<Self>, room: &Room, push: Option<String>) {
        if let Some(path) = push {
            // When the room is painted: a browser that has a new address looks for the page's icon anew.
            request_animation_frame(move || request_animation_frame(move || move_to(&path)));
        }
        self.live.at.set(None);
        let before = self.live.open.get_untracked();
        if before.id == room.id {
            return;
        }
        self.apply(before, Event::Left);
        let state = self.visited(room.id).unwrap_or_else(|| self.first_visit(room.id));
        self.stop_typing();
        self.live.open.set(state);
        if !self.fresh.borrow().contains(&room.id) && self.chat.is_connected() {
            self.enter(state);
        } else if room.unread > 0 {
            self.apply(state, Event::Marked(room.read_seq));
        }
        self.read_soon();
    }

    fn first_visit(self: &Rc<Self>, id: RoomId) -> RoomState {
        let room = RoomState::new(id, self.live.me().id);
        self.apply(room, Event::Zoned(self.clock.zone()));
        self.restore_room(room);
        let mut visited = self.visited.borrow_mut();
        visited.push(room);
        if visited.len() > VISITED {
            let open = self.live.open.get_untracked();
            if let Some(place) = visited.iter().position(|room| *room != open) {
                visited.remove(place).dispose();
            }
        }
        room
    }

    /// To one message, as a permalink leads there.
    pub(super) fn jump(self: &Rc<Self>, at: u64) {
        self.live.at.set(Some(at));
        let room = self.live.open.get_untracked();
        if room.timeline.with_untracked(|timeline| timeline.holds(at)) {
            return crate::room::scroll::show(at);
        }
        let this = Rc::clone(self);
        spawn_local(async move {
            let history = |before, after| {
                let limit = Some(PAGE / 2);
                History { room: room.id.to_string(), before, after, limit }
            };
            let rev = || room.timeline.try_with_untracked(super::super::Timeline::rev);
            if rev() == Some(0) {
                // It is only being entered: what is asked now is answered after that.
                let _ = this.ask::<Page>(event::HISTORY, &history(None, Some(at))).await;
            }
            let Some(since) = rev() else { return };
            let up = this.ask::<Page>(event::HISTORY, &history(Some(at + 1), None)).await;
            let down = this.ask::<Page>(event::HISTORY, &history(None, Some(at))).await;
            if let (Ok(mut up), Ok(down)) = (up, down) {
                up.messages.extend(down.messages);
                let (messages, older, newer) = (up.messages, up.more, down.more);
                this.apply(room, Event::Shown { messages, older, newer, since });
                if this.live.open.get_untracked() == room {
                    crate::room::scroll::show(at);
                }
            }
        });
    }

    /// A permalink's fragment has led the browser there already.
    pub(super) fn show_marked(&self) {
        let fragment = web_sys::window().and_then(|window| window.location().hash().ok());
        if let (Some(at), true) =
            (self.live.at.get_untracked(), fragment.is_none_or(|it| it.is_empty()))
        {
            crate::room::scroll::show(at);
        }
    }

    /// The address of a message goes to the clipboard.
    pub(super) fn copy(&self, at: u64) {
        if let (Some(room), Some(window)) = (self.live.room(), web_sys::window()) {
            let origin = window.location().origin().unwrap_or_default();
            let path = crate::room::path(&room);
            // Where it is forbidden, the link is still one to copy by hand.
            let _ = window
                .navigator()
                .clipboard()
                .write_text(&format!("{origin}{path}?at={at}#m-{at}"));
        }
    }

    /// The room is no longer open to us.
    pub(super) fn lost(self: &Rc<Self>, id: RoomId) {
        self.live.rooms.update(|rooms| rooms.apply(Listing::Removed(id)));
        self.fresh.borrow_mut().retain(|other| *other != id);
        if self.live.open.get_untracked().id == id {
            load("/");
        }
    }
}

impl RoomState {
    fn dispose(self) {
        self.timeline.dispose();
        self.shown.dispose();
        self.people.dispose();
        self.typists.dispose();
        self.writing.dispose();
        self.may.dispose();
        self.todos.dispose();
    }
}

fn load(path: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().set_href(path);
    }
}

fn move_to(path: &str) {
    if let Some(window) = web_sys::window()
        && path != location()
        && let Ok(history) = window.history()
    {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

fn location() -> String {
    let location = web_sys::window().map(|window| window.location());
    let part = |part: Result<String, JsValue>| part.unwrap_or_default();
    location.map(|place| part(place.pathname()) + &part(place.search())).unwrap_or_default()
}
