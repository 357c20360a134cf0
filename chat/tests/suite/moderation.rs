use crate::support::{
    Engine, House, PASSWORD, address, code, name, on_both_engines, password, refused, until,
};
use chat::{Address, Announcement, Identity};
use protocol::event::{Announce, AuditEntry, Ban, Kick, ListAudit, Mute, SetRole, Unban};
use protocol::{ErrorCode, Reason, Role};

on_both_engines! {
    whoever_is_kicked_is_out_and_told_why
    a_banned_account_is_out_until_the_ban_is_lifted
    a_banned_guests_address_lets_no_other_guest_in
    a_guest_banned_from_the_machine_itself_bans_no_one_else
    a_ban_ends_by_itself
    whoever_is_muted_reads_and_says_nothing
    a_role_changes_what_one_may_do_at_once
    no_one_gives_more_than_they_have
    an_announcement_goes_to_everyone
    the_audit_log_tells_who_did_what_to_whom
    a_reason_that_is_too_long_or_holds_a_nul_is_refused
}

fn kick(who: &Identity) -> Kick {
    Kick { user: who.user.id, room: None, reason: "enough".into() }
}

fn ban(who: &Identity, minutes: Option<u32>) -> Ban {
    Ban { user: who.user.id, minutes, reason: "enough".into() }
}

async fn audit(house: &House, who: &Identity) -> Vec<AuditEntry> {
    house.chat.audit(who, &ListAudit::default()).await.unwrap().entries
}

async fn whoever_is_kicked_is_out_and_told_why(engine: Engine) {
    let house = House::new(engine).await;
    let moderator = house.someone("Mod", Role::Moderator).await;
    let anna = house.account("Anna").await;
    house.store.set_role(anna.user.id, Role::Member).await.unwrap();
    house.chat.connected(&anna).await.unwrap();
    house.chat.rooms(&anna).await.unwrap();
    house.chat.kick(&moderator, &kick(&anna)).await.unwrap();
    assert_eq!(code(&house.chat.rooms(&anna).await), Some(ErrorCode::Unauthorized));
    let told = house.heard.first(|announcement| match announcement {
        Announcement::Kicked(user, kicked) if *user == anna.user.id => Some(kicked.clone()),
        _ => None,
    });
    let told = told.await;
    assert_eq!((told.room, told.reason.as_str()), (None, "enough"));
    let ended = house.heard.first(|announcement| match announcement {
        Announcement::SessionEnded(session) => Some(*session),
        _ => None,
    });
    assert_eq!(ended.await, anna.session);
    // It is no ban.
    house.sign_in("Anna", PASSWORD).await.unwrap();
}

async fn a_banned_account_is_out_until_the_ban_is_lifted(engine: Engine) {
    let house = House::new(engine).await;
    let owner = house.account("Owner").await;
    let anna = house.account("Anna").await;
    house.chat.ban(&owner, &ban(&anna, None)).await.unwrap();
    assert_eq!(code(&house.chat.rooms(&anna).await), Some(ErrorCode::Unauthorized));
    let house = house.again().await;
    let error = refused(house.sign_in("Anna", PASSWORD).await);
    assert_eq!((error.code, error.reason()), (ErrorCode::Forbidden, Some(Reason::Banned)));
    assert_eq!(error.retry_after, None, "it is for good");

    house.chat.ban(&owner, &ban(&anna, Some(10))).await.unwrap();
    let error = refused(house.sign_in("Anna", PASSWORD).await);
    assert!((590_000..=600_000).contains(&error.retry_after.unwrap()));

    // Whoever doesn't know the password isn't told that there is a ban.
    let error = refused(house.sign_in("Anna", "wrong horse").await);
    assert_eq!(error.reason(), Some(Reason::Wrong));

    house.chat.unban(&owner, &Unban { user: anna.user.id }).await.unwrap();
    house.sign_in("Anna", PASSWORD).await.unwrap();
}

