use super::super::RoomState;
use super::Inner;
use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::TodoId;
use protocol::event::{self, AddTodo, InRoom, OfTodo, TickTodo, TodoChanged};
use serde_json::value::{RawValue, to_raw_value};
use std::rc::Rc;

impl Inner {
    pub(super) fn list_todos(self: &Rc<Self>, room: RoomState) {
        let this = Rc::clone(self);
        spawn_local(async move {
            let ask = InRoom { room: room.id.to_string() };
            // Without an answer, the next connection asks again.
            if let Ok(listed) = this.ask(event::TODOS, &ask).await {
                room.todos.try_update(|todos| todos.listed(listed));
            }
        });
    }

    pub(super) fn todo_changed(self: &Rc<Self>, changed: TodoChanged) {
        if let Some(room) = self.visited(changed.room)
            && room.todos.try_update(|todos| todos.changed(changed)) == Some(true)
        {
            self.list_todos(room);
        }
    }

    pub(super) fn add_todo(self: &Rc<Self>, title: String) {
        self.change_todo(event::TODO_ADD, |room| to_raw_value(&AddTodo { room, title }));
    }

    pub(super) fn tick_todo(self: &Rc<Self>, todo: TodoId, done: bool) {
        self.change_todo(event::TODO_DONE, |room| to_raw_value(&TickTodo { room, todo, done }));
    }

    pub(super) fn remove_todo(self: &Rc<Self>, todo: TodoId) {
        self.change_todo(event::TODO_REMOVE, |room| to_raw_value(&OfTodo { room, todo }));
    }

    /// Asked for twice before there is an answer, it is done once.
    fn change_todo(
        self: &Rc<Self>,
        event: &'static str,
        ask: impl FnOnce(String) -> serde_json::Result<Box<RawValue>>,
    ) {
        let Ok(ask) = ask(self.live.open.get_untracked().id.to_string()) else { return };
        let wish = [event, ask.get()].concat();
        if self.wishes.borrow().contains(&wish) {
            return;
        }
        self.wishes.borrow_mut().push(wish.clone());
        let this = Rc::clone(self);
        spawn_local(async move {
            let answer = this.ask(event, &ask).await;
            this.wishes.borrow_mut().retain(|other| *other != wish);
            match answer {
                Ok(changed) => this.todo_changed(changed),
                Err(error) => this.tell(error),
            }
        });
    }
}
