use crate::support::{
    Engine, House, PASSWORD, code, name, on_both_engines, password, refused, settings,
};
use chat::{Address, Registration};
use protocol::{ErrorCode, Reason, Role};
use std::time::{Duration, Instant};

on_both_engines! {
    one_registers_and_signs_in_with_the_name_in_any_case
    a_wrong_password_and_an_unknown_name_are_answered_alike
    a_wrong_password_and_an_unknown_name_take_as_long
    the_first_account_is_the_owners
    of_two_first_accounts_at_once_one_is_the_owners
    a_guest_becomes_an_account_and_keeps_their_messages
    a_guest_who_asks_twice_at_once_becomes_the_owner_all_the_same
    a_guest_has_no_password_to_sign_in_with
    a_change_of_password_ends_the_other_sessions_and_changes_the_token
    a_change_of_password_needs_the_old_one
    names_that_look_alike_are_one
    a_name_with_a_nul_is_no_ones
    a_closed_house_makes_no_accounts_but_the_first
}

async fn one_registers_and_signs_in_with_the_name_in_any_case(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.account("Анна").await;
    let house = house.again().await;
    for called in ["Анна", "АННА", " анна "] {
        assert_eq!(
            house.sign_in(called, PASSWORD).await.unwrap().user.id,
            anna.user.id,
            "{called}"
        );
    }
}

async fn a_wrong_password_and_an_unknown_name_are_answered_alike(engine: Engine) {
    let house = House::new(engine).await;
    house.account("Anna").await;
    let wrong = refused(house.sign_in("Anna", "wrong horse").await);
    assert_eq!((wrong.code, wrong.reason()), (ErrorCode::Unauthorized, Some(Reason::Wrong)));
    assert_eq!(refused(house.sign_in("Nobody", PASSWORD).await), wrong);
    assert_eq!(refused(house.sign_in("", "").await), wrong);
}

async fn a_wrong_password_and_an_unknown_name_take_as_long(engine: Engine) {
    let house = House::new(engine).await;
    house.account("Anna").await;
    let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does disturbs both; the first runs warm up.
    for run in 0..10 {
        for (called, times) in [("Anna", &mut wrong), ("Nobody", &mut unknown)] {
            let begun = Instant::now();
            let _refused = house.sign_in(called, "wrong horse").await;
            if run > 0 {
                times.push(begun.elapsed());
            }
        }
    }
    let (wrong, unknown) = (median(wrong), median(unknown));
    assert!(wrong < unknown * 2 && unknown < wrong * 2, "wrong: {wrong:?}, unknown: {unknown:?}");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

async fn the_first_account_is_the_owners(engine: Engine) {
    let house = House::new(engine).await;
    assert_eq!(house.guest("Guest").await.user.role, Role::Guest);
    assert_eq!(house.account("Anna").await.user.role, Role::Owner);
    assert_eq!(house.account("Boris").await.user.role, Role::Member);
}

async fn of_two_first_accounts_at_once_one_is_the_owners(engine: Engine) {
    let house = House::new(engine).await;
    // On PostgreSQL they come in at two nodes.
    let nodes = match engine {
        Engine::Sqlite => [house.chat.clone(), house.chat.clone()],
        Engine::Postgres => [house.chat.clone(), house.beside().await.0],
    };
    let coming = nodes.into_iter().zip(["Anna", "Boris"]).map(|(chat, called)| {
        tokio::spawn(async move {
            let (name, password) = (name(called), password(PASSWORD));
            chat.register(&name, &password, None, Address::LOCAL).await.unwrap().identity.user.role
        })
    });
    let mut roles = Vec::new();
    for one in coming.collect::<Vec<_>>() {
        roles.push(one.await.unwrap());
    }
    roles.sort();
    assert_eq!(roles, [Role::Member, Role::Owner]);
}

async fn a_guest_becomes_an_account_and_keeps_their_messages(engine: Engine) {
    let house = House::new(engine).await;
    house.account("Owner").await;
    let guest = house.chat.sign_in_guest(&name("Anna"), Address::LOCAL).await.unwrap();
    let said = house.say(&guest.identity, "general", "as a guest").await;
    let signed_in =
        house.chat.become_account(&guest.identity, &password(PASSWORD), None).await.unwrap();
    let anna = signed_in.identity;
    assert_eq!(
        (anna.user.id, anna.user.role, anna.user.guest),
        (said.user.id, Role::Member, false)
    );

    // The old token is no longer good, and the name is theirs.
    let old = house.chat.authenticate(&guest.token, Address::LOCAL).await;
    assert_eq!(code(&old), Some(ErrorCode::Unauthorized));
    house.chat.authenticate(&signed_in.token, Address::LOCAL).await.unwrap();
    let again = house.chat.become_account(&anna, &password(PASSWORD), None).await;
    assert_eq!(code(&again), Some(ErrorCode::Conflict));
    let house = house.again().await;
    let anna = house.sign_in("Anna", PASSWORD).await.unwrap();
    assert_eq!(house.history(&anna, "general").await[0].user, anna.user);
    assert!(house.edit(&anna, &said, "as a member").await.is_ok());
}

async fn a_guest_who_asks_twice_at_once_becomes_the_owner_all_the_same(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let secret = password(PASSWORD);
    let (one, other) = tokio::join!(
        house.chat.become_account(&anna, &secret, None),
        house.chat.become_account(&anna, &secret, None),
    );
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    assert_eq!(house.sign_in("Anna", PASSWORD).await.unwrap().user.role, Role::Owner);
}

async fn a_guest_has_no_password_to_sign_in_with(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    for guess in ["", "nobody's", PASSWORD] {
        assert_eq!(code(&house.sign_in("Anna", guess).await), Some(ErrorCode::Unauthorized));
    }
    let changed = house.chat.change_password(&anna, "nobody's", &password(PASSWORD)).await;
    assert_eq!(code(&changed), Some(ErrorCode::Unauthorized));
}

async fn a_change_of_password_ends_the_other_sessions_and_changes_the_token(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, secret) = (name("Anna"), password(PASSWORD));
    let phone = house.chat.register(&anna, &secret, None, Address::LOCAL).await.unwrap();
    let laptop = house.chat.sign_in("Anna", PASSWORD, Address::LOCAL).await.unwrap();
    let program = house.chat.program_token(&laptop.identity, "bot").await.unwrap();
    let new = house
        .chat
        .change_password(&phone.identity, PASSWORD, &password("battery staple"))
        .await
        .unwrap();
    for old in [&phone.token, &laptop.token, &program] {
        let asked = house.chat.authenticate(old, Address::LOCAL).await;
        assert_eq!(code(&asked), Some(ErrorCode::Unauthorized));
    }
    house.chat.authenticate(&new.token, Address::LOCAL).await.unwrap();
    assert_eq!(code(&house.chat.rooms(&laptop.identity).await), Some(ErrorCode::Unauthorized));
    assert_eq!(code(&house.sign_in("Anna", PASSWORD).await), Some(ErrorCode::Unauthorized));
    house.sign_in("Anna", "battery staple").await.unwrap();
}

