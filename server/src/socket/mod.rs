//! Sockets: how they come in, their mailbox, and a file for each family of events.

pub(crate) mod admin;
pub(crate) mod event;
pub(crate) mod mailbox;
pub(crate) mod messages;
pub(crate) mod notifications;
pub(crate) mod patience;
pub(crate) mod people;
pub(crate) mod rooms;
pub(crate) mod todos;

use crate::doors::{Doors, Ticket};
use crate::http::connections::Peer;
use crate::telemetry::metrics::Metrics;
use app::ssr::Record;
use axum::extract::ConnectInfo;
use chat::{Address, Chat, Identity, Token};
use event::{Entry, Envelope, Told};
use mailbox::Mailbox;
use protocol::{ApiError, ErrorCode, Reason, RoomId, SessionId, UserId};
use socketioxide::extract::{SocketRef, TryData};
use std::fmt;
use std::sync::Arc;
use tracing::{Instrument, Span, error_span};

/// What a handler has at hand.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) chat: Chat,
    pub(crate) who: Identity,
    pub(crate) socket: SocketRef,
    pub(crate) namespace: &'static Namespace,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) record: Record,
}

/// A namespace as its table says it.
pub(crate) struct Namespace {
    pub(crate) path: &'static str,
    pub(crate) says: &'static str,
    pub(crate) events: &'static [Entry],
    pub(crate) tells: &'static [Told],
    /// Whether being there is being here, for others to see.
    pub(crate) presence: bool,
    /// Who may come in, of those who are signed in.
    pub(crate) admits: fn(&Identity) -> bool,
    pub(crate) greet: fn(&Session) -> futures_util::future::BoxFuture<'_, ()>,
}

/// What every socket needs.
#[derive(Clone)]
pub(crate) struct Hall {
    pub(crate) chat: Chat,
    pub(crate) doors: Arc<Doors>,
    pub(crate) metrics: Arc<Metrics>,
    /// What the last minutes were like.
    pub(crate) record: Record,
}

#[derive(Debug, serde::Deserialize)]
pub(crate) struct Auth {
    pub(crate) token: Option<String>,
}

/// The word that `CONNECT_ERROR` carries.
#[derive(Debug)]
pub(crate) enum Refused {
    ServerFull,
    /// Where no room is, there is no namespace.
    NoRoom,
    Error(ApiError),
}

impl Refused {
    /// For the log and the metrics.
    fn reason(&self) -> &'static str {
        match self {
            Self::ServerFull => "server-full",
            Self::NoRoom => "no-room",
            Self::Error(error) => match (error.code, error.reason()) {
                (_, Some(Reason::Banned)) => "banned",
                (ErrorCode::Unauthorized, _) => "unauthorized",
                (ErrorCode::Forbidden, _) => "forbidden",
                (ErrorCode::RateLimited, _) => "rate-limited",
                _ => "unavailable",
            },
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            // As socketioxide says it of any other.
            Self::NoRoom => "Invalid namespace",
            other => other.reason(),
        })
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self::Error(error)
    }
}

impl From<chat::Error> for Refused {
    fn from(error: chat::Error) -> Self {
        Self::Error(error.into())
    }
}

/// The session cookie, or `auth: {token}`, or `Authorization: Bearer`.
///
/// Who may come in gets their mailbox here, before CONNECT is answered: what registers its listeners
/// in the connect handler can lose the first events of a client that is quick.
pub(crate) async fn authenticate(
    socket: SocketRef,
    TryData(auth): TryData<Auth>,
    hall: Hall,
    namespace: &'static Namespace,
) -> Result<(), Refused> {
    hall.counts(namespace.path, let_in(&socket, auth.ok(), &hall, namespace).await)
}

