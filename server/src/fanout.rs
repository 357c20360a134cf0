//! From what happened in `chat` to who is told.

use crate::namespaces::CHAT;
use chat::{Announcement, Announcements};
use protocol::RoomId;
use protocol::event;
use serde::Serialize;
use socketioxide::SocketIo;

/// One task, so that a room hears its changes in the order of their `rev`.
pub(crate) async fn run(io: SocketIo, mut announcements: Announcements) {
    while let Some(announcement) = announcements.recv().await {
        match announcement {
            Announcement::Message(changed) => {
                tell(&io, changed.room, event::MESSAGE, &changed).await;
            }
            Announcement::Presence(presence) => {
                tell(&io, presence.room, event::ROOM_PRESENCE, &presence).await;
            }
        }
    }
}

async fn tell(io: &SocketIo, room: RoomId, event: &str, payload: &impl Serialize) {
    let Some(chat) = io.of(CHAT) else { return };
    if let Err(error) = chat.to(room.to_string()).emit(event, payload).await {
        // A socket that missed it sees the gap in `rev` and asks for the rest.
        tracing::debug!(%error, event, "not everyone was told");
    }
}
