use crate::support::{Engine, House, code, in_room, on_both_engines, refused};
use chat::{Announcement, Identity};
use protocol::event::{CreateRoom, UpdateRoom};
use protocol::{ErrorCode, Reason, RoomId, RoomKind};
use uuid::Uuid;

on_both_engines! {
    general_is_always_there
    whoever_makes_a_room_is_in_it
    rooms_of_one_name_have_different_addresses
    an_address_tells_of_no_private_room
    a_room_that_looks_like_an_id_can_be_entered
    a_room_needs_a_name_and_a_sensible_size
    one_person_makes_so_many_rooms
    a_room_is_renamed_and_keeps_its_address
    a_room_is_not_made_smaller_than_it_is
    an_archived_room_is_read_and_left_and_nothing_more
    a_deleted_room_is_gone_and_its_address_is_free
    what_a_deleted_room_held_is_purged
    a_room_that_is_not_there_is_not_found
    two_people_have_one_direct_room
    two_people_who_ask_at_once_have_one_direct_room
    a_direct_room_is_called_as_the_other_one_is
    direct_rooms_do_not_count_as_rooms_made
    a_private_room_is_seen_by_those_in_it
}

async fn general_is_always_there(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let general = house.general(&anna).await;
    let house = house.again().await;
    let boris = house.guest("Boris").await;
    assert_eq!(house.general(&boris).await, general);
    let room = house.listed(&boris, general).await.unwrap();
    assert_eq!((room.slug.as_str(), room.members, room.joined), ("general", 2, true));
}

async fn whoever_makes_a_room_is_in_it(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let ask = CreateRoom {
        name: " Чай и кофе ".into(),
        topic: Some("Drinks".into()),
        private: false,
        max_users: Some(7),
    };
    let room = house.chat.create_room(&anna, &ask).await.unwrap().room;
    assert_eq!((room.slug.as_str(), room.name.as_str()), ("чай-и-кофе", "Чай и кофе"));
    assert_eq!((room.topic.as_str(), room.kind, room.max_users), ("Drinks", RoomKind::Public, 7));
    assert_eq!((room.members, room.online, room.joined), (1, 1, true));
    let updated = house.heard.first(|announcement| match announcement {
        Announcement::RoomUpdated(info) if info.id == room.id => Some(info.clone()),
        _ => None,
    });
    assert_eq!(updated.await.name, "Чай и кофе");
    let boris = house.guest("Boris").await;
    assert_eq!(house.join(&boris, "чай-и-кофе").await.unwrap(), room.id);
}

async fn slug(house: &House, who: &Identity, name: &str) -> String {
    let ask = CreateRoom { name: name.into(), ..CreateRoom::default() };
    house.chat.create_room(who, &ask).await.unwrap().room.slug
}

async fn rooms_of_one_name_have_different_addresses(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    assert_eq!(slug(&house, &anna, "Tea").await, "tea");
    assert_eq!(slug(&house, &anna, "TEA!").await, "tea-2");
    assert_eq!(slug(&house, &anna, "General").await, "general-2");
    let (one, other) = tokio::join!(slug(&house, &anna, "Milk"), slug(&house, &anna, "Milk"));
    let mut slugs = [one, other];
    slugs.sort();
    assert_eq!(slugs, ["milk", "milk-2"]);
}

async fn an_address_tells_of_no_private_room(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let hidden = house.private_room(&anna, "Takeover").await;
    let hidden = house.listed(&anna, hidden).await.unwrap();
    assert_ne!(hidden.slug, "takeover");
    assert_eq!(slug(&house, &boris, "Takeover").await, "takeover");
    assert_eq!(code(&house.join(&boris, &hidden.slug).await), Some(ErrorCode::NotFound));
    let unknown = house.join(&boris, "takeover-12345678").await;
    assert_eq!(refused(house.join(&boris, &hidden.slug).await), refused(unknown));
}

async fn a_room_that_looks_like_an_id_can_be_entered(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    for name in [Uuid::now_v7().to_string(), Uuid::now_v7().simple().to_string()] {
        let slug = slug(&house, &anna, &name).await;
        house.join(&boris, slug).await.unwrap();
    }
}

