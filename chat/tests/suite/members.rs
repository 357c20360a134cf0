use crate::support::{Engine, House, code, on_both_engines};
use chat::Announcement;
use protocol::event::{CreateRoom, Membership};
use protocol::{ErrorCode, Role};

on_both_engines! {
    joining_and_leaving_are_told_with_the_number_of_members
    of_twenty_who_join_the_last_three_places_three_get_in
    a_full_room_takes_one_when_one_has_left
    no_one_sends_themselves_out
    whoever_was_removed_comes_back_only_when_invited
    whoever_was_removed_is_not_invited_back_by_just_anyone
    whoever_left_comes_back_to_a_public_room
    whoever_left_a_private_room_is_invited_again
    an_invitation_can_be_taken_back
    a_member_is_not_invited
    a_maker_who_has_left_has_no_more_to_say
    the_house_counts_its_members
}

async fn joining_and_leaving_are_told_with_the_number_of_members(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.guest("Boris").await);
    let room = house.public_room(&anna, "Tea").await;
    house.join(&boris, room).await.unwrap();
    house.join(&boris, room).await.unwrap();
    house.leave(&boris, room).await.unwrap();
    let membership = |announcement: &Announcement| match announcement {
        Announcement::Joined(Membership { room: other, user, count }) if *other == room => {
            Some((true, user.id, *count))
        }
        Announcement::Left(Membership { room: other, user, count }) if *other == room => {
            Some((false, user.id, *count))
        }
        _ => None,
    };
    let expected = [(true, anna.user.id, 1), (true, boris.user.id, 2), (false, boris.user.id, 1)];
    assert_eq!(house.heard.several(3, membership).await, expected);
    assert_eq!(code(&house.leave(&boris, room).await), Some(ErrorCode::Forbidden));
}

