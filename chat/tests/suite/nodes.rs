//! Several nodes on one PostgreSQL database.

use crate::support::{Engine, House, code, texts, to};
use chat::{Announcement, Chat, Identity};
use protocol::event::MessageChanged;
use protocol::{ErrorCode, Message, RoomId};
use std::collections::HashSet;
use uuid::Uuid;

mod postgres {
    #[tokio::test]
    async fn what_two_nodes_are_sent_at_once_is_said_once_and_leaves_no_gap() {
        super::what_two_nodes_are_sent_at_once_is_said_once_and_leaves_no_gap().await;
    }

    #[tokio::test]
    async fn one_id_in_two_rooms_of_two_nodes_is_one_message() {
        super::one_id_in_two_rooms_of_two_nodes_is_one_message().await;
    }

    #[tokio::test]
    async fn nodes_that_start_at_once_make_the_tables_once() {
        super::nodes_that_start_at_once_make_the_tables_once().await;
    }

    #[tokio::test]
    async fn changes_that_overtake_each_other_are_told_in_order() {
        super::changes_that_overtake_each_other_are_told_in_order().await;
    }

    #[tokio::test]
    async fn what_was_not_told_is_found() {
        super::what_was_not_told_is_found().await;
    }
}

const MESSAGES: usize = 200;

/// Sends all without waiting in between, each to one of the rooms.
async fn send_all(chat: Chat, who: Identity, rooms: [RoomId; 2], ids: Vec<Uuid>) -> Vec<Message> {
    let mut pending = Vec::new();
    for (number, id) in ids.into_iter().enumerate() {
        let message = to(rooms[number % 2], id, &format!("{} {number}", who.user.name));
        pending.push(chat.send(&who, message).await.unwrap());
        tokio::task::yield_now().await;
    }
    let mut sent = Vec::new();
    for receipt in pending {
        sent.push(receipt.durable().await.unwrap().message);
    }
    sent
}

async fn what_two_nodes_are_sent_at_once_is_said_once_and_leaves_no_gap() {
    let house = House::new(Engine::Postgres).await;
    let (other, heard) = house.beside().await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let rooms = [house.general(&anna).await, house.public_room(&anna, "Tea").await];
    house.join(&boris, rooms[1]).await.unwrap();
    let ids = || (0..MESSAGES).map(|_| Uuid::now_v7()).collect::<Vec<_>>();
    let (annas, boriss) = (ids(), ids());

    // Anna's program sends all she says to both nodes, Boris's as well, and the rooms in another order.
    let turned = [rooms[1], rooms[0]];
    let (one, two, three, four) = tokio::join!(
        tokio::spawn(send_all(house.chat.clone(), anna.clone(), rooms, annas.clone())),
        tokio::spawn(send_all(other.clone(), anna.clone(), rooms, annas)),
        tokio::spawn(send_all(house.chat.clone(), boris.clone(), turned, boriss.clone())),
        tokio::spawn(send_all(other.clone(), boris.clone(), turned, boriss)),
    );
    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(three.unwrap(), four.unwrap());

    for room in rooms {
        let mut all = Vec::new();
        loop {
            let since = all.last().map_or(0, |message: &Message| message.rev);
            let mut synced = house.sync(&anna, &[(room, since)]).await;
            let changes = synced.rooms.remove(&room).unwrap();
            all.extend(changes.messages);
            if changes.complete {
                break;
            }
        }
        let revs: Vec<u64> = all.iter().map(|message| message.rev).collect();
        assert_eq!(revs, (1..=MESSAGES as u64).collect::<Vec<_>>());
        let said: HashSet<&str> = texts(&all).into_iter().collect();
        assert_eq!(said.len(), MESSAGES);
    }
    // Each message is told by the node that wrote it. What is missing in between was written by the other one,
    // and is told too, so that no one hears a gap.
    let told = |announcement: &Announcement| match announcement {
        Announcement::Message(changed) => Some((changed.room, changed.rev)),
        _ => None,
    };
    let all_told = || {
        let (here, there) = (house.heard.so_far(told), heard.so_far(told));
        here.into_iter().chain(there).collect::<HashSet<_>>().len() == 2 * MESSAGES
    };
    crate::support::until("everything is told", || async { all_told() }).await;
    for node in [&house.heard, &heard] {
        for room in rooms {
            let of_room = |(other, rev): (RoomId, u64)| (other == room).then_some(rev);
            let revs: Vec<u64> = node.so_far(told).into_iter().filter_map(of_room).collect();
            assert!(revs.windows(2).all(|two| two[1] == two[0] + 1), "{revs:?}");
        }
    }
}

