//! A room's to-do list.

use super::super::Asked;
use super::{back, sender};
use crate::answers::Refusal;
use crate::page::Returned;
use chat::Identity;
use leptos_axum::redirect;
use protocol::event::{AddTodo, OfTodo, TickTodo};
use protocol::{ApiError, TodoId};

pub(crate) async fn add(room: String, title: String) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let ask = AddTodo { room: room.clone(), title };
    let done = asked.chat().add_todo(&who, &ask).await;
    answer(&asked, &who, &room, done);
    Ok(())
}

pub(crate) async fn tick(room: String, todo: TodoId, done: bool) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let ask = TickTodo { room: room.clone(), todo, done };
    let done = asked.chat().tick_todo(&who, &ask).await;
    answer(&asked, &who, &room, done);
    Ok(())
}

pub(crate) async fn remove(room: String, todo: TodoId) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let ask = OfTodo { room: room.clone(), todo };
    let done = asked.chat().remove_todo(&who, &ask).await;
    answer(&asked, &who, &room, done);
    Ok(())
}

/// Back to the room, which says what went wrong.
fn answer<T>(asked: &Asked, who: &Identity, room: &str, done: Result<T, chat::Error>) {
    if let Err(error) = done {
        let returned = Returned { text: String::new(), error: ApiError::from(error) };
        asked.context().returned.put(who.session, returned);
    }
    redirect(&back(asked, room));
}
