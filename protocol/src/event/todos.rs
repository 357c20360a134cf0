use crate::ids::{RoomId, TodoId};
use crate::todo::Todo;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AddTodo {
    /// An id or a slug.
    pub room: String,
    /// 1 to 500 characters after trimming.
    pub title: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TickTodo {
    pub room: String,
    pub todo: TodoId,
    pub done: bool,
}

/// Names something to do: `todo-remove`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OfTodo {
    pub room: String,
    pub todo: TodoId,
}

/// A room's whole list, from old to new, and the number of its latest change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Todos {
    pub todos: Vec<Todo>,
    pub rev: u64,
}

/// The list has changed. Its changes are numbered without a gap, apart from the room's own `rev`: whoever
/// sees a gap asks `todos`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TodoChanged {
    pub room: RoomId,
    pub rev: u64,
    pub todo: Todo,
    /// Whether it is no longer in the list.
    pub removed: bool,
}
