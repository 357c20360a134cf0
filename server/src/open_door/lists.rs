//! What is told as a whole, at most once a second: the last state always.

use super::dialect::News;
use super::visitors::{List, Visitors};
use chat::Chat;
use protocol::limits::LISTED;
use protocol::{ApiError, RoomId};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(1);

pub(super) async fn keep_telling(chat: &Chat, visitors: &Visitors) {
    loop {
        visitors.wake.notified().await;
        for (room, list) in visitors.take_due() {
            match list {
                List::People => tell_people(chat, visitors, room).await,
                List::Todos => tell_todos(chat, visitors, room).await,
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn tell_people(chat: &Chat, visitors: &Visitors, room: RoomId) {
    let listeners = visitors.in_room(room);
    if listeners.is_empty() {
        return;
    }
    let people = chat.people_in(room, LISTED).await;
    for visitor in listeners {
        visitor.tell(room, |_| News::People(&people));
    }
}

async fn tell_todos(chat: &Chat, visitors: &Visitors, room: RoomId) {
    let listeners = visitors.in_room(room);
    if listeners.is_empty() {
        return;
    }
    // Turned into what would be told, a failure of the store is logged.
    let Ok(todos) = chat.todos_in(room).await.map_err(ApiError::from) else { return };
    for visitor in listeners {
        visitor.tell(room, |_| News::Todos(&todos));
    }
}
