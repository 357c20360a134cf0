//! What the world is told after something has happened. Losing one is allowed: whoever missed it
//! sees the gap in `rev` and asks `sync`.

use protocol::event::{MessageChanged, RoomPresence};
use tokio::sync::mpsc;

#[derive(Debug, Clone)]
pub enum Announcement {
    Message(MessageChanged),
    Presence(RoomPresence),
}

/// Changes of one room come in the order of their `rev`.
pub type Announcements = mpsc::Receiver<Announcement>;
