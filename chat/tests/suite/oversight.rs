use crate::support::{Engine, House, PASSWORD, code, on_both_engines};
use protocol::event::{Ban, ListAll, Mute, OfUser, Revoke};
use protocol::{ErrorCode, Role};

on_both_engines! {
    everyone_is_found_by_how_their_name_begins
    a_page_of_people_begins_after_the_last
    it_is_told_who_is_here_muted_or_banned
    public_rooms_are_listed_and_others_counted
    a_moderator_ends_a_session_or_all_of_them
    a_moderator_does_not_see_where_someone_lives
}

fn beginning(query: &str) -> ListAll {
    ListAll { query: Some(query.to_owned()), ..ListAll::default() }
}

async fn names(house: &House, moderator: &chat::Identity, ask: &ListAll) -> Vec<String> {
    let page = house.chat.list_people(moderator, ask).await.unwrap();
    page.people.into_iter().map(|person| person.user.name).collect()
}

async fn everyone_is_found_by_how_their_name_begins(engine: Engine) {
    let house = House::new(engine).await;
    let olga = house.someone("Olga", Role::Moderator).await;
    for name in ["anna", "Anna-Maria", "Ann", "Boris", "Анна", "安娜", "a-n"] {
        house.guest(name).await;
    }
    assert_eq!(names(&house, &olga, &beginning("ANN")).await, ["Ann", "anna", "Anna-Maria"]);
    assert_eq!(names(&house, &olga, &beginning("安")).await, ["安娜"]);
    assert_eq!(names(&house, &olga, &beginning("ан")).await, ["Анна"]);
    assert_eq!(names(&house, &olga, &beginning("nna")).await, Vec::<String>::new());
    assert_eq!(names(&house, &olga, &beginning("%")).await, Vec::<String>::new());
    assert_eq!(names(&house, &olga, &beginning("\0")).await.len(), 8, "as if nothing was asked");
    assert_eq!(names(&house, &olga, &ListAll::default()).await.len(), 8);
}

async fn a_page_of_people_begins_after_the_last(engine: Engine) {
    let house = House::new(engine).await;
    let olga = house.someone("Olga", Role::Moderator).await;
    for letter in ["a", "b", "c", "d", "e"] {
        house.guest(&format!("Anna {letter}")).await;
    }
    let mut ask = ListAll { limit: Some(2), ..beginning("anna") };
    let mut seen = Vec::new();
    loop {
        let page = house.chat.list_people(&olga, &ask).await.unwrap();
        assert!(page.people.len() <= 2);
        seen.extend(page.people.into_iter().map(|person| person.user.name));
        let Some(next) = page.next else { break };
        ask.after = Some(next);
    }
    assert_eq!(seen, ["Anna a", "Anna b", "Anna c", "Anna d", "Anna e"]);
}

async fn it_is_told_who_is_here_muted_or_banned(engine: Engine) {
    let house = House::new(engine).await;
    let olga = house.someone("Olga", Role::Moderator).await;
    let (muted, banned) = (house.guest("Muted").await, house.guest("Banned").await);
    house.chat.mute(&olga, &Mute { user: muted.user.id, minutes: 5 }).await.unwrap();
    let ban = Ban { user: banned.user.id, minutes: None, reason: String::new() };
    house.chat.ban(&olga, &ban).await.unwrap();
    let page = house.chat.list_people(&olga, &ListAll::default()).await.unwrap();
    let seen = page.people.iter().map(|person| {
        let (muted, banned) = (person.muted_until.is_some(), person.banned_until);
        (person.user.name.as_str(), person.online, muted, banned)
    });
    let expected = [
        ("Banned", false, false, Some(i64::MAX)),
        ("Muted", true, true, None),
        ("Olga", true, false, None),
    ];
    assert_eq!(seen.collect::<Vec<_>>(), expected);
}

async fn public_rooms_are_listed_and_others_counted(engine: Engine) {
    let house = House::new(engine).await;
    let olga = house.someone("Olga", Role::Moderator).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    house.public_room(&anna, "Green Tea").await;
    house.public_room(&anna, "Coffee").await;
    house.private_room(&anna, "Secret").await;
    house.direct_room(&anna, &boris).await;
    let all = house.chat.list_rooms(&olga, &ListAll::default()).await.unwrap();
    let slugs: Vec<&str> = all.rooms.iter().map(|one| one.room.slug.as_str()).collect();
    assert_eq!((slugs, all.next), (vec!["coffee", "general", "green-tea"], None));
    assert_eq!((all.private, all.direct), (1, 1));
    let general = &all.rooms[1];
    assert_eq!((general.room.members, general.online), (3, 3));
    let found = house.chat.list_rooms(&olga, &beginning("Green T")).await.unwrap();
    assert_eq!(found.rooms.iter().map(|one| &one.room.name).collect::<Vec<_>>(), ["Green Tea"]);
    let after = ListAll { after: Some("coffee".into()), limit: Some(1), ..ListAll::default() };
    let page = house.chat.list_rooms(&olga, &after).await.unwrap();
    assert_eq!(page.rooms[0].room.slug, "general");
    assert_eq!(page.next.as_deref(), Some("general"));
}

async fn a_moderator_ends_a_session_or_all_of_them(engine: Engine) {
    let house = House::new(engine).await;
    // The first account is the owner's.
    house.account("Vera").await;
    let olga = house.someone("Olga", Role::Moderator).await;
    let phone = house.account("Anna").await;
    let laptop = house.sign_in("Anna", PASSWORD).await.unwrap();
    let user = phone.user.id;
    let one = Revoke { user, session: Some(laptop.session) };
    house.chat.revoke_of(&olga, &one).await.unwrap();
    assert_eq!(code(&house.chat.rooms(&laptop).await), Some(ErrorCode::Unauthorized));
    house.chat.rooms(&phone).await.unwrap();
    assert_eq!(code(&house.chat.revoke_of(&olga, &one).await), Some(ErrorCode::NotFound));
    let anothers = Revoke { user, session: Some(olga.session) };
    assert_eq!(code(&house.chat.revoke_of(&olga, &anothers).await), Some(ErrorCode::NotFound));
    house.chat.revoke_of(&olga, &Revoke { user, session: None }).await.unwrap();
    assert_eq!(code(&house.chat.rooms(&phone).await), Some(ErrorCode::Unauthorized));
    house.sign_in("Anna", PASSWORD).await.unwrap();
    let log = house.chat.audit(&olga, &protocol::event::ListAudit::default()).await.unwrap();
    let noted = log.entries.iter().map(|entry| (entry.action.as_str(), entry.details.as_str()));
    let session = laptop.session.to_string();
    assert_eq!(noted.take(2).collect::<Vec<_>>(), [("revoke", ""), ("revoke", session.as_str())]);
}

async fn a_moderator_does_not_see_where_someone_lives(engine: Engine) {
    let house = House::new(engine).await;
    let olga = house.someone("Olga", Role::Moderator).await;
    let anna = house.guest_from("Anna", crate::support::address("192.0.2.1")).await;
    house.chat.label_session(&anna, "Firefox, Linux").await.unwrap();
    let seen = house.chat.sessions_of(&olga, OfUser { user: anna.user.id }).await.unwrap();
    assert_eq!(seen.sessions.len(), 1);
    assert_eq!(seen.sessions[0].label, "Firefox, Linux");
    assert!(!format!("{seen:?}").contains("192.0.2.1"));
}
