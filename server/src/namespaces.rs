//! Every Socket.IO namespace and its events.

use crate::config::{Engine, Transport};
use crate::socket::event::{Asked, Entry, Told, entry, told};
use crate::socket::{
    self, Hall, Namespace, Session, admin, messages, notifications, people, rooms, todos,
};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use protocol::event::{
    self, Announce, Kicked, ListNotifications, Membership, MessageChanged, Notification, Past,
    ReadTo, Restarting, RoomCount, RoomPresence, RoomRemoved, RoomUpdated, Stats, TodoChanged,
    Unread, UserTyping,
};
use protocol::{ApiError, Role};
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;
use socketioxide::{ParserConfig, SocketIo, TransportType};
use std::time::Duration;

/// People who have signed in.
pub(crate) const CHAT: &str = "/chat";
/// What they are told although the room isn't open.
pub(crate) const NOTIFICATIONS: &str = "/notifications";
/// Moderators and above.
pub(crate) const ADMIN: &str = "/admin";

/// Whoever has connected says within this time to which namespace.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// Binary attachments of one packet. No event has more than one.
const ATTACHMENTS: usize = 8;
/// What is read of a WebSocket at once; each keeps so much memory for it. Most packets are shorter.
const READ_BYTES: usize = 512;
/// Packets that wait for a client to read them. It is dropped when there are more.
const UNREAD_PACKETS: usize = 1_024;

/// What each namespace understands. `/` and `/room/<slug>` are not here: see [`crate::open_door`]. A new event is a payload in `protocol::event`, a handler in
/// `socket/` and a line here.
pub(crate) static NAMESPACES: [Namespace; 3] = [
    Namespace {
        path: CHAT,
        says: "People who have signed in.",
        events: CHAT_EVENTS,
        tells: CHAT_TELLS,
        presence: true,
        admits: |_| true,
        greet: |_| std::future::ready(()).boxed(),
    },
    Namespace {
        path: NOTIFICATIONS,
        says: "What people are told although the room isn't open.",
        events: NOTIFICATION_EVENTS,
        tells: NOTIFICATION_TELLS,
        presence: false,
        admits: |_| true,
        greet: deliver,
    },
    Namespace {
        path: ADMIN,
        says: "Moderators and above.",
        events: ADMIN_EVENTS,
        tells: ADMIN_TELLS,
        presence: true,
        admits: |who| who.user.role >= Role::Moderator,
        greet: recall,
    },
];

const CHAT_EVENTS: &[Entry] = &[
    entry::<people::WhoAmI>("Who one is, and which server this is"),
    entry::<rooms::Rooms>("The rooms that one is in, and the public ones"),
    entry::<rooms::CreateRoom>("Make a room; one is a member then"),
    entry::<rooms::UpdateRoom>("Change a room's name, topic or size"),
    entry::<rooms::ArchiveRoom>("Have nothing more said in a room"),
    entry::<rooms::DeleteRoom>("Delete a room"),
    entry::<rooms::JoinRoom>("Enter a room, or look again at one that one is in"),
    entry::<rooms::LeaveRoom>("Leave a room"),
    entry::<rooms::OpenDm>("Open the direct room with someone"),
    entry::<rooms::Invite>("Invite someone into a room"),
    entry::<rooms::RemoveMember>("Send a member out; only an invitation lets them in again"),
    entry::<messages::Message>("Say something, once however often it is sent"),
    entry::<messages::EditMessage>("Change one's message"),
    entry::<messages::DeleteMessage>("Delete a message"),
    entry::<messages::History>("What was said, before or after a place"),
    entry::<messages::Sync>("What has changed in rooms since"),
    entry::<messages::Search>("Find words in one's rooms"),
    entry::<people::Typing>("One writes, or has stopped"),
    entry::<people::Read>("Mark a room as read up to a message"),
    entry::<people::Presence>("Who is online in a room"),
    entry::<todos::Todos>("What a room wants done"),
    entry::<todos::TodoAdd>("Add to a room's to-do list"),
    entry::<todos::TodoDone>("Tick something off, or not"),
    entry::<todos::TodoRemove>("Take something off the list"),
];

const NOTIFICATION_EVENTS: &[Entry] = &[
    entry::<notifications::List>("What one was told and has not dismissed"),
    entry::<notifications::Dismiss>("Dismiss a notification"),
];

const ADMIN_EVENTS: &[Entry] = &[
    entry::<admin::Kick>("Send someone out of a room, or of the house"),
    entry::<admin::Ban>("Keep someone out for a while, or for good"),
    entry::<admin::Unban>("Let someone in again"),
    entry::<admin::Mute>("Have someone say nothing for a while"),
    entry::<admin::SetRole>("Make someone a member, moderator or admin"),
    entry::<admin::Announce>("Tell everyone something"),
    entry::<admin::Revoke>("End a session of someone's, or all of them"),
    entry::<admin::Sessions>("Where someone is signed in"),
    entry::<admin::ListPeople>("Everyone, or those whose name begins so"),
    entry::<admin::ListRooms>("The public rooms, or those whose name begins so"),
    entry::<admin::Audit>("Who did what to whom"),
];