async fn let_in(
    socket: &SocketRef,
    auth: Option<Auth>,
    hall: &Hall,
    namespace: &'static Namespace,
) -> Result<(), Refused> {
    let headers = &socket.req_parts().headers;
    let token = auth
        .and_then(|auth| auth.token)
        .map(|token| Token::from_text(&token))
        .or_else(|| app::ssr::session::bearer(headers))
        .or_else(|| app::ssr::session::cookie(headers))
        .ok_or_else(ApiError::unauthorized)?;
    let from = address(socket);
    hall.chat.may_connect(from).await?;
    let who = hall.chat.authenticate(&token, from).await?;
    if !(namespace.admits)(&who) {
        return Err(ApiError::forbidden("only moderators come in here").into());
    }
    let ticket = hall.doors.enter(socket.id, from).map_err(|_| Refused::ServerFull)?;
    let log = log_of(&ticket, namespace.path);
    log.record("user", tracing::field::display(who.user.id));
    socket.extensions.insert(Arc::new(ticket));
    let mailbox = Mailbox::new(log, &hall.metrics);
    listen(socket, &mailbox);
    socket.extensions.insert(mailbox.clone());
    socket.extensions.insert(Arrival { who, mailbox });
    Ok(())
}

/// What each line in the log says of a socket, of whatever level the line is.
pub(crate) fn log_of(ticket: &Ticket, namespace: &'static str) -> Span {
    let user = tracing::field::Empty;
    error_span!(parent: None, "socket", id = ticket.number, namespace, user)
}

impl Hall {
    /// A refusal is counted.
    pub(crate) fn counts(
        &self,
        namespace: &'static str,
        admitted: Result<(), Refused>,
    ) -> Result<(), Refused> {
        if let Err(refused) = &admitted {
            let reason = refused.reason();
            tracing::debug!(namespace, reason, "a socket is refused");
            self.metrics.refused(reason);
        }
        admitted
    }
}

pub(crate) fn address(socket: &SocketRef) -> Address {
    socket.req_parts().extensions.get().copied().unwrap_or(Address::LOCAL)
}

/// Someone whose CONNECT is about to be answered.
#[derive(Clone)]
struct Arrival {
    who: Identity,
    mailbox: Mailbox,
}

pub(crate) fn listen(socket: &SocketRef, mailbox: &Mailbox) {
    let (letters, gone) = (mailbox.clone(), mailbox.clone());
    // The closure runs in the order of arrival, before socketioxide spawns what it returns: the place
    // in line is taken here.
    socket.on_fallback(move |envelope: Envelope| {
        letters.deliver(envelope);
        std::future::ready(())
    });
    socket.on_disconnect(move || {
        gone.close();
        std::future::ready(())
    });
}

pub(crate) async fn connect(socket: SocketRef, hall: Hall, namespace: &'static Namespace) {
    let Some(Arrival { who, mailbox }) = socket.extensions.remove::<Arrival>() else { return };
    socket.join([user_room(who.user.id), session_room(who.session)]);
    // It may have ended between being read and this socket being among those that are sent away then.
    if hall.chat.has_ended(who.session) {
        let _ = socket.disconnect();
        return;
    }
    let Hall { chat, metrics, record, .. } = hall;
    let session = Session { chat, who, socket, namespace, metrics, record };
    let log = mailbox.log().clone();
    mailbox.serve(session).instrument(log).await;
}

/// What is for all sockets of one person.
pub(crate) fn user_room(user: UserId) -> String {
    format!("user:{user}")
}

/// What is for all sockets that came with one session.
pub(crate) fn session_room(session: SessionId) -> String {
    format!("session:{session}")
}

/// What is for everyone in a room.
pub(crate) fn room(room: RoomId) -> String {
    room.to_string()
}

/// A client that takes nothing more: it leaves at once, and its memory is given back. It comes again
/// by itself and catches up.
pub(crate) fn drop_stalled(socket: SocketRef) {
    socket.leave_all();
    if let Some(mailbox) = socket.extensions.get::<Mailbox>() {
        mailbox.abandon();
    }
    cut(&socket);
    // Where the connection below is not the one that the socket came by, after an upgrade.
    let _ = socket.disconnect();
}

/// Ends the connection, whatever still waits to be written to it. Only that of a WebSocket is its own: through the one by
/// which someone began to poll, a proxy may by now carry what others ask.
pub(crate) fn cut(socket: &SocketRef) {
    let parts = socket.req_parts();
    let polled = |query: &str| !query.split('&').any(|pair| pair == "transport=websocket");
    if parts.uri.query().is_none_or(polled) {
        return;
    }
    if let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<Peer>>() {
        peer.cut();
    }
}
