//! A socket on `/chat`: who it is, its mailbox, and one file for each event.

pub(crate) mod event;
pub(crate) mod history;
pub(crate) mod join_room;
mod mailbox;
pub(crate) mod message;
pub(crate) mod presence;
pub(crate) mod sync;
pub(crate) mod whoami;

use chat::{Chat, Identity, Token};
use event::{Entry, Envelope};
use mailbox::Mailbox;
use protocol::{ApiError, ErrorCode};
use socketioxide::extract::{SocketRef, TryData};
use std::fmt;

/// What a handler has at hand.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) chat: Chat,
    pub(crate) who: Identity,
    pub(crate) socket: SocketRef,
    /// What its namespace understands.
    events: &'static [Entry],
}

#[derive(Debug, serde::Deserialize)]
pub(crate) struct Auth {
    token: Option<String>,
}

/// The word that `CONNECT_ERROR` carries.
#[derive(Debug)]
pub(crate) struct Refused(ErrorCode);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            ErrorCode::Unauthorized => "unauthorized",
            _ => "unavailable",
        })
    }
}

/// The session cookie, or `auth: {token}`, or `Authorization: Bearer`.
///
/// Who may come in gets their mailbox here, before CONNECT is answered: what registers its listeners
/// in the connect handler can lose the first events of a client that is quick.
pub(crate) async fn authenticate(
    socket: SocketRef,
    TryData(auth): TryData<Auth>,
    chat: Chat,
) -> Result<(), Refused> {
    let headers = &socket.req_parts().headers;
    let token = auth
        .ok()
        .and_then(|auth| auth.token)
        .map(|token| Token::from_text(&token))
        .or_else(|| app::ssr::session::bearer(headers))
        .or_else(|| app::ssr::session::cookie(headers))
        .ok_or(Refused(ErrorCode::Unauthorized))?;
    let who =
        chat.authenticate(&token).await.map_err(|error| Refused(ApiError::from(error).code))?;
    let mailbox = Mailbox::new();
    listen(&socket, &mailbox);
    socket.extensions.insert(Arrival { who, mailbox });
    Ok(())
}

/// Someone whose CONNECT is about to be answered.
#[derive(Clone)]
struct Arrival {
    who: Identity,
    mailbox: Mailbox,
}

fn listen(socket: &SocketRef, mailbox: &Mailbox) {
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

pub(crate) async fn connect(socket: SocketRef, chat: Chat, events: &'static [Entry]) {
    if let Some(Arrival { who, mailbox }) = socket.extensions.remove::<Arrival>() {
        mailbox.serve(Session { chat, who, socket, events }).await;
    }
}