/// What each namespace is told. What isn't in these lines is sent to no one: a test compares them with
/// `protocol::event`.
const CHAT_TELLS: &[Told] = &[
    told::<MessageChanged>(event::MESSAGE, "To the room: new, edited or deleted; an upsert by id"),
    told::<Membership>(event::USER_JOINED, "To the room: it has a new member"),
    told::<Membership>(event::USER_LEFT, "To the room: someone is a member no longer"),
    told::<Presence>(
        event::ROOM_PRESENCE,
        "To the room: who came online or went; of a crowd the count",
    ),
    told::<TodoChanged>(event::TODO, "To the room: its to-do list has changed"),
    told::<UserTyping>(event::USER_TYPING, "To the others in the room; may be lost"),
    told::<RoomUpdated>(event::ROOM_UPDATED, "To whoever can see it: a room is new or has changed"),
    told::<RoomRemoved>(event::ROOM_REMOVED, "To whoever could see it: a room is no more"),
    told::<ReadTo>(event::READ, "To one's own sockets: one has read up to there"),
    told::<Kicked>(event::KICKED, "To whoever was sent out; without a room, of the house"),
    told::<Announce>(event::ANNOUNCEMENT, "To everyone: what a moderator announces"),
    told::<Restarting>(event::RESTARTING, "To everyone here: come back after so many milliseconds"),
    ERROR,
    PULSE,
];

const NOTIFICATION_TELLS: &[Told] = &[
    told::<Notification>(event::NOTIFICATION, "Again at each CONNECT, until it is dismissed"),
    told::<Unread>(event::UNREAD, "What one has not read of a room"),
    ERROR,
    PULSE,
];

const ADMIN_TELLS: &[Told] = &[
    told::<Past>(event::PAST, "At each CONNECT: what `stats` said in the last five minutes"),
    told::<Stats>(event::STATS, "How the house is doing, once a second"),
    ERROR,
    PULSE,
];

const ERROR: Told =
    told::<ApiError>(event::ERROR, "To that socket: an event sent without an ack was refused");
const PULSE: Told = told::<Asked>(event::PULSE, "Means nothing: the server looks whether you read");

/// In a crowd it isn't told who.
#[derive(utoipa::ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "it is there for its schema")]
enum Presence {
    One(RoomPresence),
    Crowd(RoomCount),
}

pub(crate) fn build(engine: &Engine, hall: &Hall) -> (SocketIoLayer, SocketIo) {
    let parser = ParserConfig::common()
        .max_incoming_binaries(ATTACHMENTS)
        .max_incoming_binary_buf_size(engine.max_payload);
    let builder = SocketIo::builder();
    let builder = match engine.transports[..] {
        [Transport::Polling] => builder.transports([TransportType::Polling]),
        [Transport::Websocket] => builder.transports([TransportType::Websocket]),
        _ => builder,
    };
    let (layer, io) = builder
        .with_parser(parser)
        .upgrade_timeout(engine.upgrade_timeout)
        .ping_interval(engine.ping_interval)
        .ping_timeout(engine.ping_timeout)
        .max_payload(engine.max_payload as u64)
        // `max_payload` bounds HTTP only.
        .ws_max_message_size(engine.max_payload)
        .ws_max_frame_size(engine.max_payload)
        .ws_read_buffer_size(READ_BYTES)
        .connect_timeout(CONNECT_WITHIN)
        .max_buffer_size(UNREAD_PACKETS)
        .build_layer();
    for namespace in &NAMESPACES {
        let (opening, entering) = (hall.clone(), hall.clone());
        let connect = move |socket| socket::connect(socket, entering, namespace);
        let admit = move |socket, auth| socket::authenticate(socket, auth, opening, namespace);
        io.ns(namespace.path, connect.with(admit));
    }
    (layer, io)
}

/// What one was told while one was away, from old to new, and what is unread.
fn deliver(session: &Session) -> BoxFuture<'_, ()> {
    let told = async {
        let waiting =
            session.chat.notifications(&session.who, &ListNotifications::default()).await?;
        for notification in waiting.notifications.iter().rev() {
            let _ = session.socket.emit(event::NOTIFICATION, notification);
        }
        for room in session.chat.rooms(&session.who).await?.rooms {
            if room.unread > 0 || room.mentions > 0 {
                let unread = Unread { room: room.id, unread: room.unread, mentions: room.mentions };
                let _ = session.socket.emit(event::UNREAD, &unread);
            }
        }
        Ok::<(), chat::Error>(())
    };
    told.map(|told| {
        // Turned into what would be told, a failure of the store is logged.
        let _ = told.map_err(protocol::ApiError::from);
    })
    .boxed()
}

/// What one would have seen, had one come five minutes ago.
fn recall(session: &Session) -> BoxFuture<'_, ()> {
    let _ = session.socket.emit(event::PAST, &session.record.past());
    tokio::spawn(admin::watch(session.clone()));
    std::future::ready(()).boxed()
}
