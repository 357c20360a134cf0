use crate::support::{
    Engine, House, PASSWORD, code, name, on_both_engines, password, refused, settings, until,
};
use chat::{Address, Chat, Error, Identity, Registration};
use protocol::{ErrorCode, Reason, Role};
use std::time::Duration;

on_both_engines! {
    where_one_needs_an_invite_no_one_registers_without
    an_invite_is_good_for_so_many_people_and_no_more
    of_two_who_come_with_the_last_use_one_gets_an_account
    a_name_that_is_taken_uses_no_invite_up
    an_invite_is_good_for_so_long_and_no_longer
    an_invite_to_a_private_room_opens_it
    a_guest_becomes_an_account_with_an_invite
    only_moderators_make_invites
}

const LONG: Duration = Duration::from_hours(1);

async fn by_invite(engine: Engine) -> (House, Identity) {
    let mut settings = settings();
    settings.registration = Registration::Invite;
    let house = House::with(engine, settings).await;
    let owner = house.account("Owner").await;
    (house, owner)
}

async fn come(chat: &Chat, called: &str, code: Option<&str>) -> Result<Identity, Error> {
    let (name, password) = (name(called), password(PASSWORD));
    let signed_in = chat.register(&name, &password, code, Address::LOCAL).await;
    signed_in.map(|signed_in| signed_in.identity)
}

async fn where_one_needs_an_invite_no_one_registers_without(engine: Engine) {
    let (house, _) = by_invite(engine).await;
    let error = refused(come(&house.chat, "Anna", None).await);
    assert_eq!((error.code, error.reason()), (ErrorCode::Forbidden, Some(Reason::Invite)));
    let error = refused(come(&house.chat, "Anna", Some(" ")).await);
    assert_eq!((error.code, error.reason()), (ErrorCode::Forbidden, Some(Reason::Invite)));
    let error = refused(come(&house.chat, "Anna", Some("made up")).await);
    assert_eq!((error.code, error.reason()), (ErrorCode::NotFound, Some(Reason::Invite)));
}

async fn an_invite_is_good_for_so_many_people_and_no_more(engine: Engine) {
    let (house, owner) = by_invite(engine).await;
    let invite = house.chat.make_invite(&owner, None, 2, LONG).await.unwrap();
    for called in ["Anna", "Boris"] {
        come(&house.chat, called, Some(invite.as_str())).await.unwrap();
    }
    let error = refused(come(&house.chat, "Chen", Some(invite.as_str())).await);
    assert_eq!((error.code, error.reason()), (ErrorCode::NotFound, Some(Reason::Invite)));
    for uses in [0, 1_001] {
        let made = house.chat.make_invite(&owner, None, uses, LONG).await;
        assert_eq!(code(&made), Some(ErrorCode::Validation));
    }
}

async fn of_two_who_come_with_the_last_use_one_gets_an_account(engine: Engine) {
    let (house, owner) = by_invite(engine).await;
    let invite = house.chat.make_invite(&owner, None, 1, LONG).await.unwrap();
    let (one, other) = tokio::join!(
        come(&house.chat, "Anna", Some(invite.as_str())),
        come(&house.chat, "Boris", Some(invite.as_str())),
    );
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    let accounts = house.chat.console().users().await.unwrap();
    assert_eq!(accounts.len(), 2, "the owner and one more");
}

async fn a_name_that_is_taken_uses_no_invite_up(engine: Engine) {
    let (house, owner) = by_invite(engine).await;
    let invite = house.chat.make_invite(&owner, None, 1, LONG).await.unwrap();
    let taken = come(&house.chat, "Owner", Some(invite.as_str())).await;
    assert_eq!(refused(taken).reason(), Some(Reason::Taken));
    come(&house.chat, "Anna", Some(invite.as_str())).await.unwrap();
}

async fn an_invite_is_good_for_so_long_and_no_longer(engine: Engine) {
    let (house, owner) = by_invite(engine).await;
    let invite = house.chat.make_invite(&owner, None, 5, Duration::from_millis(1)).await.unwrap();
    until("the invite is too old", || async {
        let asked = come(&house.chat, "Owner", Some(invite.as_str())).await;
        refused(asked).reason() == Some(Reason::Invite)
    })
    .await;
    for lasts in [Duration::ZERO, Duration::from_hours(24 * 366)] {
        let made = house.chat.make_invite(&owner, None, 1, lasts).await;
        assert_eq!(code(&made), Some(ErrorCode::Validation));
    }
}

async fn an_invite_to_a_private_room_opens_it(engine: Engine) {
    let (house, owner) = by_invite(engine).await;
    let room = house.private_room(&owner, "Secret").await;
    let invite = house.chat.make_invite(&owner, Some(&room.to_string()), 5, LONG).await.unwrap();
    let anna = come(&house.chat, "Anna", Some(invite.as_str())).await.unwrap();
    house.join(&anna, room).await.unwrap();
}

async fn a_guest_becomes_an_account_with_an_invite(engine: Engine) {
    let (house, owner) = by_invite(engine).await;
    let room = house.private_room(&owner, "Secret").await;
    let invite = house.chat.make_invite(&owner, Some(&room.to_string()), 1, LONG).await.unwrap();
    let anna = house.guest("Anna").await;
    let secret = password(PASSWORD);
    let without = house.chat.become_account(&anna, &secret, None).await;
    assert_eq!(refused(without).reason(), Some(Reason::Invite));
    assert_eq!(code(&house.join(&anna, room).await), Some(ErrorCode::NotFound));
    let anna = house.chat.become_account(&anna, &secret, Some(invite.as_str())).await.unwrap();
    house.join(&anna.identity, room).await.unwrap();
    let boris = house.guest("Boris").await;
    let late = house.chat.become_account(&boris, &secret, Some(invite.as_str())).await;
    assert_eq!(refused(late).reason(), Some(Reason::Invite));
}

async fn only_moderators_make_invites(engine: Engine) {
    let house = House::new(engine).await;
    for (role, granted) in [(Role::Guest, false), (Role::Member, false), (Role::Moderator, true)] {
        let who = house.someone(role.name(), role).await;
        assert_eq!(house.chat.make_invite(&who, None, 1, LONG).await.is_ok(), granted, "{role:?}");
    }
}
