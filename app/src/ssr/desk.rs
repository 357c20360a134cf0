//! Loading the chat: who asks, their rooms, and the open one.

use super::pages::{Body, Detour, Shown};
use super::{Asked, refusal};
use crate::page::{Desk, Screen, Task};
use chat::Identity;
use protocol::event::{History, InRoom, Joined};
use protocol::limits::PAGE;
use protocol::{ClientId, Message, RoomId};
use uuid::Uuid;

pub(super) async fn room(asked: Asked) -> Result<Shown, Detour> {
    let who = asked.who().await?;
    let room = asked.chat().join(&who, &asked.segment(1)).await.map_err(refusal)?;
    show(&asked, &who, room).await
}

pub(super) async fn direct(asked: Asked) -> Result<Shown, Detour> {
    let who = asked.who().await?;
    let room = asked.chat().open_dm(&who, &asked.segment(1)).await.map_err(refusal)?.room.id;
    show(&asked, &who, room).await
}

async fn show(asked: &Asked, who: &Identity, room: RoomId) -> Result<Shown, Detour> {
    let chat = asked.chat();
    chat.seen(who).await.map_err(refusal)?;
    let mut joined = chat.view(who, room).await.map_err(refusal)?;
    let at = asked.query("at").and_then(|at| at.parse().ok());
    let before = asked.query("before").and_then(|before| before.parse().ok());
    let mut older = joined.messages.len() >= PAGE;
    let mut newer = false;
    if at.is_some() || before.is_some() {
        (older, newer) = turn(asked, who, &mut joined, at, before).await?;
    }
    let desk = Desk {
        me: chat.whoami(who).await.map_err(refusal)?,
        rooms: chat.rooms(who).await.map_err(refusal)?.rooms,
        task: task(asked, &joined.messages),
        older,
        newer,
        at,
        todos: chat.todos(who, &InRoom { room: room.to_string() }).await.map_err(refusal)?,
        returned: asked.context().returned.take(who.session),
        next: ClientId(Uuid::now_v7()),
        joined,
    };
    let title = title(&desk);
    Ok(Shown::new(asked, &title, Body::Live(Screen::Chat(Box::new(desk)))))
}

/// Turns from the last page to another one, and answers whether there is more on either side.
async fn turn(
    asked: &Asked,
    who: &Identity,
    joined: &mut Joined,
    at: Option<u64>,
    before: Option<u64>,
) -> Result<(bool, bool), Detour> {
    let room = joined.room.id.to_string();
    let history = |before, after, limit| {
        let ask = History { room: room.clone(), before, after, limit: Some(limit) };
        async move { asked.chat().history(who, &ask).await.map_err(refusal) }
    };
    if let Some(before) = before {
        let page = history(Some(before), None, PAGE).await?;
        joined.messages = page.messages;
        return Ok((page.more, true));
    }
    let at = at.unwrap_or_default();
    let mut up = history(Some(at.saturating_add(1)), None, PAGE / 2).await?;
    let down = history(None, Some(at), PAGE / 2).await?;
    up.messages.extend(down.messages);
    joined.messages = up.messages;
    Ok((up.more, down.more))
}

/// Without wasm, an address says what the composer is for.
fn task(asked: &Asked, messages: &[Message]) -> Task {
    let named = |name| {
        let id = asked.query(name)?;
        messages.iter().find(|message| message.id.to_string() == id).cloned()
    };
    let reply = named("reply").map(Task::Reply);
    let edit = || named("edit").map(Task::Edit);
    let delete = || named("delete").map(Task::Delete);
    reply.or_else(edit).or_else(delete).unwrap_or(Task::Say)
}

fn title(desk: &Desk) -> String {
    crate::room::title(&desk.joined.room)
}