async fn a_change_of_password_needs_the_old_one(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.account("Anna").await;
    let changed =
        house.chat.change_password(&anna, "wrong horse", &password("battery staple")).await;
    assert_eq!(refused(changed).reason(), Some(Reason::Wrong));
    house.sign_in("Anna", PASSWORD).await.unwrap();
    house.chat.rooms(&anna).await.unwrap();
}

async fn names_that_look_alike_are_one(engine: Engine) {
    let house = House::new(engine).await;
    house.account("Anna").await;
    for look_alike in ["ANNA", "Аnna", "ａｎｎａ"] {
        let (name, password) = (name(look_alike), password(PASSWORD));
        let error = refused(house.chat.register(&name, &password, None, Address::LOCAL).await);
        assert_eq!((error.code, error.reason()), (ErrorCode::Conflict, Some(Reason::Taken)));
    }
}

async fn a_name_with_a_nul_is_no_ones(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.account("Anna").await;
    assert_eq!(code(&house.sign_in("Bo\0ris", PASSWORD).await), Some(ErrorCode::Unauthorized));
    assert_eq!(code(&house.chat.open_dm(&anna, "Bo\0ris").await), Some(ErrorCode::NotFound));
    assert_eq!(code(&house.join(&anna, "gene\0ral").await), Some(ErrorCode::NotFound));
}

async fn a_closed_house_makes_no_accounts_but_the_first(engine: Engine) {
    let mut settings = settings();
    settings.registration = Registration::Closed;
    let house = House::with(engine, settings).await;
    assert_eq!(house.account("Anna").await.user.role, Role::Owner);
    let (boris, secret) = (name("Boris"), password(PASSWORD));
    let error = refused(house.chat.register(&boris, &secret, None, Address::LOCAL).await);
    assert_eq!((error.code, error.reason()), (ErrorCode::Forbidden, Some(Reason::Closed)));
    let guest = house.guest("Boris").await;
    let error = refused(house.chat.become_account(&guest, &secret, None).await);
    assert_eq!((error.code, error.reason()), (ErrorCode::Forbidden, Some(Reason::Closed)));
}