async fn a_banned_guests_address_lets_no_other_guest_in(engine: Engine) {
    let house = House::new(engine).await;
    let owner = house.account("Owner").await;
    let (theirs, others) = (address("192.0.2.7"), address("192.0.2.8"));
    house.account("Colleague").await;
    let neighbour = house.chat.sign_in_guest(&name("Neighbour"), theirs).await.unwrap();
    let anna = house.chat.sign_in_guest(&name("Anna"), theirs).await.unwrap();
    house.chat.ban(&owner, &ban(&anna.identity, None)).await.unwrap();

    let error = refused(house.chat.sign_in_guest(&name("Anna again"), theirs).await);
    assert_eq!((error.code, error.reason()), (ErrorCode::Forbidden, Some(Reason::Banned)));
    let secret = password(PASSWORD);
    let error = refused(house.chat.register(&name("New"), &secret, None, theirs).await);
    assert_eq!(error.reason(), Some(Reason::Banned));
    let error = refused(house.chat.authenticate(&neighbour.token, theirs).await);
    assert_eq!(error.reason(), Some(Reason::Banned));
    // Whoever has an account answers for themselves.
    house.chat.sign_in("Colleague", PASSWORD, theirs).await.unwrap();
    house.chat.sign_in_guest(&name("Elsewhere"), others).await.unwrap();

    house.chat.unban(&owner, &Unban { user: anna.identity.user.id }).await.unwrap();
    house.chat.sign_in_guest(&name("Anna again"), theirs).await.unwrap();
}

async fn a_guest_banned_from_the_machine_itself_bans_no_one_else(engine: Engine) {
    let house = House::new(engine).await;
    let moderator = house.someone("Mod", Role::Moderator).await;
    let anna = house.guest("Anna").await;
    house.chat.ban(&moderator, &ban(&anna, None)).await.unwrap();
    assert_eq!(code(&house.chat.rooms(&anna).await), Some(ErrorCode::Unauthorized));
    house.chat.sign_in_guest(&name("Boris"), Address::LOCAL).await.unwrap();
}

