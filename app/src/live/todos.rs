//! A room's to-do list, as this browser knows it. Its changes are numbered; who misses one asks for the list.

use protocol::Todo;
use protocol::event::{self, TodoChanged};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Todos {
    list: Vec<Todo>,
    rev: u64,
}

impl Todos {
    pub fn list(&self) -> &[Todo] {
        &self.list
    }

    /// How many are still to be done.
    pub fn open(&self) -> usize {
        self.list.iter().filter(|todo| !todo.done).count()
    }

    /// The whole list; an answer that was overtaken by a change is as good as none.
    pub fn listed(&mut self, listed: event::Todos) {
        if listed.rev >= self.rev {
            *self = Self { list: listed.todos, rev: listed.rev };
        }
    }

    /// Whether something is missing, so that the list has to be asked for.
    #[must_use]
    pub fn changed(&mut self, changed: TodoChanged) -> bool {
        if changed.rev <= self.rev {
            return false;
        }
        let missing = changed.rev > self.rev + 1;
        if !missing {
            self.rev = changed.rev;
        }
        let place = self.list.iter().position(|todo| todo.id == changed.todo.id);
        match place {
            Some(place) if changed.removed => {
                self.list.remove(place);
            }
            Some(place) => self.list[place] = changed.todo,
            None if changed.removed => {}
            None => self.list.push(changed.todo),
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{RoomId, TodoId};
    use uuid::Uuid;

    fn todo(number: u128, done: bool) -> Todo {
        Todo { id: TodoId(Uuid::from_u128(number)), title: number.to_string(), done }
    }

    fn change(rev: u64, todo: Todo, removed: bool) -> TodoChanged {
        TodoChanged { room: RoomId(Uuid::nil()), rev, todo, removed }
    }

    #[test]
    fn things_are_added_ticked_off_and_removed() {
        let mut todos = Todos::default();
        assert!(!todos.changed(change(1, todo(1, false), false)));
        assert!(!todos.changed(change(2, todo(2, false), false)));
        assert!(!todos.changed(change(3, todo(1, true), false)));
        assert_eq!((todos.list(), todos.open()), (&[todo(1, true), todo(2, false)][..], 1));
        assert!(!todos.changed(change(4, todo(2, false), true)));
        assert!(!todos.changed(change(3, todo(2, false), false)), "old news");
        assert_eq!((todos.list(), todos.open()), (&[todo(1, true)][..], 0));
    }

    #[test]
    fn whoever_misses_a_change_asks_and_is_right_then() {
        let mut todos = Todos::default();
        assert!(todos.changed(change(2, todo(2, false), false)));
        assert!(todos.changed(change(3, todo(3, false), false)), "it still misses the first");
        let all = vec![todo(1, false), todo(2, false), todo(3, false)];
        todos.listed(event::Todos { todos: all.clone(), rev: 3 });
        assert_eq!(todos.list(), all);
        assert!(!todos.changed(change(4, todo(1, false), true)));
        todos.listed(event::Todos { todos: all.clone(), rev: 3 });
        assert_eq!(todos.list(), &all[1..], "an answer that was overtaken");
    }
}
