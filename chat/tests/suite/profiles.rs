//! What one is told of people and rooms before doing something with them.

use crate::support::{Engine, House, code, on_both_engines, settings};
use chat::{Address, Identity, Profile, Registration};
use protocol::event::{Ban, Mute};
use protocol::{ErrorCode, Role};

on_both_engines! {
    one_sees_of_another_what_one_may_do_to_them
    who_is_muted_or_banned_is_told_to_those_who_may_change_it
    one_is_told_what_one_may_do_in_the_house
    an_outsider_sees_what_a_public_room_is_and_no_one_in_it
    a_private_room_is_there_for_whoever_may_come
    who_may_make_an_account_is_told
}

async fn profile(house: &House, who: &Identity, name: &str) -> Profile {
    house.chat.profile(who, name).await.unwrap()
}

async fn one_sees_of_another_what_one_may_do_to_them(engine: Engine) {
    let house = House::new(engine).await;
    let owner = house.someone("Owner", Role::Owner).await;
    let admin = house.someone("Admin", Role::Admin).await;
    let moderator = house.someone("Mod", Role::Moderator).await;
    let (anna, _) = (house.member("Anna").await, house.guest("Guest").await);

    let seen = profile(&house, &anna, "ANNA").await;
    assert_eq!((seen.user.id, seen.moderated, seen.roles.len()), (anna.user.id, false, 0));
    for (who, other, moderated, roles) in [
        (&anna, "Guest", false, &[][..]),
        (&moderator, "Guest", true, &[]),
        (&moderator, "Anna", true, &[]),
        (&moderator, "Mod", false, &[]),
        (&moderator, "Admin", false, &[]),
        (&admin, "Guest", true, &[]),
        (&admin, "Anna", true, &[Role::Member, Role::Moderator]),
        (&admin, "Admin", false, &[]),
        (&owner, "Admin", true, &[Role::Member, Role::Moderator, Role::Admin, Role::Owner]),
        (&owner, "Owner", false, &[]),
    ] {
        let seen = profile(&house, who, other).await;
        assert_eq!((seen.moderated, &seen.roles[..]), (moderated, roles), "{who:?} {other}");
    }
    let unknown = house.chat.profile(&owner, "No one").await;
    assert_eq!(code(&unknown), Some(ErrorCode::NotFound));
}

async fn who_is_muted_or_banned_is_told_to_those_who_may_change_it(engine: Engine) {
    let house = House::new(engine).await;
    let moderator = house.someone("Mod", Role::Moderator).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    assert!(profile(&house, &moderator, "Anna").await.online);
    let user = anna.user.id;
    house.chat.mute(&moderator, &Mute { user, minutes: 5 }).await.unwrap();
    let ban = Ban { user, minutes: None, reason: String::new() };
    house.chat.ban(&moderator, &ban).await.unwrap();
    let seen = profile(&house, &moderator, "Anna").await;
    assert!(seen.muted_until.is_some() && seen.banned_until.is_some() && !seen.online);
    let seen = profile(&house, &boris, "Anna").await;
    assert_eq!((seen.muted_until, seen.banned_until), (None, None));
}

async fn one_is_told_what_one_may_do_in_the_house(engine: Engine) {
    let house = House::new(engine).await;
    for (role, duties) in [
        (Role::Guest, (false, false, false)),
        (Role::Member, (true, false, false)),
        (Role::Moderator, (true, true, true)),
        (Role::Owner, (true, true, true)),
    ] {
        let who = house.someone(role.name(), role).await;
        let may = house.chat.duties(&who).await.unwrap();
        assert_eq!((may.private_rooms, may.invite, may.moderate), duties, "{role:?}");
    }
}

async fn an_outsider_sees_what_a_public_room_is_and_no_one_in_it(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let moderator = house.someone("Mod", Role::Moderator).await;
    let room = house.public_room(&anna, "Tea").await;
    let seen = house.chat.details(&anna, "tea").await.unwrap();
    assert_eq!(seen.members.map(|members| members.members.len()), Some(1));
    assert!(seen.may.run && seen.may.leave && seen.may.delete);

    let seen = house.chat.details(&boris, "tea").await.unwrap();
    assert_eq!((seen.room.id, seen.room.members), (room, 1));
    assert!(!seen.room.joined && seen.members.is_none() && !seen.may.run && !seen.may.leave);
    let seen = house.chat.details(&moderator, "tea").await.unwrap();
    assert!(seen.members.is_none() && seen.may.run && !seen.may.delete);

    house.join(&boris, room).await.unwrap();
    house.remove(&anna, room, &boris).await.unwrap();
    assert!(house.chat.details(&boris, "tea").await.unwrap().members.is_none());
}

async fn a_private_room_is_there_for_whoever_may_come(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let owner = house.someone("Owner", Role::Owner).await;
    let room = house.private_room(&anna, "Plans").await;
    let details = async |who| house.chat.details(who, &room.to_string()).await;
    assert_eq!(code(&details(&boris).await), Some(ErrorCode::NotFound));
    assert_eq!(code(&details(&owner).await), Some(ErrorCode::NotFound));
    house.invite(&anna, room, &boris).await.unwrap();
    let seen = details(&boris).await.unwrap();
    assert!(!seen.room.joined && seen.members.is_none());
}

async fn who_may_make_an_account_is_told(engine: Engine) {
    let mut settings = settings();
    settings.registration = Registration::Closed;
    let house = House::with(engine, settings).await;
    assert_eq!(house.chat.registration().await.unwrap(), Registration::Open, "the first one");
    let (name, password) = (crate::support::name("Anna"), crate::support::password("long enough"));
    house.chat.register(&name, &password, None, Address::LOCAL).await.unwrap();
    assert_eq!(house.chat.registration().await.unwrap(), Registration::Closed);
}
