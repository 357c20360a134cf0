//! A room's to-do list.

use super::answer::{Answer, Granted};
use super::ask::{Ask, Asker};
use axum::extract::State;
use chat::Chat;
use protocol::event::{AddTodo, InRoom, OfTodo, TickTodo, TodoChanged, Todos};

pub(super) async fn list(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<InRoom>,
) -> Answer<Todos> {
    Ok(Granted(chat.todos(&who, &ask).await?))
}

pub(super) async fn add(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<AddTodo>,
) -> Answer<TodoChanged> {
    Ok(Granted(chat.add_todo(&who, &ask).await?))
}

pub(super) async fn tick(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<TickTodo>,
) -> Answer<TodoChanged> {
    Ok(Granted(chat.tick_todo(&who, &ask).await?))
}

pub(super) async fn remove(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<OfTodo>,
) -> Answer<TodoChanged> {
    Ok(Granted(chat.remove_todo(&who, &ask).await?))
}
