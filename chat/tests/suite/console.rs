use crate::support::{
    Engine, House, PASSWORD, code, name, on_both_engines, password, refused, until,
};
use chat::Address;
use protocol::event::ListAudit;
use protocol::{ErrorCode, Reason, Role, SessionId};
use uuid::Uuid;

on_both_engines! {
    the_console_makes_accounts
    the_console_lists_accounts_page_by_page
    the_console_gives_roles_and_passwords
    the_console_makes_a_guest_an_account
    whoever_is_disabled_is_out_until_they_are_enabled
    a_running_server_heeds_what_the_console_does
    the_console_makes_and_revokes_tokens
    what_the_console_does_is_in_the_audit_log
}

async fn the_console_makes_accounts(engine: Engine) {
    let house = House::new(engine).await;
    let (console, secret) = (house.chat.console(), password(PASSWORD));
    assert_eq!(console.add_user(&name("Anna"), &secret, None).await.unwrap().role, Role::Owner);
    assert_eq!(console.add_user(&name("Boris"), &secret, None).await.unwrap().role, Role::Member);
    let chen = console.add_user(&name("Chen"), &secret, Some(Role::Admin)).await.unwrap();
    let signed_in = house.sign_in("Chen", PASSWORD).await.unwrap();
    assert_eq!((signed_in.user.id, signed_in.user.role), (chen.id, Role::Admin));
    house.say(&signed_in, "general", "I am in general").await;

    let taken = refused(console.add_user(&name("ANNA"), &secret, None).await);
    assert_eq!((taken.code, taken.reason()), (ErrorCode::Conflict, Some(Reason::Taken)));
    let guest = console.add_user(&name("Guest"), &secret, Some(Role::Guest)).await;
    assert_eq!(code(&guest), Some(ErrorCode::Validation));
}

async fn the_console_lists_accounts_page_by_page(engine: Engine) {
    let house = House::new(engine).await;
    for number in 0..450 {
        let who = house.guest(&format!("user {number:03}")).await;
        house.store.set_password(who.user.id, "", Role::Member).await.unwrap();
    }
    house.guest("not listed").await;
    let users = house.chat.console().users().await.unwrap();
    let names: Vec<String> = users.into_iter().map(|account| account.user.name).collect();
    let expected: Vec<String> = (0..450).map(|number| format!("user {number:03}")).collect();
    assert_eq!(names, expected);
}

async fn the_console_gives_roles_and_passwords(engine: Engine) {
    let house = House::new(engine).await;
    let console = house.chat.console();
    let anna = house.account("Anna").await;
    assert_eq!(console.set_role("anna", Role::Admin).await.unwrap().role, Role::Admin);
    let by_id = anna.user.id.to_string();
    assert_eq!(console.set_role(&by_id, Role::Moderator).await.unwrap().role, Role::Moderator);
    assert_eq!(code(&console.set_role("Nobody", Role::Admin).await), Some(ErrorCode::NotFound));
    assert_eq!(code(&console.set_role("Anna", Role::Guest).await), Some(ErrorCode::Validation));
    house.guest("Guest").await;
    assert_eq!(code(&console.set_role("Guest", Role::Admin).await), Some(ErrorCode::Conflict));

    let user = console.set_password("Anna", &password("battery staple")).await.unwrap();
    assert_eq!(user.role, Role::Moderator);
    assert_eq!(code(&house.sign_in("Anna", PASSWORD).await), Some(ErrorCode::Unauthorized));
    house.sign_in("Anna", "battery staple").await.unwrap();
    until("the old session has ended", || async { house.chat.rooms(&anna).await.is_err() }).await;
}

async fn the_console_makes_a_guest_an_account(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let user = house.chat.console().set_password("Anna", &password(PASSWORD)).await.unwrap();
    assert_eq!((user.id, user.role), (anna.user.id, Role::Member));
    house.sign_in("Anna", PASSWORD).await.unwrap();
}