async fn of_twenty_who_join_the_last_three_places_three_get_in(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let ask = CreateRoom { name: "Tea".into(), max_users: Some(4), ..CreateRoom::default() };
    let room = house.chat.create_room(&anna, &ask).await.unwrap().room.id;
    let mut joining = Vec::new();
    for number in 0..20 {
        let (chat, who) = (house.chat.clone(), house.guest(&format!("guest {number}")).await);
        joining.push(tokio::spawn(async move { code(&chat.join(&who, "tea").await) }));
    }
    let mut full = 0;
    for one in joining {
        match one.await.unwrap() {
            None => {}
            Some(ErrorCode::RoomFull) => full += 1,
            Some(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(full, 17);
    let view = house.chat.view(&anna, room).await.unwrap();
    assert_eq!((view.room.members, view.members.len()), (4, 4));
}

async fn a_full_room_takes_one_when_one_has_left(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris, chen) =
        (house.member("Anna").await, house.guest("Boris").await, house.guest("Chen").await);
    let ask = CreateRoom { name: "Tea".into(), max_users: Some(2), ..CreateRoom::default() };
    house.chat.create_room(&anna, &ask).await.unwrap();
    let room = house.join(&boris, "tea").await.unwrap();
    assert_eq!(code(&house.join(&chen, "tea").await), Some(ErrorCode::RoomFull));
    house.leave(&boris, room).await.unwrap();
    house.join(&chen, "tea").await.unwrap();
    assert_eq!(code(&house.join(&boris, "tea").await), Some(ErrorCode::RoomFull));
}

async fn no_one_sends_themselves_out(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let room = house.public_room(&anna, "Tea").await;
    assert_eq!(code(&house.remove(&anna, room, &anna).await), Some(ErrorCode::Forbidden));
    house.leave(&anna, room).await.unwrap();
    house.join(&anna, room).await.unwrap();
}

async fn whoever_was_removed_comes_back_only_when_invited(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let rooms =
        [house.public_room(&anna, "Tea").await, house.private_room(&anna, "Secret tea").await];
    for (room, gone) in rooms.into_iter().zip([ErrorCode::Forbidden, ErrorCode::NotFound]) {
        house.invite(&anna, room, &boris).await.unwrap();
        house.join(&boris, room).await.unwrap();
        house.say(&boris, room, "rude").await;
        house.remove(&anna, room, &boris).await.unwrap();
        assert_eq!(code(&house.join(&boris, room).await), Some(gone));
        assert_eq!(code(&house.try_say(&boris, room, "rude again").await), Some(gone));
        assert_eq!(code(&house.remove(&anna, room, &boris).await), Some(ErrorCode::NotFound));
        house.invite(&anna, room, &boris).await.unwrap();
        house.join(&boris, room).await.unwrap();
        house.say(&boris, room, "sorry").await;
    }
    let kicked = house.heard.several(2, |announcement| match announcement {
        Announcement::Kicked(user, kicked) if *user == boris.user.id => kicked.room,
        _ => None,
    });
    assert_eq!(kicked.await, rooms);
}

async fn whoever_was_removed_is_not_invited_back_by_just_anyone(engine: Engine) {
    let house = House::new(engine).await;
    let moderator = house.someone("Mod", Role::Moderator).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let friend = house.member("Friend").await;
    let room = house.public_room(&anna, "Tea").await;
    for who in [&moderator, &boris, &friend] {
        house.join(who, room).await.unwrap();
    }
    house.remove(&moderator, room, &boris).await.unwrap();
    assert_eq!(code(&house.invite(&friend, room, &boris).await), Some(ErrorCode::Forbidden));
    assert_eq!(code(&house.join(&boris, room).await), Some(ErrorCode::Forbidden));
    house.invite(&moderator, room, &boris).await.unwrap();
    house.join(&boris, room).await.unwrap();
}

async fn whoever_left_comes_back_to_a_public_room(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.public_room(&anna, "Tea").await;
    house.join(&boris, room).await.unwrap();
    house.leave(&boris, room).await.unwrap();
    house.say(&anna, room, "while you were away").await;
    house.join(&boris, room).await.unwrap();
    let seen = house.listed(&boris, room).await.unwrap();
    assert_eq!((seen.unread, seen.members), (0, 2));
}

async fn whoever_left_a_private_room_is_invited_again(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.private_room(&anna, "Tea").await;
    house.invite(&anna, room, &boris).await.unwrap();
    house.join(&boris, room).await.unwrap();
    house.leave(&boris, room).await.unwrap();
    assert_eq!(code(&house.join(&boris, room).await), Some(ErrorCode::NotFound));
    house.invite(&anna, room, &boris).await.unwrap();
    house.join(&boris, room).await.unwrap();
}

async fn an_invitation_can_be_taken_back(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.private_room(&anna, "Tea").await;
    house.invite(&anna, room, &boris).await.unwrap();
    house.remove(&anna, room, &boris).await.unwrap();
    assert_eq!(code(&house.join(&boris, room).await), Some(ErrorCode::NotFound));
    assert_eq!(house.listed(&anna, room).await.unwrap().members, 1);
    let left = house.heard.so_far(|announcement| match announcement {
        Announcement::Left(membership) => Some(membership.user.id),
        _ => None,
    });
    assert!(left.is_empty(), "they had never come");
}

async fn a_member_is_not_invited(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.public_room(&anna, "Tea").await;
    house.join(&boris, room).await.unwrap();
    assert_eq!(code(&house.invite(&anna, room, &boris).await), Some(ErrorCode::Conflict));
    house.say(&boris, room, "still here").await;
}

async fn a_maker_who_has_left_has_no_more_to_say(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.public_room(&anna, "Tea").await;
    house.join(&boris, room).await.unwrap();
    house.leave(&anna, room).await.unwrap();
    assert_eq!(code(&house.remove(&anna, room, &boris).await), Some(ErrorCode::Forbidden));
    house.join(&anna, room).await.unwrap();
    house.remove(&anna, room, &boris).await.unwrap();
}

async fn the_house_counts_its_members(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let room = house.general(&anna).await;
    let boris = house.guest("Boris").await;
    assert_eq!(house.listed(&anna, room).await.unwrap().members, 2);
    house.leave(&boris, room).await.unwrap();
    assert_eq!(house.listed(&anna, room).await.unwrap().members, 1);
    let view = house.chat.view(&anna, room).await.unwrap();
    assert_eq!(view.members.len(), 1);
    assert!(view.members[0].online && !view.more);
}
