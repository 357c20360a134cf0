//! Tells visitors what has happened in `chat`.

use super::dialect::News;
use super::lists;
use super::visitor::Visitor;
use super::visitors::{List, Visitors};
use crate::telemetry::metrics::Metrics;
use chat::{Announcement, Chat};
use protocol::event::{Kicked, PresenceAction, RoomPresence, UserTyping};
use protocol::limits::{CROWD, LISTED};
use protocol::{ApiError, Message, RoomId, SessionId, User, UserId};
use socketioxide::SocketIo;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

pub(crate) struct Teller {
    io: SocketIo,
    chat: Chat,
    visitors: Arc<Visitors>,
    metrics: Arc<Metrics>,
    /// Who was told to be in a room: no one comes twice or goes twice.
    here: HashMap<RoomId, HashSet<UserId>>,
}

impl Teller {
    pub(crate) fn new(
        io: SocketIo,
        chat: Chat,
        visitors: Arc<Visitors>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { io, chat, visitors, metrics, here: HashMap::new() }
    }

    /// For ever; beside the announcements.
    pub(crate) fn lists(&self) -> impl Future<Output = ()> + Send + use<> {
        let (chat, visitors) = (self.chat.clone(), Arc::clone(&self.visitors));
        async move { lists::keep_telling(&chat, &visitors).await }
    }

    pub(crate) async fn announce(&mut self, announcement: &Announcement) {
        match announcement {
            // Edits and deletes have no words.
            Announcement::Message(changed) if changed.rev == changed.message.seq => {
                self.said(&changed.message);
            }
            Announcement::Presence(presence) => self.presence(presence).await,
            Announcement::Typing(typing) => self.types(typing),
            Announcement::Todo(changed) => self.visitors.want(changed.room, List::Todos),
            Announcement::Left(left) => self.sent_out(left.room, &left.user).await,
            Announcement::Kicked(user, kicked) => self.kicked(*user, kicked),
            Announcement::RoomRemoved(room, _) => self.room_gone(*room).await,
            Announcement::SessionEnded(session) => self.session_ended(*session).await,
            _ => {}
        }
    }

    fn said(&self, message: &Message) {
        let listeners = self.visitors.in_room(message.room);
        self.metrics.deliveries.inc_by(listeners.len() as u64);
        for visitor in listeners {
            visitor.tell(message.room, |mut listener| News::Said {
                message,
                own: listener.has_said(message.client_id),
            });
        }
    }

    async fn presence(&mut self, presence: &RoomPresence) {
        let RoomPresence { room, user, action, count } = presence;
        let here = self.here.entry(*room).or_default();
        let news = match action {
            PresenceAction::Online => here.insert(user.id),
            // A member who isn't here comes when they are.
            PresenceAction::Joined => self.chat.is_here(user.id).await && here.insert(user.id),
            PresenceAction::Offline | PresenceAction::Left => here.remove(&user.id),
        };
        if here.is_empty() {
            self.here.remove(room);
        }
        if news {
            let came = matches!(action, PresenceAction::Online | PresenceAction::Joined);
            self.visitors.want(*room, List::People);
            self.moved(*room, user, came, *count).await;
        }
    }

    /// In a crowd, one person's coming and going is told to them alone.
    async fn moved(&self, room: RoomId, user: &User, came: bool, count: usize) {
        let mut listeners = self.visitors.in_room(room);
        if count > CROWD {
            listeners.retain(|visitor| visitor.is(user.id));
        }
        if listeners.is_empty() {
            return;
        }
        let people = self.chat.people_in(room, LISTED).await;
        for visitor in listeners {
            visitor.tell(room, |listener| {
                let own = listener.is(user.id);
                if came {
                    News::Came { user, count, people: &people, own }
                } else {
                    News::Went { user, count, people: &people, own }
                }
            });
        }
    }

    fn types(&self, typing: &UserTyping) {
        let UserTyping { room, user, on } = typing;
        for visitor in self.visitors.in_room(*room) {
            if !visitor.is(user.id) {
                visitor.tell(*room, |_| News::Types { user, on: *on });
            }
        }
    }

    /// Whoever is no member any more hears nothing more.
    async fn sent_out(&self, room: RoomId, user: &User) {
        let mut theirs = self.visitors.in_room(room);
        theirs.retain(|visitor| visitor.is(user.id));
        // They may have entered again meanwhile.
        if theirs.is_empty() || self.chat.is_member(room, user).await.unwrap_or_default() {
            return;
        }
        for visitor in theirs {
            visitor.leaves(room);
            self.stop_hearing(room, &visitor);
        }
    }

    fn kicked(&self, user: UserId, kicked: &Kicked) {
        let mut told = HashSet::new();
        for visitor in self.visitors.filter(|visitor| visitor.is(user)) {
            if told.insert(visitor.number) {
                let words = format!("you were sent out: {}", kicked.reason);
                // Whoever doesn't hear it hears nothing more, either.
                let _ = visitor.refuse(&ApiError::forbidden(words.trim_end_matches([' ', ':'])));
            }
        }
    }

    async fn room_gone(&mut self, room: RoomId) {
        self.here.remove(&room);
        for visitor in self.visitors.in_room(room) {
            visitor.leaves(room);
            self.stop_hearing(room, &visitor);
        }
        let Some(path) = self.visitors.take_path(room) else { return };
        if let Some(all) = self.io.of(&path) {
            // Deleting the namespace alone tells them nothing.
            let _ = all.disconnect().await;
        }
        self.io.delete_ns(path);
    }

    /// With a guest who is banned, whoever came from there and has not said who they are goes, too.
    async fn session_ended(&self, session: SessionId) {
        let mut from = HashSet::new();
        for visitor in self.visitors.filter(|visitor| visitor.came_with(session)) {
            from.insert(visitor.address);
            let _ = visitor.socket.clone().disconnect();
        }
        for address in from {
            if self.chat.may_visit(address).await.is_ok() {
                continue;
            }
            let silent = |visitor: &Visitor| visitor.address == address && visitor.is_no_one();
            for visitor in self.visitors.filter(silent) {
                let _ = visitor.socket.clone().disconnect();
            }
        }
    }

    /// Whoever is bound to the room stays with it, and may enter again.
    fn stop_hearing(&self, room: RoomId, visitor: &Visitor) {
        if room != visitor.bound {
            self.visitors.forget(room, visitor);
        }
    }
}
