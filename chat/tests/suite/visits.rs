//! Guests of the open door: they keep nothing, and are the same all the same.

use crate::support::{Engine, House, address, code, name, on_both_engines, settings};
use chat::{Address, Announcement, Identity};
use protocol::event::Ban;
use protocol::{ErrorCode, Role};
use std::time::Duration;

on_both_engines! {
    a_name_that_is_taken_is_varied
    whoever_comes_back_soon_is_the_same
    a_restart_changes_no_one
    a_guest_whose_node_is_gone_comes_to_another
    a_visit_that_no_node_sees_ends
    whoever_stays_away_is_a_member_nowhere
    no_one_gets_around_what_keeps_guests_out
}

async fn visit(house: &House, called: &str) -> Identity {
    house.chat.visit(Some(&name(called)), Address::LOCAL).await.unwrap()
}

async fn go(house: &House, who: &Identity) {
    house.chat.disconnected(who.user.id).await;
    house.chat.pause_visit(who).await;
}

async fn a_name_that_is_taken_is_varied(engine: Engine) {
    let house = House::new(engine).await;
    let _page = house.guest("Anna").await;
    house.account("Olga").await;
    for (asked, called) in [
        ("Anna", "Anna 2"),
        ("АNNA", "АNNA 3"),
        ("olga", "olga 2"),
        ("Boris", "Boris"),
        ("Boris", "Boris 2"),
    ] {
        assert_eq!(visit(&house, asked).await.user.name, called);
    }
    let nobody = house.chat.visit(None, Address::LOCAL).await.unwrap();
    assert!(nobody.user.name.starts_with("Guest "), "{}", nobody.user.name);
    assert!(house.chat.rooms(&nobody).await.unwrap().rooms.iter().all(|room| !room.joined));
}

async fn whoever_comes_back_soon_is_the_same(engine: Engine) {
    let house = House::new(engine).await;
    let anna = visit(&house, "Anna").await;
    let other = visit(&house, "Anna").await;
    assert_ne!(anna.user.id, other.user.id, "she is here");
    go(&house, &anna).await;
    let elsewhere = house.chat.visit(Some(&name("Anna")), address("192.0.2.7")).await.unwrap();
    assert_ne!(anna.user.id, elsewhere.user.id);
    let again = visit(&house, "ANNA").await;
    assert_eq!((again.user.id, again.session), (anna.user.id, anna.session));
    assert_eq!(again.user.name, "Anna");
}

async fn a_restart_changes_no_one(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, second) = (visit(&house, "Anna").await, visit(&house, "Anna").await);
    let room = house.general(&anna).await;
    let house = house.again().await;
    assert_eq!(visit(&house, "Anna").await.user.id, anna.user.id);
    assert_eq!(visit(&house, "Anna").await.user.id, second.user.id);
    house.say(&anna, room, "still a member").await;
}

async fn a_guest_whose_node_is_gone_comes_to_another(engine: Engine) {
    let mut forgetful = settings();
    forgetful.visit_kept = Duration::ZERO;
    let house = House::with(engine, settings()).await;
    let anna = visit(&house, "Anna").await;
    // It knows nothing of her.
    let house = house.again_with(forgetful).await;
    assert_eq!(visit(&house, "Anna").await.user.id, anna.user.id);
}

async fn a_visit_that_no_node_sees_ends(engine: Engine) {
    let house = House::new(engine).await;
    let anna = visit(&house, "Anna").await;
    let room = house.general(&anna).await;
    house.store.touch_session(anna.session, 1).await.unwrap();
    let house = house.again().await;
    let left = |told: &Announcement| match told {
        Announcement::Left(left) => Some((left.room, left.user.id)),
        _ => None,
    };
    assert_eq!(house.heard.first(left).await, (room, anna.user.id));
    assert_ne!(visit(&house, "Anna").await.user.id, anna.user.id);
}

async fn whoever_stays_away_is_a_member_nowhere(engine: Engine) {
    let mut quick = settings();
    quick.visit_kept = Duration::from_millis(50);
    let house = House::with(engine, quick).await;
    let anna = visit(&house, "Anna").await;
    let room = house.general(&anna).await;
    go(&house, &anna).await;
    let left = |told: &Announcement| match told {
        Announcement::Left(left) => Some((left.room, left.user.id, left.count)),
        _ => None,
    };
    assert_eq!(house.heard.first(left).await, (room, anna.user.id, 0));
    let ended = |told: &Announcement| match told {
        Announcement::SessionEnded(session) => Some(*session),
        _ => None,
    };
    assert_eq!(house.heard.first(ended).await, anna.session);
    assert_eq!(code(&house.chat.rooms(&anna).await), Some(ErrorCode::Unauthorized));
}

async fn no_one_gets_around_what_keeps_guests_out(engine: Engine) {
    let house = House::new(engine).await;
    let olga = house.someone("Olga", Role::Moderator).await;
    let from = address("192.0.2.1");
    let anna = house.chat.visit(Some(&name("Anna")), from).await.unwrap();
    let ban = Ban { user: anna.user.id, minutes: None, reason: String::new() };
    house.chat.ban(&olga, &ban).await.unwrap();
    for called in [Some("Anna"), Some("Boris"), None] {
        let called = called.map(name);
        let refused = house.chat.visit(called.as_ref(), from).await;
        assert_eq!(code(&refused), Some(ErrorCode::Forbidden));
        assert_eq!(code(&house.chat.may_visit(from).await), Some(ErrorCode::Forbidden));
    }
    let mut closed = settings();
    closed.guests = false;
    let house = house.again_with(closed).await;
    let refused = house.chat.visit(None, address("192.0.2.2")).await;
    assert_eq!(code(&refused), Some(ErrorCode::Unauthorized));
}
