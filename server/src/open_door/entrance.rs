//! Who comes in, and to which room. A token names who; without one a socket is nobody until it joins or
//! says something.

use super::host::Host;
use super::visitor::Visitor;
use super::visitors::Visitors;
use crate::socket::mailbox::Mailbox;
use crate::socket::{Auth, Hall, Refused, address, listen};
use chat::{Address, Chat, Identity, Token};
use futures_util::StreamExt;
use protocol::room::GENERAL;
use protocol::{ApiError, ErrorCode, RoomId};
use serde_json::Value;
use socketioxide::SocketIo;
use socketioxide::extract::{SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use std::sync::Arc;

/// The default room.
const ROOT: &str = "/";
const ROOMS: &str = "/room/";
const EACH_ROOM: &str = "/room/{slug}";
const WELCOME: &str = "welcome";

#[derive(Clone)]
struct Porch {
    hall: Hall,
    visitors: Arc<Visitors>,
}

/// Someone whose CONNECT is about to be answered. It must not hold the socket, which holds it: a client that goes
/// before the answer is never connected, and nothing would let go of the two.
#[derive(Clone)]
struct Arrival {
    address: Address,
    room: RoomId,
    token: Option<Identity>,
    waits: bool,
    mailbox: Mailbox,
}

pub(crate) fn open(io: &SocketIo, hall: &Hall, visitors: &Arc<Visitors>) {
    let porch = Porch { hall: hall.clone(), visitors: Arc::clone(visitors) };
    let (opening, entering) = (porch.clone(), porch.clone());
    let enter = move |socket| connect(socket, entering);
    io.ns(ROOT, enter.with(move |socket, auth, io| admit(socket, auth, io, opening)));
    let (opening, entering) = (porch.clone(), porch);
    let enter = move |socket| connect(socket, entering);
    let opened =
        io.dyn_ns(EACH_ROOM, enter.with(move |socket, auth, io| admit(socket, auth, io, opening)));
    if let Err(error) = opened {
        tracing::error!(%error, "rooms have no namespaces");
    }
}

async fn admit(
    socket: SocketRef,
    TryData(auth): TryData<Value>,
    io: SocketIo,
    porch: Porch,
) -> Result<(), Refused> {
    let path = socket.ns().to_owned();
    let admitted = porch.let_in(socket, auth.unwrap_or_default(), &io, &path).await;
    // socketioxide makes the namespace for whoever asks, and keeps it.
    if admitted.is_err() && path != ROOT && !porch.visitors.has_path(&path) {
        io.delete_ns(&path);
    }
    admitted
}

impl Porch {
    async fn let_in(
        &self,
        socket: SocketRef,
        auth: Value,
        io: &SocketIo,
        path: &str,
    ) -> Result<(), Refused> {
        let chat = &self.hall.chat;
        let from = address(&socket);
        chat.may_connect(from).await?;
        let room = self.room(path).await?;
        // Whoever was refused in the same moment may have had it deleted.
        if io.of(path).is_none() {
            return Err(ApiError::unavailable(0).into());
        }
        let token = whose(chat, &socket, &auth, from).await?;
        let ticket = self.hall.doors.enter(socket.id, from).map_err(|_| Refused::ServerFull)?;
        socket.extensions.insert(Arc::new(ticket));
        socket.extensions.insert(Arc::clone(&self.hall.counters));
        let mailbox = Mailbox::new();
        listen(&socket, &mailbox);
        socket.extensions.insert(mailbox.clone());
        let waits = auth.as_object().is_some_and(|auth| !auth.is_empty());
        socket.extensions.insert(Arrival { address: from, room, token, waits, mailbox });
        Ok(())
    }

    async fn room(&self, path: &str) -> Result<RoomId, Refused> {
        let slug = path.strip_prefix(ROOMS).unwrap_or(GENERAL);
        let room = self.hall.chat.public_room(slug).await?.ok_or(Refused::NoRoom)?;
        if path != ROOT {
            self.visitors.keep_path(room, path);
        }
        Ok(room)
    }
}

/// A token that is no good counts as none: tutorials print placeholders.
async fn whose(
    chat: &Chat,
    socket: &SocketRef,
    auth: &Value,
    from: Address,
) -> Result<Option<Identity>, Refused> {
    let given = serde_json::from_value::<Auth>(auth.clone()).ok().and_then(|auth| auth.token);
    let token = given
        .map(|token| Token::from_text(&token))
        .or_else(|| app::ssr::session::bearer(&socket.req_parts().headers));
    if let Some(token) = token {
        match chat.authenticate(&token, from).await.map_err(ApiError::from) {
            Ok(who) => return Ok(Some(who)),
            Err(error) if error.code == ErrorCode::Unauthorized => {}
            Err(error) => return Err(error.into()),
        }
    }
    chat.may_visit(from).await?;
    Ok(None)
}

async fn connect(socket: SocketRef, porch: Porch) {
    let Some(arrival) = socket.extensions.remove::<Arrival>() else { return };
    let Arrival { address, room, token, waits, mailbox } = arrival;
    let Porch { hall, visitors } = porch;
    let number = visitors.next_number();
    let visitor = Arc::new(Visitor::new(number, socket.clone(), address, room, token, waits));
    visitors.listen(visitor.bound, &visitor);
    let _ = socket.emit(WELCOME, "Welcome to Beseda");
    let mut host = Host::new(hall.chat, visitors, visitor);
    let unanswered = mailbox.empty_into(&mut host).await;
    host.part(mailbox.is_abandoned()).await;
    unanswered.collect::<()>().await;
}
