use crate::support::{Engine, House, on_both_engines};
use chat::{Announcement, Identity};
use protocol::event::{PresenceAction, WhoIsHere};
use protocol::{RoomId, UserId};

on_both_engines! {
    coming_in_is_told_in_ones_rooms
    joining_and_leaving_change_who_is_online_in_the_room
    only_members_see_who_is_online
    who_is_online_comes_in_pages
    those_who_are_here_come_first_among_the_members
    no_one_is_online_in_a_room_that_is_gone
}

async fn online(house: &House, who: &Identity, room: RoomId) -> Vec<UserId> {
    let ask = WhoIsHere { room: room.to_string(), after: None };
    let users = house.chat.online(who, &ask).await.unwrap().users;
    users.into_iter().map(|user| user.id).collect()
}

fn in_room(room: RoomId) -> impl Fn(&Announcement) -> Option<(UserId, PresenceAction, usize)> {
    move |announcement| match announcement {
        Announcement::Presence(told) if told.room == room => {
            Some((told.user.id, told.action, told.count))
        }
        _ => None,
    }
}

async fn coming_in_is_told_in_ones_rooms(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let room = house.general(&anna).await;
    house.chat.connected(&anna).await.unwrap();
    let boris = house.guest("Boris").await;
    let expected =
        [(anna.user.id, PresenceAction::Online, 1), (boris.user.id, PresenceAction::Online, 2)];
    assert_eq!(house.heard.several(2, in_room(room)).await, expected);
    house.chat.sign_out(&boris).await.unwrap();
    let told = house.heard.several(3, in_room(room)).await;
    assert_eq!(told[2], (boris.user.id, PresenceAction::Offline, 1));
}

async fn joining_and_leaving_change_who_is_online_in_the_room(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.guest("Boris").await);
    let room = house.public_room(&anna, "Tea").await;
    house.join(&boris, room).await.unwrap();
    assert_eq!(online(&house, &anna, room).await, [anna.user.id, boris.user.id]);
    assert_eq!(house.listed(&anna, room).await.unwrap().online, 2);
    house.leave(&boris, room).await.unwrap();
    assert_eq!(online(&house, &anna, room).await, [anna.user.id]);
    let expected = [
        (anna.user.id, PresenceAction::Joined, 1),
        (boris.user.id, PresenceAction::Joined, 2),
        (boris.user.id, PresenceAction::Left, 1),
    ];
    assert_eq!(house.heard.several(3, in_room(room)).await, expected);

    house.join(&boris, room).await.unwrap();
    house.remove(&anna, room, &boris).await.unwrap();
    assert_eq!(online(&house, &anna, room).await, [anna.user.id]);
}

async fn only_members_see_who_is_online(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.guest("Boris").await);
    let room = house.public_room(&anna, "Tea").await;
    let ask = WhoIsHere { room: room.to_string(), after: None };
    assert!(house.chat.online(&boris, &ask).await.is_err());
}

async fn who_is_online_comes_in_pages(engine: Engine) {
    let house = House::new(engine).await;
    let mut everyone = Vec::new();
    for number in 0..205 {
        everyone.push(house.guest(&format!("guest {number}")).await.user.id);
    }
    let anna = house.guest("Anna").await;
    everyone.push(anna.user.id);
    let ask = WhoIsHere { room: "general".into(), after: None };
    let first = house.chat.online(&anna, &ask).await.unwrap();
    assert_eq!((first.users.len(), first.more), (200, true));
    let after = first.users.last().map(|user| user.id);
    let rest = house.chat.online(&anna, &WhoIsHere { after, ..ask }).await.unwrap();
    assert!(!rest.more);
    let seen: Vec<UserId> = first.users.iter().chain(&rest.users).map(|user| user.id).collect();
    assert_eq!(seen, everyone);
}

async fn those_who_are_here_come_first_among_the_members(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    for number in 0..205 {
        house.guest(&format!("guest {number}")).await;
    }
    // No one is here after a restart but Anna, who came first of all.
    let house = house.again().await;
    house.chat.connected(&anna).await.unwrap();
    let room = house.general(&anna).await;
    let view = house.chat.view(&anna, room).await.unwrap();
    assert_eq!((view.members.len(), view.more, view.room.members), (200, true, 206));
    assert_eq!(view.members[0].user.id, anna.user.id);
    assert_eq!(view.members.iter().filter(|member| member.online).count(), 1);
}

async fn no_one_is_online_in_a_room_that_is_gone(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let room = house.public_room(&anna, "Tea").await;
    house.chat.delete_room(&anna, &room.to_string()).await.unwrap();
    house.chat.sign_out(&anna).await.unwrap();
    let general = house.heard.so_far(in_room(room));
    assert!(general.iter().all(|(_, action, _)| *action == PresenceAction::Joined));
}