async fn whoever_is_disabled_is_out_until_they_are_enabled(engine: Engine) {
    let house = House::new(engine).await;
    let (console, anna) = (house.chat.console(), house.account("Anna").await);
    console.set_disabled("Anna", true).await.unwrap();
    assert_eq!(code(&house.sign_in("Anna", PASSWORD).await), Some(ErrorCode::Unauthorized));
    assert_eq!(code(&console.create_token("Anna", "bot").await), Some(ErrorCode::Unauthorized));
    until("the session has ended", || async { house.chat.rooms(&anna).await.is_err() }).await;
    assert!(console.users().await.unwrap()[0].disabled);
    console.set_disabled("Anna", false).await.unwrap();
    house.sign_in("Anna", PASSWORD).await.unwrap();
    assert_eq!(code(&house.chat.rooms(&anna).await), Some(ErrorCode::Unauthorized));
}

async fn a_running_server_heeds_what_the_console_does(engine: Engine) {
    let server = House::new(engine).await;
    let (elsewhere, _) = server.beside().await;
    let anna = server.account("Anna").await;
    server.chat.rooms(&anna).await.unwrap();
    elsewhere.console().set_disabled("Anna", true).await.unwrap();
    until("the session has ended", || async { server.chat.rooms(&anna).await.is_err() }).await;
}

async fn the_console_makes_and_revokes_tokens(engine: Engine) {
    let house = House::new(engine).await;
    let console = house.chat.console();
    let anna = house.account("Anna").await;
    let (token, session) = console.create_token("Anna", "weather bot").await.unwrap();
    let bot = house.chat.authenticate(&token, Address::LOCAL).await.unwrap();
    assert_eq!((bot.user.id, bot.session), (anna.user.id, session));
    assert_eq!(console.revoke_session(session).await.unwrap().id, anna.user.id);
    let asked = house.chat.authenticate(&token, Address::LOCAL).await;
    assert_eq!(code(&asked), Some(ErrorCode::Unauthorized));
    assert_eq!(code(&console.revoke_token(&token).await), Some(ErrorCode::NotFound));

    let (token, _) = console.create_token("Anna", "another").await.unwrap();
    console.revoke_token(&token).await.unwrap();
    let asked = house.chat.authenticate(&token, Address::LOCAL).await;
    assert_eq!(code(&asked), Some(ErrorCode::Unauthorized));
    let unknown = SessionId(Uuid::now_v7());
    assert_eq!(code(&console.revoke_session(unknown).await), Some(ErrorCode::NotFound));
    assert_eq!(code(&console.create_token("Nobody", "").await), Some(ErrorCode::NotFound));
    // What one can't type must not stop the database either.
    console.create_token("Anna", "a\0b").await.unwrap();
}

async fn what_the_console_does_is_in_the_audit_log(engine: Engine) {
    let house = House::new(engine).await;
    let console = house.chat.console();
    console.add_user(&name("Anna"), &password(PASSWORD), None).await.unwrap();
    let (token, _) = console.create_token("Anna", "bot").await.unwrap();
    console.revoke_token(&token).await.unwrap();
    console.set_role("Anna", Role::Admin).await.unwrap();
    console.set_disabled("Anna", true).await.unwrap();
    console.set_disabled("Anna", false).await.unwrap();
    console.set_password("Anna", &password(PASSWORD)).await.unwrap();
    let moderator = house.someone("Mod", Role::Moderator).await;
    let entries = house.chat.audit(&moderator, &ListAudit::default()).await.unwrap().entries;
    let actions: Vec<&str> = entries.iter().rev().map(|entry| entry.action.as_str()).collect();
    let expected = [
        "add-user",
        "create-token",
        "revoke-token",
        "set-role",
        "disable",
        "enable",
        "set-password",
    ];
    assert_eq!(actions, expected);
    assert!(entries.iter().all(|entry| entry.by.is_none()));
}