async fn a_room_needs_a_name_and_a_sensible_size(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let room = |name: &str| CreateRoom { name: name.into(), ..CreateRoom::default() };
    for wrong in [
        room(" "),
        room("a\u{202e}b"),
        room(&"x".repeat(61)),
        CreateRoom { topic: Some("x".repeat(251)), ..room("Tea") },
        CreateRoom { max_users: Some(1), ..room("Tea") },
        CreateRoom { max_users: Some(10_001), ..room("Tea") },
    ] {
        let asked = house.chat.create_room(&anna, &wrong).await;
        assert_eq!(code(&asked), Some(ErrorCode::Validation), "{wrong:?}");
    }
    assert_eq!(slug(&house, &anna, "Tea").await, "tea");
}

async fn one_person_makes_so_many_rooms(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let first = house.public_room(&anna, "first").await;
    for _ in 1..20 {
        house.private_room(&anna, "another").await;
    }
    let ask = CreateRoom { name: "one too many".into(), ..CreateRoom::default() };
    assert_eq!(code(&house.chat.create_room(&anna, &ask).await), Some(ErrorCode::Forbidden));
    house.chat.delete_room(&anna, &first.to_string()).await.unwrap();
    house.chat.create_room(&anna, &ask).await.unwrap();
}

async fn a_room_is_renamed_and_keeps_its_address(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let room = house.public_room(&anna, "Tea").await;
    let ask = UpdateRoom {
        room: "tea".into(),
        name: Some("Coffee".into()),
        topic: Some("Black".into()),
        max_users: Some(5),
    };
    let changed = house.chat.update_room(&anna, &ask).await.unwrap().room;
    assert_eq!((changed.slug.as_str(), changed.name.as_str()), ("tea", "Coffee"));
    assert_eq!((changed.topic.as_str(), changed.max_users), ("Black", 5));
    let told = house.heard.first(|announcement| match announcement {
        Announcement::RoomUpdated(info) if info.id == room && info.name == "Coffee" => Some(()),
        _ => None,
    });
    told.await;
    // What isn't named stays; an empty topic is one.
    let ask =
        UpdateRoom { room: room.to_string(), topic: Some(String::new()), ..UpdateRoom::default() };
    let changed = house.chat.update_room(&anna, &ask).await.unwrap().room;
    assert_eq!((changed.name.as_str(), changed.topic.as_str()), ("Coffee", ""));
}

async fn a_room_is_not_made_smaller_than_it_is(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let room = house.public_room(&anna, "Tea").await;
    let smaller =
        UpdateRoom { room: room.to_string(), max_users: Some(2), ..UpdateRoom::default() };
    for called in ["Boris", "Chen"] {
        let guest = house.guest(called).await;
        house.join(&guest, room).await.unwrap();
    }
    assert_eq!(code(&house.chat.update_room(&anna, &smaller).await), Some(ErrorCode::Conflict));
    let enough = UpdateRoom { max_users: Some(3), ..smaller };
    house.chat.update_room(&anna, &enough).await.unwrap();
    let late = house.guest("late").await;
    assert_eq!(code(&house.join(&late, room).await), Some(ErrorCode::RoomFull));
}

async fn an_archived_room_is_read_and_left_and_nothing_more(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.public_room(&anna, "Tea").await;
    house.join(&boris, room).await.unwrap();
    let said = house.say(&boris, room, "hello").await;
    house.chat.archive_room(&anna, &room.to_string()).await.unwrap();
    let late = house.guest("late").await;
    for error in [
        refused(house.try_say(&anna, room, "more").await),
        refused(house.edit(&boris, &said, "more").await),
        refused(house.join(&late, room).await),
        refused(house.invite(&anna, room, &late).await),
    ] {
        assert_eq!((error.code, error.reason()), (ErrorCode::Forbidden, Some(Reason::Archived)));
    }
    assert!(house.listed(&anna, room).await.unwrap().archived);
    assert!(house.listed(&late, room).await.is_none());
    assert_eq!(house.history(&anna, room).await.len(), 1);
    house.delete(&boris, &said).await.unwrap();
    house.leave(&boris, room).await.unwrap();
}