async fn a_ban_ends_by_itself(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.account("Anna").await;
    let soon = now() + 50;
    house.store.set_banned(anna.user.id, Some(soon), false).await.unwrap();
    assert!(house.sign_in("Anna", PASSWORD).await.is_err() || now() >= soon);
    until("the ban is over", || async { house.sign_in("Anna", PASSWORD).await.is_ok() }).await;
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

async fn whoever_is_muted_reads_and_says_nothing(engine: Engine) {
    let house = House::new(engine).await;
    let moderator = house.someone("Mod", Role::Moderator).await;
    let anna = house.member("Anna").await;
    let said = house.say(&anna, "general", "hello").await;
    house.chat.mute(&moderator, &Mute { user: anna.user.id, minutes: 10 }).await.unwrap();
    for error in [
        refused(house.try_say(&anna, "general", "hello?").await),
        refused(house.edit(&anna, &said, "hullo").await),
    ] {
        assert_eq!((error.code, error.reason()), (ErrorCode::Forbidden, Some(Reason::Muted)));
        assert!((590_000..=600_000).contains(&error.retry_after.unwrap()));
    }
    assert_eq!(house.history(&anna, "general").await.len(), 1);
    house.delete(&anna, &said).await.unwrap();
    house.chat.mute(&moderator, &Mute { user: anna.user.id, minutes: 0 }).await.unwrap();
    house.say(&anna, "general", "hello!").await;
    for minutes in [u32::MAX, 60 * 24 * 366 + 1] {
        let asked = house.chat.mute(&moderator, &Mute { user: anna.user.id, minutes }).await;
        assert_eq!(code(&asked), Some(ErrorCode::Validation));
    }
}

async fn a_role_changes_what_one_may_do_at_once(engine: Engine) {
    let house = House::new(engine).await;
    let owner = house.someone("Owner", Role::Owner).await;
    let anna = house.member("Anna").await;
    let ask = ListAudit::default();
    assert_eq!(code(&house.chat.audit(&anna, &ask).await), Some(ErrorCode::Forbidden));
    for (role, granted) in [(Role::Moderator, true), (Role::Member, false)] {
        house.chat.set_role(&owner, &SetRole { user: anna.user.id, role }).await.unwrap();
        assert_eq!(house.chat.audit(&anna, &ask).await.is_ok(), granted);
    }
}

async fn no_one_gives_more_than_they_have(engine: Engine) {
    let house = House::new(engine).await;
    let owner = house.someone("Owner", Role::Owner).await;
    let admin = house.someone("Admin", Role::Admin).await;
    let other_admin = house.someone("Other admin", Role::Admin).await;
    let (member, guest) = (house.member("Anna").await, house.guest("Guest").await);
    let set = async |who: &Identity, other: &Identity, role| {
        code(&house.chat.set_role(who, &SetRole { user: other.user.id, role }).await)
    };
    assert_eq!(set(&admin, &member, Role::Admin).await, Some(ErrorCode::Forbidden));
    assert_eq!(set(&admin, &admin, Role::Owner).await, Some(ErrorCode::Forbidden));
    assert_eq!(set(&admin, &other_admin, Role::Member).await, Some(ErrorCode::Forbidden));
    assert_eq!(set(&owner, &owner, Role::Member).await, Some(ErrorCode::Forbidden));
    // A guest has no password; who has one is no guest.
    assert_eq!(set(&owner, &guest, Role::Member).await, Some(ErrorCode::Validation));
    assert_eq!(set(&owner, &member, Role::Guest).await, Some(ErrorCode::Validation));
    assert_eq!(set(&admin, &member, Role::Moderator).await, None);
    assert_eq!(set(&owner, &member, Role::Owner).await, None);
    assert_eq!(set(&owner, &member, Role::Admin).await, None, "owners over each other");
    let nobody = SetRole { user: protocol::UserId(uuid::Uuid::now_v7()), role: Role::Member };
    assert_eq!(code(&house.chat.set_role(&owner, &nobody).await), Some(ErrorCode::NotFound));
}

async fn an_announcement_goes_to_everyone(engine: Engine) {
    let house = House::new(engine).await;
    let moderator = house.someone("Mod", Role::Moderator).await;
    house.chat.announce_to_all(&moderator, &Announce { text: " Tea! ".into() }).await.unwrap();
    let announced = house.heard.first(|announcement| match announcement {
        Announcement::Announced(text) => Some(text.clone()),
        _ => None,
    });
    assert_eq!(announced.await, "Tea!");
}

async fn the_audit_log_tells_who_did_what_to_whom(engine: Engine) {
    let house = House::new(engine).await;
    let moderator = house.someone("Mod", Role::Moderator).await;
    let anna = house.member("Anna").await;
    let room = house.public_room(&anna, "Tea").await;
    let said = house.say(&anna, "general", "rude").await;
    house.delete(&moderator, &said).await.unwrap();
    house.remove(&moderator, room, &anna).await.unwrap();
    house.chat.mute(&moderator, &Mute { user: anna.user.id, minutes: 5 }).await.unwrap();
    house.chat.kick(&moderator, &kick(&anna)).await.unwrap();
    house.chat.ban(&moderator, &ban(&anna, None)).await.unwrap();
    house.chat.unban(&moderator, &Unban { user: anna.user.id }).await.unwrap();
    house.chat.archive_room(&moderator, &room.to_string()).await.unwrap();

    let entries = audit(&house, &moderator).await;
    let actions: Vec<&str> = entries.iter().rev().map(|entry| entry.action.as_str()).collect();
    let expected =
        ["delete-message", "remove-member", "mute", "kick", "ban", "unban", "archive-room"];
    assert_eq!(actions, expected);
    assert!(entries.iter().all(|entry| entry.by.as_ref().unwrap().id == moderator.user.id));
    let removal = &entries[5];
    assert_eq!(removal.user.as_ref().unwrap().id, anna.user.id);
    assert_eq!((removal.room, removal.details.as_str()), (Some(room), "enough"));

    let ask = ListAudit { before: Some(entries[1].id), limit: Some(2) };
    let page = house.chat.audit(&moderator, &ask).await.unwrap();
    assert_eq!((page.entries.as_slice(), page.more), (&entries[2..4], true));
}

async fn a_reason_that_is_too_long_or_holds_a_nul_is_refused(engine: Engine) {
    let house = House::new(engine).await;
    let moderator = house.someone("Mod", Role::Moderator).await;
    let anna = house.member("Anna").await;
    for reason in ["x".repeat(251), "\0".to_owned()] {
        let asked = house.chat.kick(&moderator, &Kick { reason, ..kick(&anna) }).await;
        assert_eq!(code(&asked), Some(ErrorCode::Validation));
    }
    house.chat.rooms(&anna).await.unwrap();
}
