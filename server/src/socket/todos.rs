//! A room's to-do list.

use super::event::{Answer, events};
use protocol::event::{self, AddTodo, InRoom, OfTodo, TickTodo, TodoChanged};

events! {
    Todos = event::TODOS, |session, ask: InRoom| -> event::Todos {
        session.chat.todos(&session.who, &ask).await.map(Answer::Now)
    }

    TodoAdd = event::TODO_ADD, |session, ask: AddTodo| -> TodoChanged {
        session.chat.add_todo(&session.who, &ask).await.map(Answer::Now)
    }

    TodoDone = event::TODO_DONE, |session, ask: TickTodo| -> TodoChanged {
        session.chat.tick_todo(&session.who, &ask).await.map(Answer::Now)
    }

    TodoRemove = event::TODO_REMOVE, |session, ask: OfTodo| -> TodoChanged {
        session.chat.remove_todo(&session.who, &ask).await.map(Answer::Now)
    }
}