async fn a_deleted_room_is_gone_and_its_address_is_free(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.public_room(&anna, "Tea").await;
    house.join(&boris, room).await.unwrap();
    let said = house.say(&boris, room, "hello").await;
    house.chat.delete_room(&anna, "tea").await.unwrap();
    let removed = house.heard.first(|announcement| match announcement {
        Announcement::RoomRemoved(room, _) => Some(*room),
        _ => None,
    });
    assert_eq!(removed.await, room);
    for who in [&anna, &boris] {
        assert_eq!(code(&house.try_say(who, room, "hello?").await), Some(ErrorCode::NotFound));
        assert_eq!(code(&house.join(who, "tea").await), Some(ErrorCode::NotFound));
        assert!(house.listed(who, room).await.is_none());
        assert!(house.sync(who, &[(room, 0)]).await.rooms.is_empty());
        assert!(house.search(who, "hello").await.messages.is_empty());
    }
    assert_eq!(code(&house.delete(&boris, &said).await), Some(ErrorCode::NotFound));
    assert_ne!(house.public_room(&boris, "Tea").await, room);
    assert_eq!(house.say(&boris, "tea", "again").await.seq, 1);
}

async fn what_a_deleted_room_held_is_purged(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.public_room(&anna, "Tea").await;
    house.join(&boris, room).await.unwrap();
    let said = house.say(&anna, room, "hello @Boris").await;
    house.index().await;
    house.chat.delete_room(&anna, "tea").await.unwrap();
    while house.store.purge_rooms().await.unwrap() {}
    assert!(house.store.message(room, said.id).await.unwrap().is_none());
    assert!(house.store.notifications(boris.user.id, 10).await.unwrap().is_empty());
    house.say(&anna, "general", "hello from elsewhere").await;
    assert_eq!(house.search(&anna, "hello").await.messages.len(), 1);
}

async fn a_room_that_is_not_there_is_not_found(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let unknown = RoomId(Uuid::now_v7());
    for room in ["nowhere", "", "dm:", "Ω", &unknown.to_string(), &"x".repeat(10_000)] {
        assert_eq!(code(&house.join(&anna, room).await), Some(ErrorCode::NotFound), "{room}");
        assert_eq!(code(&house.try_say(&anna, room, "?").await), Some(ErrorCode::NotFound));
    }
}

async fn two_people_have_one_direct_room(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.chat.open_dm(&anna, "boris").await.unwrap().room;
    assert_eq!((room.kind, room.members, room.joined), (RoomKind::Direct, 2, true));
    assert_eq!(house.direct_room(&anna, &boris).await, room.id);
    assert_eq!(house.direct_room(&boris, &anna).await, room.id);
    house.say(&boris, room.id, "hello").await;
    assert_eq!(code(&house.chat.open_dm(&anna, "Anna").await), Some(ErrorCode::Validation));
    assert_eq!(code(&house.chat.open_dm(&anna, "Nobody").await), Some(ErrorCode::NotFound));
}

async fn two_people_who_ask_at_once_have_one_direct_room(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let (one, other) =
        tokio::join!(house.direct_room(&anna, &boris), house.direct_room(&boris, &anna));
    assert_eq!(one, other);
}

async fn a_direct_room_is_called_as_the_other_one_is(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.direct_room(&anna, &boris).await;
    assert_eq!(house.listed(&anna, room).await.unwrap().name, "Boris");
    assert_eq!(house.listed(&boris, room).await.unwrap().name, "Anna");
}

async fn direct_rooms_do_not_count_as_rooms_made(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    for number in 0..20 {
        let other = house.guest(&format!("other {number}")).await;
        house.direct_room(&anna, &other).await;
    }
    house.public_room(&anna, "Tea").await;
}

async fn a_private_room_is_seen_by_those_in_it(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.private_room(&anna, "Secret").await;
    assert!(house.listed(&anna, room).await.unwrap().joined);
    assert!(house.listed(&boris, room).await.is_none());
    house.chat.invite_member(&anna, &in_room(room, &boris)).await.unwrap();
    assert!(!house.listed(&boris, room).await.unwrap().joined);
    house.join(&boris, room).await.unwrap();
    assert!(house.listed(&boris, room).await.unwrap().joined);
    house.leave(&boris, room).await.unwrap();
    assert!(house.listed(&boris, room).await.is_none());
}
