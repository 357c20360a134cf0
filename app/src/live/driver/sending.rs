use super::super::RoomState;
use super::super::outbox::Letter;
use super::super::timeline::{self, Event, Key, Row};
use super::super::writing::Submitted;
use super::{Inner, TRY_AGAIN_AFTER, may_pass, now};
use gloo_timers::future::sleep;
use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::event::{self, Edit, OfMessage, Send, Sent, Typing};
use protocol::limits::EDIT_WITHIN;
use protocol::{ClientId, Message, MessageId, MessageKind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

#[allow(clippy::cast_possible_truncation, reason = "a day")]
const EDIT_WITHIN_MS: i64 = EDIT_WITHIN.as_millis() as i64;

impl Inner {
    /// What an earlier page left.
    pub(super) fn restore(self: &Rc<Self>) {
        for letter in self.kept.letters() {
            self.outbox.borrow_mut().push(letter);
        }
        self.restore_room(self.live.open.get_untracked());
    }

    pub(super) fn restore_room(self: &Rc<Self>, room: RoomState) {
        for letter in self.kept.letters() {
            if letter.room == room.id {
                self.apply(room, written(&letter, None));
            }
        }
        let draft = self.kept.draft(room.id);
        if !draft.is_empty() {
            room.writing.update(|writing| writing.restore(draft));
        }
    }

    pub(super) fn submit(self: &Rc<Self>, text: &str) {
        let room = self.live.open.get_untracked();
        let Some(submitted) = room.writing.try_update(|writing| writing.submit(text)) else {
            return;
        };
        match submitted {
            Submitted::Send { text, reply } => {
                self.say(room, text, reply);
                self.done_writing(room);
            }
            Submitted::Edit { message, text } => self.change(room, message, text),
            Submitted::Nothing => self.done_writing(room),
            Submitted::Refused => {}
        }
    }

    fn done_writing(self: &Rc<Self>, room: RoomState) {
        self.keep_draft(room);
        let stopped = self.typing.borrow_mut().sent();
        self.tell_typing(stopped);
    }

    pub(super) fn wrote(self: &Rc<Self>, text: String) {
        let room = self.live.open.get_untracked();
        let typing = if text.trim().is_empty() {
            self.typing.borrow_mut().sent()
        } else {
            self.typing.borrow_mut().key(now())
        };
        self.tell_typing(typing);
        room.writing.update(|writing| writing.wrote(text));
        self.keep_draft(room);
    }

    fn keep_draft(&self, room: RoomState) {
        room.writing.with_untracked(|writing| self.kept.keep_draft(room.id, writing.draft()));
    }

    pub(super) fn tell_typing(&self, on: Option<bool>) {
        if let Some(on) = on
            && self.chat.is_connected()
        {
            let room = self.live.open.get_untracked().id.to_string();
            Self::mention(&self.chat, event::TYPING, &Typing { room, on });
        }
    }

    pub(super) fn stop_typing(&self) {
        let stopped = self.typing.borrow_mut().sent();
        self.tell_typing(stopped);
    }

    pub(super) fn reply(&self, key: ClientId) {
        if let Some((room, message)) = self.said(key) {
            room.writing.update(|writing| writing.reply(message));
        }
    }

    pub(super) fn edit(&self, key: ClientId) {
        if let Some((room, message)) = self.said(key) {
            room.writing.update(|writing| writing.edit(message));
        }
    }

    pub(super) fn edit_last(&self) {
        let room = self.live.open.get_untracked();
        let since = now() - EDIT_WITHIN_MS;
        let last = room.timeline.with_untracked(|timeline| timeline.last_own(since));
        if let Some(message) = last {
            room.writing.update(|writing| writing.edit(message));
        }
    }

    fn said(&self, key: ClientId) -> Option<(RoomState, Arc<Message>)> {
        let room = self.live.open.get_untracked();
        let row = room.timeline.with_untracked(|timeline| timeline.row(Key::Message(key)));
        match row {
            Some(Row::Said { message, .. }) => Some((room, message)),
            _ => None,
        }
    }

    pub(super) fn leave_task(&self) {
        self.live.doomed.set(None);
        self.live.open.get_untracked().writing.update(super::super::Writing::leave);
    }

    fn say(self: &Rc<Self>, room: RoomState, text: String, reply: Option<Arc<Message>>) {
        let reply_to = reply.as_ref().map(|message| message.id);
        let letter = Letter { id: new_client_id(), room: room.id, text, reply_to };
        self.kept.keep(&letter);
        if room.timeline.with_untracked(super::super::Timeline::newer) {
            // Said at the end, wherever one has just read.
            self.latest();
        }
        self.apply(room, written(&letter, reply));
        crate::room::scroll::to_end();
        self.outbox.borrow_mut().push(letter);
        self.send_all();
    }

    fn change(self: &Rc<Self>, room: RoomState, message: MessageId, text: String) {
        let this = Rc::clone(self);
        spawn_local(async move {
            let ask = Edit { room: room.id.to_string(), message, text };
            match this.ask::<Sent>(event::EDIT_MESSAGE, &ask).await {
                Ok(sent) => {
                    this.apply(room, Event::Acked(sent.message));
                    room.writing.update(|writing| writing.edited(message));
                    this.done_writing(room);
                }
                Err(error) => {
                    room.writing.update(|writing| writing.refused(error));
                }
            }
        });
    }

    pub(super) fn doom(&self, key: ClientId) {
        let message = self.said(key).map(|(_, message)| message);
        self.live.doomed.set(message);
    }

    pub(super) fn delete(self: &Rc<Self>) {
        let Some(message) = self.live.doomed.try_update(Option::take).flatten() else {
            return;
        };
        let this = Rc::clone(self);
        spawn_local(async move {
            let ask = OfMessage { room: message.room.to_string(), message: message.id };
            match this.ask::<Sent>(event::DELETE_MESSAGE, &ask).await {
                Ok(sent) => {
                    if let Some(room) = this.visited(message.room) {
                        this.apply(room, Event::Acked(sent.message));
                    }
                }
                Err(error) => this.tell(error),
            }
        });
    }

    pub(super) fn retry(self: &Rc<Self>, id: ClientId) {
        let room = self.live.open.get_untracked();
        let row = room.timeline.with_untracked(|timeline| timeline.row(Key::Message(id)));
        if let Some(Row::Draft { draft, .. }) = row {
            self.apply(room, Event::Retried { id });
            let (text, reply_to) = (draft.text.clone(), draft.reply);
            self.outbox.borrow_mut().push(Letter { id, room: room.id, text, reply_to });
        }
        self.send_all();
    }

    pub(super) fn withdraw(self: &Rc<Self>, id: ClientId) {
        self.confirm(id);
        self.apply(self.live.open.get_untracked(), Event::Withdrawn { id });
    }

    /// Nothing more needs to be done for this message.
    pub(super) fn confirm(&self, id: ClientId) {
        self.outbox.borrow_mut().remove(id);
        self.kept.forget(id);
    }

    pub(super) fn send_all(self: &Rc<Self>) {
        while self.chat.is_connected() {
            let Some(letter) = self.outbox.borrow_mut().next_to_send() else {
                return;
            };
            let this = Rc::clone(self);
            spawn_local(async move { this.send(letter).await });
        }
    }

    async fn send(self: Rc<Self>, letter: Letter) {
        let Letter { id, room, text, reply_to } = letter;
        let kind = MessageKind::Text;
        let message = Send { room: room.to_string(), id, text, kind, reply_to };
        let answer = self.ask::<Sent>(event::MESSAGE, &message).await;
        let state = self.visited(room);
        match answer {
            Ok(sent) => {
                self.confirm(id);
                if let Some(room) = state {
                    self.apply(room, Event::Acked(sent.message));
                }
            }
            Err(error) if may_pass(&error) => {
                sleep(error.retry_after.map_or(TRY_AGAIN_AFTER, Duration::from_millis)).await;
                self.outbox.borrow_mut().unanswered(id);
            }
            Err(error) => {
                self.outbox.borrow_mut().remove(id);
                if let Some(room) = state {
                    self.apply(room, Event::Refused { id, error });
                }
            }
        }
        self.send_all();
    }
}

fn written(letter: &Letter, reply: Option<Arc<Message>>) -> Event {
    Event::Written {
        id: letter.id,
        text: letter.text.clone(),
        reply: letter.reply_to,
        quote: reply.map(|message| timeline::quote(&message)),
    }
}

fn new_client_id() -> ClientId {
    let mut random = [0; 10];
    if let Some(crypto) = web_sys::window().and_then(|window| window.crypto().ok()) {
        // A browser without randomness leaves the time, which one person's messages don't share.
        let _ = crypto.get_random_values_with_u8_array(&mut random);
    }
    ClientId::new(now().cast_unsigned(), random)
}
