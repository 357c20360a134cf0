//! `todo:add`, `todos`: the to-do list of the room.

use crate::open_door::dialect::{Command, Dialect, News, Place, Reading, Words, reading, value};
use serde_json::{Value, json};

pub(super) struct Todo;

impl Dialect for Todo {
    fn read(&self, event: &str, payload: &Value) -> Reading {
        match event {
            "todo:get" => Reading::Asks(Command::ListTodos),
            "todo:add" => reading(payload, Command::AddTodo),
            "todo:remove" => reading(payload, Command::RemoveTodo),
            _ => Reading::Foreign,
        }
    }

    fn tell(&self, place: Place<'_>, news: &News<'_>) -> Words {
        match news {
            News::Todos(todos) if place.bound => {
                let told = todos.iter().map(|todo| json!({ "id": todo.id, "title": todo.title }));
                vec![("todos", value(told.collect::<Vec<_>>()))]
            }
            _ => Words::new(),
        }
    }
}
