//! socketioxide without a chat: whoever comes is let in, rooms are what one joins, and what is said in one is told to
//! it. It is told in as many bytes as Beseda tells it, so that both write the same to their sockets.
//!
//!   bare ADDRESS

use serde::{Deserialize, Serialize};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, SocketRef};
use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::TcpListener;

#[derive(Deserialize)]
struct Entered {
    room: String,
}

#[derive(Deserialize)]
struct Said {
    room: String,
    id: String,
    text: String,
}

#[derive(Serialize)]
struct Answer {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
struct Told {
    room: String,
    rev: u64,
    message: Message,
}

#[derive(Serialize, Clone)]
#[serde(rename_all = "camelCase")]
struct Message {
    id: &'static str,
    room: String,
    seq: u64,
    rev: u64,
    client_id: String,
    user: User,
    kind: &'static str,
    text: String,
    at: u64,
}

#[derive(Serialize, Clone)]
struct User {
    id: &'static str,
    name: &'static str,
    role: &'static str,
    guest: bool,
    color: u8,
}

const ANY_ID: &str = "01a1ff5d-4143-7000-8000-000000000000";
const ANYONE: User = User { id: ANY_ID, name: "Guest 100", role: "guest", guest: true, color: 3 };

/// All messages so far.
static SAID: AtomicU64 = AtomicU64::new(0);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).ok_or("the address to listen at, please")?;
    let (layer, io) = SocketIo::new_layer();
    io.ns("/chat", async |socket: SocketRef| {
        socket.on("join-room", enter);
        socket.on("message", say);
    });
    let router = axum::Router::new().layer(layer);
    axum::serve(TcpListener::bind(address).await?, router).await?;
    Ok(())
}

async fn enter(socket: SocketRef, Data(ask): Data<Entered>, ack: AckSender) {
    socket.join(ask.room);
    let _ = ack.send(&Answer { ok: true, message: None });
}

async fn say(socket: SocketRef, Data(ask): Data<Said>, ack: AckSender) {
    let rev = SAID.fetch_add(1, Ordering::Relaxed) + 1;
    let message = Message {
        id: ANY_ID,
        room: ask.room.clone(),
        seq: rev,
        rev,
        client_id: ask.id,
        user: ANYONE,
        kind: "text",
        text: ask.text,
        at: 1_795_285_663_989,
    };
    let told = Told { room: ask.room, rev, message: message.clone() };
    let _ = socket.within(told.room.clone()).emit("message", &told).await;
    let _ = ack.send(&Answer { ok: true, message: Some(message) });
}
