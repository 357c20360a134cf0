//! From what happened in `chat` to who is told.

use crate::crowds::Crowds;
use crate::namespaces::{ADMIN, CHAT, NOTIFICATIONS};
use crate::open_door::Teller;
use crate::socket::{drop_stalled, room, session_room, user_room};
use crate::stats::Gauge;
use crate::telemetry::metrics::Metrics;
use chat::{Announcement, Announcements, Chat};
use protocol::event::{
    self, Announce, Membership, RoomCount, RoomPresence, RoomRemoved, RoomUpdated, Unread,
};
use protocol::limits::CROWD;
use protocol::{RoomId, RoomKind, UserId};
use serde::Serialize;
use socketioxide::operators::BroadcastOperators;
use socketioxide::{BroadcastError, SocketError, SocketIo};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tracing::{Instrument, Span, debug_span};

const EVERY: Duration = Duration::from_secs(1);

pub(crate) struct Fanout {
    io: SocketIo,
    chat: Chat,
    metrics: Arc<Metrics>,
    /// Visitors of the open door hear it in their own words.
    teller: Teller,
    /// How many are online in each room, as far as anyone was told.
    online: HashMap<RoomId, usize>,
    crowds: Crowds,
}

impl Fanout {
    pub(crate) fn new(io: SocketIo, chat: Chat, metrics: Arc<Metrics>, teller: Teller) -> Self {
        let (online, crowds) = Default::default();
        Self { io, chat, metrics, teller, online, crowds }
    }

    /// One task, so that a room hears its changes in the order of their `rev`.
    pub(crate) async fn run(mut self, mut announcements: Announcements, mut gauge: Gauge) {
        // Not at once: of a moment no rate can be told.
        let mut second = interval_at(Instant::now() + EVERY, EVERY);
        second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut lists = std::pin::pin!(self.teller.lists());
        loop {
            tokio::select! {
                biased;
                _ = second.tick() => {
                    self.tell_crowds().await;
                    self.tell_admins(&mut gauge).await;
                }
                announcement = announcements.recv() => match announcement {
                    Some(announcement) => {
                        let step = self.step(&announcement);
                        let told = async {
                            self.teller.announce(&announcement).await;
                            self.announce(announcement).await;
                        };
                        told.instrument(step).await;
                    }
                    None => return,
                },
                () = &mut lists => return,
            }
        }
    }

    /// The last one in the trace of what was said here.
    fn step(&self, announcement: &Announcement) -> Span {
        let Announcement::Message(changed) = announcement else { return Span::none() };
        let commit = self.chat.trace(changed.room, changed.rev);
        commit.map_or_else(Span::none, |commit| debug_span!(parent: &commit, "fanout"))
    }

    async fn announce(&mut self, announcement: Announcement) {
        match announcement {
            Announcement::Message(changed) => {
                let hearers = self.chat_room(changed.room);
                let count = hearers.clone().map_or(0, |hearers| hearers.sockets().len());
                self.metrics.deliveries.inc_by(count as u64);
                self.tell(hearers, event::MESSAGE, &changed).await;
            }
            Announcement::Presence(presence) => self.presence(presence).await,
            Announcement::Joined(joined) => self.joined(joined).await,
            Announcement::Left(left) => self.left(left).await,
            Announcement::Typing(typing) => {
                let others =
                    self.chat_room(typing.room).map(|all| all.except(user_room(typing.user.id)));
                self.tell(others, event::USER_TYPING, &typing).await;
            }
            Announcement::Todo(changed) => {
                self.tell_room(changed.room, event::TODO, &changed).await;
            }
            Announcement::RoomUpdated(info) => {
                let public = info.kind == RoomKind::Public;
                let seers = if public { self.io.of(CHAT) } else { self.chat_room(info.id) };
                self.tell(seers, event::ROOM_UPDATED, &RoomUpdated { room: info }).await;
            }
            Announcement::RoomRemoved(id, public) => {
                let seers = if public { self.io.of(CHAT) } else { self.chat_room(id) };
                self.tell(seers, event::ROOM_REMOVED, &RoomRemoved { room: id }).await;
                self.online.remove(&id);
                if let Some(all) = self.chat_room(id) {
                    let _ = all.leave(room(id)).await;
                }
            }
            Announcement::Read(user, read) => {
                self.tell(self.sockets_of(CHAT, user), event::READ, &read).await;
                let unread =
                    Unread { room: read.room, unread: read.unread, mentions: read.mentions };
                self.tell(self.sockets_of(NOTIFICATIONS, user), event::UNREAD, &unread).await;
            }
            Announcement::Notification(user, notification) => {
                let sockets = self.sockets_of(NOTIFICATIONS, user);
                self.tell(sockets, event::NOTIFICATION, &notification).await;
                self.tell_unread(user, notification.room).await;
            }
            Announcement::Kicked(user, kicked) => {
                self.tell(self.sockets_of(CHAT, user), event::KICKED, &kicked).await;
            }
            Announcement::SessionEnded(session) => {
                for namespace in [CHAT, NOTIFICATIONS, ADMIN] {
                    if let Some(all) = self.io.of(namespace) {
                        let _ = all.within(session_room(session)).disconnect().await;
                    }
                }
            }
            Announcement::Announced(text) => {
                self.tell(self.io.of(CHAT), event::ANNOUNCEMENT, &Announce { text }).await;
            }
        }
    }

