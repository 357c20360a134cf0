//! A room's to-do list: whoever may speak there may change it. Its changes are numbered apart from the
//! room's own, so that what is said has no gaps.

use crate::announcement::Announcement;
use crate::chat::Chat;
use crate::error::Error;
use crate::people::Identity;
use crate::permissions::Action;
use protocol::event::{AddTodo, InRoom, OfTodo, TickTodo, TodoChanged, Todos};
use protocol::limits::{Limit, TODOS};
use protocol::{ApiError, ErrorCode, RoomId, Title, Todo, TodoId};
use uuid::Uuid;

impl Chat {
    pub async fn todos(&self, who: &Identity, ask: &InRoom) -> Result<Todos, Error> {
        let room = self.allowed(who, &ask.room, Action::Look).await?.room.id;
        Ok(self.house.store.todos(room).await?)
    }

    /// A public room's list, for lists that strangers see.
    pub async fn todos_in(&self, room: RoomId) -> Result<Vec<Todo>, Error> {
        Ok(self.house.store.todos(room).await?.todos)
    }

    pub async fn add_todo(&self, who: &Identity, ask: &AddTodo) -> Result<TodoChanged, Error> {
        let title = Title::parse(&ask.title)?;
        let room = self.may_change(who, &ask.room).await?;
        let id = TodoId(Uuid::now_v7());
        let todo = Todo { id, title: title.as_str().to_owned(), done: false };
        let _list = self.house.list.lock().await;
        let Some(rev) = self.house.store.add_todo(room, &todo, TODOS).await? else {
            let told = format!("there are {TODOS} things to do; remove one first");
            return Err(ApiError::new(ErrorCode::Conflict, told).into());
        };
        Ok(self.list_changed(TodoChanged { room, rev, todo, removed: false }).await)
    }

    /// Says that it is done, or that it isn't after all.
    pub async fn tick_todo(&self, who: &Identity, ask: &TickTodo) -> Result<TodoChanged, Error> {
        let room = self.may_change(who, &ask.room).await?;
        let _list = self.house.list.lock().await;
        let ticked = self.house.store.tick_todo(room, ask.todo, ask.done).await?;
        let (rev, todo) = ticked.ok_or_else(no_todo)?;
        Ok(self.list_changed(TodoChanged { room, rev, todo, removed: false }).await)
    }

    pub async fn remove_todo(&self, who: &Identity, ask: &OfTodo) -> Result<TodoChanged, Error> {
        let room = self.may_change(who, &ask.room).await?;
        let _list = self.house.list.lock().await;
        let removed = self.house.store.remove_todo(room, ask.todo).await?;
        let (rev, todo) = removed.ok_or_else(no_todo)?;
        Ok(self.list_changed(TodoChanged { room, rev, todo, removed: true }).await)
    }

    async fn may_change(&self, who: &Identity, room: &str) -> Result<RoomId, Error> {
        let room = self.allowed(who, room, Action::Say).await?.room.id;
        self.house.limits.check(Limit::MessageBurst, who).await?;
        self.house.limits.check(Limit::Message, who).await?;
        Ok(room)
    }

    async fn list_changed(&self, changed: TodoChanged) -> TodoChanged {
        self.announce(Announcement::Todo(changed.clone())).await;
        changed
    }
}

fn no_todo() -> ApiError {
    ApiError::not_found("thing to do")
}