async fn one_id_in_two_rooms_of_two_nodes_is_one_message() {
    let house = House::new(Engine::Postgres).await;
    let (other, _heard) = house.beside().await;
    let anna = house.member("Anna").await;
    let rooms = [house.general(&anna).await, house.public_room(&anna, "Tea").await];
    for _ in 0..50 {
        let id = Uuid::now_v7();
        let (here, there) = tokio::join!(house.send(&anna, to(rooms[0], id, "hello")), async {
            other.send(&anna, to(rooms[1], id, "hello")).await?.durable().await
        },);
        let codes = [code(&here), code(&there)];
        assert!(codes.contains(&None) && codes.contains(&Some(ErrorCode::Conflict)), "{codes:?}");
    }
    let said =
        house.history(&anna, rooms[0]).await.len() + house.history(&anna, rooms[1]).await.len();
    assert_eq!(said, 50);
}

async fn nodes_that_start_at_once_make_the_tables_once() {
    let place = crate::support::Place::new(Engine::Postgres).await;
    let (one, two, three) = tokio::join!(place.open(), place.open(), place.open());
    for store in [one, two, three] {
        assert!(!store.has_accounts().await.unwrap());
        store.close().await;
    }
}

/// What another node says comes in any order, twice, or not at all.
async fn changes_that_overtake_each_other_are_told_in_order() {
    let house = House::new(Engine::Postgres).await;
    let (other, heard) = house.beside().await;
    let anna = house.member("Anna").await;
    let room = house.general(&anna).await;
    other.connected(&anna).await.unwrap();
    let mut said = Vec::new();
    for number in 0..10 {
        said.push(house.say(&anna, room, &number.to_string()).await);
    }
    // The third is lost, the fifth comes before the fourth, and the sixth twice.
    for place in [0, 1, 4, 3, 5, 5, 9, 8, 7, 6] {
        let message = said[place].clone();
        let changed = MessageChanged { room, rev: message.rev, message };
        other.hear(Announcement::Message(changed)).await;
    }
    let told = |announcement: &Announcement| match announcement {
        Announcement::Message(changed) => Some(changed.rev),
        _ => None,
    };
    crate::support::until("all are told", || async { heard.so_far(told).len() >= 10 }).await;
    assert_eq!(heard.so_far(told), (1..=10).collect::<Vec<_>>());
}

/// Nothing that this node was not told stays untold.
async fn what_was_not_told_is_found() {
    let house = House::new(Engine::Postgres).await;
    let (other, heard) = house.beside().await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.general(&anna).await;
    let tea = house.public_room(&anna, "Tea").await;
    let coffee = house.public_room(&anna, "Coffee").await;
    for who in [&anna, &boris] {
        other.connected(who).await.unwrap();
    }
    house.say(&anna, room, "lost").await;
    house.join(&boris, tea).await.unwrap();
    house.leave(&anna, tea).await.unwrap();
    other.catch_up(&[]).await.unwrap();
    other.catch_up_memberships().await.unwrap();
    let said = |announcement: &Announcement| match announcement {
        Announcement::Message(changed) => Some(changed.message.text.clone()),
        _ => None,
    };
    let joined = |announcement: &Announcement| match announcement {
        Announcement::Joined(joined) => Some((joined.room, joined.user.id)),
        _ => None,
    };
    let left = |announcement: &Announcement| match announcement {
        Announcement::Left(left) => Some((left.room, left.user.id, left.count)),
        _ => None,
    };
    assert_eq!(heard.first(said).await, "lost");
    assert_eq!(heard.first(joined).await, (tea, boris.user.id));
    assert_eq!(heard.first(left).await, (tea, anna.user.id, 1));

    house.chat.delete_room(&anna, &coffee.to_string()).await.unwrap();
    other.catch_up(&[]).await.unwrap();
    let removed = |announcement: &Announcement| match announcement {
        Announcement::RoomRemoved(room, _) => Some(*room),
        _ => None,
    };
    assert_eq!(heard.first(removed).await, coffee);
}
