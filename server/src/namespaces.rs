//! Every Socket.IO namespace and its events.

use crate::config::Engine;
use crate::socket::event::{Entry, entry};
use crate::socket::{self, history, join_room, message, presence, sync, whoami};
use chat::Chat;
use socketioxide::SocketIo;
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;

/// People who have signed in.
pub(crate) const CHAT: &str = "/chat";

/// What `/chat` understands. A new event is a payload in `protocol::event`, a file in `socket/` and a
/// line here.
const CHAT_EVENTS: &[Entry] = &[
    entry::<whoami::WhoAmI>(),
    entry::<join_room::JoinRoom>(),
    entry::<message::Message>(),
    entry::<history::History>(),
    entry::<sync::Sync>(),
    entry::<presence::Presence>(),
];

pub(crate) fn build(engine: &Engine, chat: &Chat) -> (SocketIoLayer, SocketIo) {
    let (layer, io) = SocketIo::builder()
        .ping_interval(engine.ping_interval)
        .ping_timeout(engine.ping_timeout)
        .max_payload(engine.max_payload as u64)
        // `max_payload` bounds HTTP only.
        .ws_max_message_size(engine.max_payload)
        .ws_max_frame_size(engine.max_payload)
        .build_layer();
    let (opening, entering) = (chat.clone(), chat.clone());
    let connect = move |socket| socket::connect(socket, entering, CHAT_EVENTS);
    io.ns(CHAT, connect.with(move |socket, auth| socket::authenticate(socket, auth, opening)));
    (layer, io)
}
