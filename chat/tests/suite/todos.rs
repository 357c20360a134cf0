//! A room's to-do list: everyone's there, numbered without a gap, and still there after a restart.

use crate::support::{Engine, House, code, on_both_engines, refused};
use chat::Announcement;
use protocol::event::{AddTodo, InRoom, OfTodo, TickTodo, TodoChanged, Todos};
use protocol::limits::TODOS;
use protocol::{ErrorCode, Reason, RoomId, TodoId};
use uuid::Uuid;

on_both_engines! {
    a_list_is_changed_by_all_and_outlives_a_restart
    a_change_is_numbered_and_told_in_order
    a_list_is_full_at_some_point
    only_members_see_it
}

fn adding(room: RoomId, title: &str) -> AddTodo {
    AddTodo { room: room.to_string(), title: title.into() }
}

fn ticking(room: RoomId, todo: TodoId, done: bool) -> TickTodo {
    TickTodo { room: room.to_string(), todo, done }
}

fn of(room: RoomId, todo: TodoId) -> OfTodo {
    OfTodo { room: room.to_string(), todo }
}

async fn list(house: &House, who: &chat::Identity, room: RoomId) -> Todos {
    house.chat.todos(who, &InRoom { room: room.to_string() }).await.unwrap()
}

async fn a_list_is_changed_by_all_and_outlives_a_restart(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.guest("Boris").await);
    let room = house.general(&anna).await;
    house.general(&boris).await;
    let milk = house.chat.add_todo(&anna, &adding(room, " <b>milk</b> ")).await.unwrap().todo;
    let tea = house.chat.add_todo(&boris, &adding(room, "茶")).await.unwrap().todo;
    house.chat.tick_todo(&boris, &ticking(room, milk.id, true)).await.unwrap();
    house.chat.remove_todo(&anna, &of(room, tea.id)).await.unwrap();
    let gone = house.chat.remove_todo(&anna, &of(room, tea.id)).await;
    assert_eq!(code(&gone), Some(ErrorCode::NotFound));
    let house = house.again().await;
    let Todos { todos, rev } = list(&house, &anna, room).await;
    assert_eq!((todos.len(), todos[0].title.as_str(), todos[0].done), (1, "<b>milk</b>", true));
    // What was refused takes no number.
    assert_eq!(rev, 4);
}

async fn a_change_is_numbered_and_told_in_order(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let room = house.general(&anna).await;
    let before = house.history(&anna, room).await.len();
    let adds = (0..20).map(|number| {
        let (chat, anna) = (house.chat.clone(), anna.clone());
        tokio::spawn(async move { chat.add_todo(&anna, &adding(room, &number.to_string())).await })
    });
    for added in adds.collect::<Vec<_>>() {
        added.await.unwrap().unwrap();
    }
    let numbers = |told: &Announcement| match told {
        Announcement::Todo(TodoChanged { rev, .. }) => Some(*rev),
        _ => None,
    };
    let told = house.heard.several(20, numbers).await;
    assert_eq!(told, (1..=20).collect::<Vec<_>>());
    let Todos { todos, rev } = list(&house, &anna, room).await;
    assert_eq!((todos.len(), rev), (20, 20));
    // What is said has its own numbers.
    assert_eq!(house.history(&anna, room).await.len(), before);
    assert_eq!(house.say(&anna, room, "first").await.rev, 1);
}

async fn a_list_is_full_at_some_point(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let room = house.public_room(&anna, "Plans").await;
    for number in 0..TODOS {
        let todo =
            protocol::Todo { id: TodoId(Uuid::now_v7()), title: number.to_string(), done: false };
        assert!(house.store.add_todo(room, &todo, TODOS).await.unwrap().is_some());
    }
    let more = house.chat.add_todo(&anna, &adding(room, "more")).await;
    assert_eq!(code(&more), Some(ErrorCode::Conflict));
    let listed = list(&house, &anna, room).await;
    assert_eq!((listed.todos.len(), listed.rev), (TODOS, TODOS as u64));
    let first = of(room, listed.todos[0].id);
    house.chat.remove_todo(&anna, &first).await.unwrap();
    house.chat.add_todo(&anna, &adding(room, "more")).await.unwrap();
    for (title, reason) in [("", Reason::Empty), (&"x".repeat(501), Reason::TooLong)] {
        let error = refused(house.chat.add_todo(&anna, &adding(room, title)).await);
        assert_eq!(error.reason(), Some(reason));
    }
}

async fn only_members_see_it(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let (open, closed) =
        (house.public_room(&anna, "Open").await, house.private_room(&anna, "Closed").await);
    for (room, expected) in [(open, ErrorCode::Forbidden), (closed, ErrorCode::NotFound)] {
        let todo = house.chat.add_todo(&anna, &adding(room, "tea")).await.unwrap().todo.id;
        let asked = house.chat.todos(&boris, &InRoom { room: room.to_string() }).await;
        assert_eq!(code(&asked), Some(expected));
        let added = house.chat.add_todo(&boris, &adding(room, "more")).await;
        assert_eq!(code(&added), Some(expected));
        let ticked = house.chat.tick_todo(&boris, &ticking(room, todo, true)).await;
        assert_eq!(code(&ticked), Some(expected));
        let removed = house.chat.remove_todo(&boris, &of(room, todo)).await;
        assert_eq!(code(&removed), Some(expected));
        // Nor from another room.
        let other = if room == open { closed } else { open };
        let strayed = house.chat.remove_todo(&anna, &of(other, todo)).await;
        assert_eq!(code(&strayed), Some(ErrorCode::NotFound));
        assert_eq!(list(&house, &anna, room).await.rev, 1);
    }
    house.chat.archive_room(&anna, &open.to_string()).await.unwrap();
    let late = refused(house.chat.add_todo(&anna, &adding(open, "late")).await);
    assert_eq!(late.reason(), Some(Reason::Archived));
}
