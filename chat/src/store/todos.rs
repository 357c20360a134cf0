//! What rooms want done.

use super::StoreError;
use async_trait::async_trait;
use protocol::event::Todos;
use protocol::{RoomId, Todo, TodoId};

/// Each change takes the next number of the room's list, in the same transaction.
#[async_trait]
pub trait ToDo: Send + Sync {
    /// From old to new.
    async fn todos(&self, room: RoomId) -> Result<Todos, StoreError>;
    /// `None` when the list holds so many already, or the room has gone.
    async fn add_todo(
        &self,
        room: RoomId,
        todo: &Todo,
        most: usize,
    ) -> Result<Option<u64>, StoreError>;
    /// `None` when it isn't there.
    async fn tick_todo(
        &self,
        room: RoomId,
        todo: TodoId,
        done: bool,
    ) -> Result<Option<(u64, Todo)>, StoreError>;
    async fn remove_todo(
        &self,
        room: RoomId,
        todo: TodoId,
    ) -> Result<Option<(u64, Todo)>, StoreError>;
}
