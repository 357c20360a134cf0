//! The parts of the chat.

pub(crate) mod address;
pub(crate) mod banner;
pub(crate) mod brand;
pub(crate) mod composer;
pub(crate) mod gestures;
pub(crate) mod header;
pub(crate) mod log;
#[cfg(feature = "browser")]
pub(crate) mod over;
pub(crate) mod palette;
pub(crate) mod panels;
pub(crate) mod row;
#[cfg(feature = "browser")]
pub(crate) mod scroll;
pub(crate) mod todos;

use address::escape;
use protocol::{Room, RoomKind};

/// What a browser's tab is called.
pub(crate) fn title(room: &Room) -> String {
    match room.kind {
        RoomKind::Direct => [room.name.as_str(), " · Beseda"].concat(),
        _ => ["#", &room.name, " · Beseda"].concat(),
    }
}

pub(crate) fn path(room: &Room) -> String {
    match room.kind {
        RoomKind::Direct => ["/dm/", &escape(&room.name)].concat(),
        _ => ["/room/", &escape(&room.slug)].concat(),
    }
}