    async fn presence(&mut self, presence: RoomPresence) {
        let RoomPresence { room, count, .. } = presence;
        self.online.insert(room, count);
        if count > CROWD {
            self.crowds.changed(room, count);
            return;
        }
        if count == 0 {
            self.online.remove(&room);
        }
        self.crowds.settled(room);
        self.tell_room(room, event::ROOM_PRESENCE, &presence).await;
    }

    /// Their other sockets hear the room from now on.
    async fn joined(&mut self, joined: Membership) {
        if let Some(sockets) = self.sockets_of(CHAT, joined.user.id) {
            let _ = sockets.join(room(joined.room)).await;
        }
        if !self.is_crowd(joined.room) {
            self.tell_room(joined.room, event::USER_JOINED, &joined).await;
        }
    }

    async fn left(&mut self, left: Membership) {
        // They too: their other sockets learn of it this way.
        if self.is_crowd(left.room) {
            self.tell(self.sockets_of(CHAT, left.user.id), event::USER_LEFT, &left).await;
        } else {
            self.tell_room(left.room, event::USER_LEFT, &left).await;
        }
        if let Some(sockets) = self.sockets_of(CHAT, left.user.id) {
            let _ = sockets.leave(room(left.room)).await;
        }
    }

    fn is_crowd(&self, room: RoomId) -> bool {
        self.online.get(&room).is_some_and(|count| *count > CROWD)
    }

    async fn tell_crowds(&mut self) {
        for (room, count) in self.crowds.due() {
            self.tell_room(room, event::ROOM_PRESENCE, &RoomCount { room, count }).await;
        }
    }

    async fn tell_admins(&self, gauge: &mut Gauge) {
        let Some(admins) = self.io.of(ADMIN) else { return };
        let stats = gauge.read().await;
        if !admins.clone().sockets().is_empty() {
            self.tell(Some(admins), event::STATS, &stats).await;
        }
    }

    async fn tell_unread(&self, user: UserId, room: Option<RoomId>) {
        let Some(sockets) = self.sockets_of(NOTIFICATIONS, user) else { return };
        let (Some(room), false) = (room, sockets.clone().sockets().is_empty()) else { return };
        if let Ok(unread) = self.chat.unread(user, room).await {
            self.tell(Some(sockets), event::UNREAD, &unread).await;
        }
    }

    async fn tell_room(&self, room: RoomId, event: &str, payload: &impl Serialize) {
        self.tell(self.chat_room(room), event, payload).await;
    }

    fn chat_room(&self, id: RoomId) -> Option<BroadcastOperators> {
        Some(self.io.of(CHAT)?.within(room(id)))
    }

    fn sockets_of(&self, namespace: &str, user: UserId) -> Option<BroadcastOperators> {
        Some(self.io.of(namespace)?.within(user_room(user)))
    }

    async fn tell(
        &self,
        sockets: Option<BroadcastOperators>,
        event: &str,
        payload: &impl Serialize,
    ) {
        let Some(sockets) = sockets else { return };
        self.metrics.told(event);
        match sockets.clone().emit(event, payload).await {
            Ok(()) => {}
            Err(BroadcastError::Socket(errors)) if errors.iter().any(is_full) => {
                sockets.sockets().into_iter().filter(is_stalled).for_each(drop_stalled);
            }
            // A socket that missed it sees the gap in `rev` and asks for the rest.
            Err(error) => tracing::debug!(%error, event, "not everyone was told"),
        }
    }
}

fn is_full(error: &SocketError) -> bool {
    matches!(error, SocketError::InternalChannelFull)
}

/// Which of them it was, socketioxide doesn't say; so each is asked to take one thing more.
fn is_stalled(socket: &socketioxide::extract::SocketRef) -> bool {
    matches!(
        socket.emit(event::PULSE, &()),
        Err(socketioxide::SendError::Socket(SocketError::InternalChannelFull))
    )
}
