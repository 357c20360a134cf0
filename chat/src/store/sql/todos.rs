use super::{Connection, Engine, Row, row};
use crate::store::StoreError;
use crate::store::todos::ToDo;
use async_trait::async_trait;
use protocol::event::Todos;
use protocol::{RoomId, Todo, TodoId};
use sqlx::Row as _;

#[async_trait]
impl ToDo for Engine {
    async fn todos(&self, room: RoomId) -> Result<Todos, StoreError> {
        // The number first: one that is too low costs a look more, one that is too high hides a change.
        let select = "SELECT todo_rev FROM rooms WHERE id = $1";
        let found = sqlx::query(select).bind(room.0).fetch_optional(self.readers()).await?;
        let rev = found.map_or(Ok(0), |found| row::counter(&found, "todo_rev"))?;
        let select = "SELECT id, title, done FROM todos WHERE room_id = $1 ORDER BY id";
        let found = sqlx::query(select).bind(room.0).fetch_all(self.readers()).await?;
        Ok(Todos { todos: found.iter().map(todo_of).collect::<Result<_, _>>()?, rev })
    }

    async fn add_todo(
        &self,
        room: RoomId,
        todo: &Todo,
        most: usize,
    ) -> Result<Option<u64>, StoreError> {
        let mut tx = self.begin().await?;
        // Counting locks the room's row: who adds at the same moment waits, and sees this one.
        let Some(rev) = next_rev(&mut tx, room).await? else { return Ok(None) };
        let select = "SELECT COUNT(*) AS todos FROM todos WHERE room_id = $1";
        let found = sqlx::query(select).bind(room.0).fetch_one(&mut *tx).await?;
        if row::count(&found, "todos")? >= most {
            return Ok(None);
        }
        let insert = "INSERT INTO todos (id, room_id, title, done) VALUES ($1, $2, $3, $4)";
        let query = sqlx::query(insert).bind(todo.id.0).bind(room.0).bind(&todo.title);
        query.bind(todo.done).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(Some(rev))
    }

    async fn tick_todo(
        &self,
        room: RoomId,
        todo: TodoId,
        done: bool,
    ) -> Result<Option<(u64, Todo)>, StoreError> {
        let update = "UPDATE todos SET done = $3 WHERE id = $1 AND room_id = $2 \
                      RETURNING id, title, done";
        let mut tx = self.begin().await?;
        let Some(rev) = next_rev(&mut tx, room).await? else { return Ok(None) };
        let query = sqlx::query(update).bind(todo.0).bind(room.0).bind(done);
        let Some(found) = query.fetch_optional(&mut *tx).await? else { return Ok(None) };
        tx.commit().await?;
        Ok(Some((rev, todo_of(&found)?)))
    }

    async fn remove_todo(
        &self,
        room: RoomId,
        todo: TodoId,
    ) -> Result<Option<(u64, Todo)>, StoreError> {
        let delete = "DELETE FROM todos WHERE id = $1 AND room_id = $2 RETURNING id, title, done";
        let mut tx = self.begin().await?;
        let Some(rev) = next_rev(&mut tx, room).await? else { return Ok(None) };
        let query = sqlx::query(delete).bind(todo.0).bind(room.0);
        let Some(found) = query.fetch_optional(&mut *tx).await? else { return Ok(None) };
        tx.commit().await?;
        Ok(Some((rev, todo_of(&found)?)))
    }
}

async fn next_rev(tx: &mut Connection, room: RoomId) -> Result<Option<u64>, StoreError> {
    let count = "UPDATE rooms SET todo_rev = todo_rev + 1 \
                 WHERE id = $1 AND deleted_at IS NULL RETURNING todo_rev";
    let counted = sqlx::query(count).bind(room.0).fetch_optional(tx).await?;
    counted.map(|counted| row::counter(&counted, "todo_rev")).transpose()
}

fn todo_of(row: &Row) -> Result<Todo, StoreError> {
    let id = TodoId(row.try_get("id")?);
    Ok(Todo { id, title: row.try_get("title")?, done: row.try_get("done")? })
}
