//! The admin's page, as a browser without JavaScript has it, and what its module hears on `/admin`.

use crate::house::{House, PATIENCE, Person, get, location, next};
use crate::sheets::{Reader, beside};
use chat::Address;
use protocol::event::{
    AllPeople, AllRooms, Past, PresenceAction, RoomPresence, SessionsOf, Stats, WhoAmI,
};
use protocol::{Name, Role};
use reqwest::StatusCode;
use serde_json::{Value, json};

const PARTS: [&str; 4] = ["/admin", "/admin/people", "/admin/rooms", "/admin/log"];

#[tokio::test]
async fn only_moderators_are_let_in() {
    let house = House::open().await;
    let moderator = Reader::account(&house, "Mod", Role::Moderator).await;
    let anna = Reader::guest(&house, "Anna").await;
    for path in PARTS {
        let stranger = get(&house.url, path).header("accept", "text/html").send().await.unwrap();
        assert!(location(&stranger).starts_with("/?next=%2Fadmin"), "{path}");
        let (status, html) = anna.open(path).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
        assert!(html.contains("You may not do that.") && !html.contains("Mod"), "{path}: {html}");
        assert_eq!(moderator.open(path).await.0, StatusCode::OK, "{path}");
    }
    let to = anna.send("announce", &[("text", "hear me")]).await;
    assert!(to.contains("problem=may-not"), "{to}");
    assert!(!anna.page("/settings").await.contains("/admin"));
    assert!(moderator.page("/settings").await.contains("href=\"/admin\""));
    house.close().await;
}

#[tokio::test]
async fn the_last_minutes_are_in_the_page() {
    let house = House::open().await;
    let moderator = Reader::account(&house, "Mod", Role::Moderator).await;
    let board = async || -> Value {
        let (_, html) = moderator.open("/admin").await;
        let (_, json) = html.split_once("id=\"board\">").unwrap();
        serde_json::from_str(json.split("</script>").next().unwrap()).unwrap()
    };
    let two_seconds =
        async { while board().await["past"]["stats"].as_array().unwrap().len() < 2 {} };
    tokio::time::timeout(PATIENCE, two_seconds).await.unwrap();
    let html = moderator.page("/admin").await;
    for figure in ["connections", "answers", "memory", "nodes"] {
        assert!(html.contains(&format!("data-figure=\"{figure}\"")), "{figure}: {html}");
    }
    assert!(html.contains("d=\"M29"), "a line is drawn: {html}");
    assert!(html.contains("Memory: ") && html.contains("in the last five minutes\""), "{html}");
    let (_, html) = moderator.open("/admin/people").await;
    assert!(!html.contains("data-figure"), "the charts are on the first part alone");
    house.close().await;
}

#[tokio::test]
async fn people_are_found_page_by_page() {
    let house = House::open().await;
    let moderator = Reader::account(&house, "Mod", Role::Moderator).await;
    let letters = "abcdefhk";
    let pairs = letters.chars().flat_map(|one| letters.chars().map(move |two| (one, two)));
    let names: Vec<String> = pairs.map(|(one, two)| format!("Anna {one}{two}")).take(52).collect();
    for name in &names {
        let name = Name::parse(name).unwrap();
        house.chat().sign_in_guest(&name, Address::LOCAL).await.unwrap();
    }
    let shown = |html: &str| -> Vec<usize> {
        let bdi = |name: &String| html.contains(&format!("<bdi>{name}</bdi>"));
        (0..names.len()).filter(|at| bdi(&names[*at])).collect()
    };
    let html = moderator.page("/admin/people?q=anna").await;
    assert_eq!(shown(&html), (0..50).collect::<Vec<_>>());
    assert!(!html.contains("<bdi>Mod</bdi>"), "{html}");
    let (_, next) = html.split_once("class=\"further\"><a href=\"").unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    let html = moderator.page(&next).await;
    assert_eq!(shown(&html), [50, 51]);
    assert!(!html.contains("class=\"further\""), "{html}");
    assert!(html.contains("value=\"anna\""), "the query stays: {html}");
    let html = moderator.page("/admin/people?q=%3Cb%3E").await;
    assert!(html.contains("No one has such a name.") && !html.contains("<b>"), "{html}");
    house.close().await;
}

#[tokio::test]
async fn private_rooms_are_only_counted() {
    let house = House::open().await;
    let moderator = Reader::account(&house, "Mod", Role::Moderator).await;
    let anna = Reader::account(&house, "Anna", Role::Member).await;
    let room = [("name", "Hidden"), ("private", "on"), ("max_users", "10")];
    anna.send("create-room", &room).await;
    anna.send("create-room", &[("name", "Garden"), ("max_users", "10")]).await;
    let html = moderator.page("/admin/rooms").await;
    assert!(html.contains("Garden") && !html.contains("Hidden"), "{html}");
    assert!(html.contains("1 private room and 0 direct conversations"), "{html}");
    let html = moderator.page("/admin/rooms?q=gard").await;
    assert!(html.contains("Garden") && !html.contains("general"), "{html}");
    house.close().await;
}

#[tokio::test]
async fn what_was_done_is_told_in_words() {
    let house = House::open().await;
    let moderator = Reader::account(&house, "Mod", Role::Moderator).await;
    let anna = Reader::guest(&house, "Anna").await;
    let profile = moderator.page("/people/Anna").await;
    let (_, user) = profile.split_once("name=\"user\" value=\"").unwrap();
    let user = ("user", user.split('"').next().unwrap());
    moderator.send("mute", &[user, ("minutes", "60")]).await;
    moderator.send("announce", &[("text", "Tea <now>")]).await;
    moderator.send("kick", &[user, ("reason", "noise")]).await;
    let html = moderator.page("/admin/log").await;
    let deeds = ["<em>signed out</em>", "noise", "announced", "Tea &lt;now", "muted", "60 min"];
    let places = deeds.map(|deed| html.find(deed).unwrap_or_else(|| panic!("{deed} in {html}")));
    assert!(places.is_sorted(), "{html}");
    assert!(html.contains("command line"), "the accounts were made there: {html}");
    assert!(moderator.page("/admin").await.contains("signed out"));
    assert_eq!(anna.open("/room/general").await.0, StatusCode::SEE_OTHER);
    house.close().await;
}

#[tokio::test]
async fn an_announcement_without_words_is_refused_beside_its_field() {
    let house = House::open().await;
    let moderator = Reader::account(&house, "Mod", Role::Moderator).await;
    let html = moderator.after("announce", &[("text", " ")]).await;
    assert_eq!(beside(&html, "announce-text"), "There is nothing to send yet.");
    let html = moderator.after("announce", &[("text", &"x".repeat(5_001))]).await;
    assert!(beside(&html, "announce-text").contains("5,000"));
    let html = moderator.after("announce", &[("text", "Tea")]).await;
    assert!(html.contains("Everyone has been told."), "{html}");
    house.close().await;
}

#[tokio::test]
async fn a_session_is_ended_where_it_is_listed() {
    let house = House::open().await;
    let moderator = Reader::account(&house, "Mod", Role::Moderator).await;
    let anna = Reader::guest(&house, "Anna").await;
    let html = moderator.page("/people/Anna").await;
    let hidden = |name: &str| {
        let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let (user, session) = (hidden("user"), hidden("session"));
    let one = [("user", user.as_str()), ("session", session.as_str())];
    let html = moderator.after("revoke", &one).await;
    assert!(html.contains("That session has ended."), "{html}");
    assert_eq!(anna.open("/room/general").await.0, StatusCode::SEE_OTHER);
    let html = moderator.after("revoke", &one).await;
    assert!(html.contains("That is not here any more."), "{html}");
    let html = moderator.after("revoke", &[("user", user.as_str())]).await;
    assert!(html.contains("They are signed out."), "{html}");
    house.close().await;
}

#[tokio::test]
async fn whoever_connects_hears_of_the_minutes_before() {
    let house = House::open().await;
    let (_, token) = house.account("Olga", Role::Owner).await;
    let first = Person::connect_to(&house.url, "/admin", &token);
    let mut stats = first.chat.stream("stats");
    next::<Stats>(&mut stats).await;
    let known: Stats = next(&mut stats).await;
    let second = Person::connect_to(&house.url, "/admin", &token);
    let past: Past = next(&mut second.chat.stream("past")).await;
    assert!(past.stats.contains(&known), "{known:?} is not in {past:?}");
    assert!(known.connections_here >= 1 && known.nodes == 1);
    house.close().await;
}

/// A page counts as presence for a minute only, and asks for itself again when the number of people changes.
#[tokio::test]
async fn whoever_only_watches_is_here() {
    let house = House::open().await;
    let anna = house.person("Anna").await;
    let (olga, token) = house.account("Olga", Role::Owner).await;
    let (boris, _) = house.account("Boris", Role::Member).await;
    let admin = Person::connect_to(&house.url, "/admin", &token);
    next::<Stats>(&mut admin.chat.stream("stats")).await;
    let mut told = anna.chat.stream("room-presence");
    olga.client.close();
    boris.client.close();
    loop {
        let RoomPresence { user, action, .. } = next(&mut told).await;
        if action == PresenceAction::Offline {
            assert_eq!(user.name, "Boris");
            break;
        }
    }
    house.close().await;
}

#[tokio::test]
async fn whoever_is_moderator_no_longer_hears_no_more() {
    let house = House::open().await;
    let (_, owners) = house.account("Olga", Role::Owner).await;
    let (person, token) = house.account("Mod", Role::Moderator).await;
    let moderator = Person::connect_to(&house.url, "/admin", &token);
    next::<Stats>(&mut moderator.chat.stream("stats")).await;
    let user = person.ask::<WhoAmI>("whoami", &()).await.unwrap().user.id;
    let olga = Person::connect_to(&house.url, "/admin", &owners);
    let ask = json!({ "user": user, "role": "member" });
    let _: Value = olga.ask("set-role", &ask).await.unwrap();
    let gone = async {
        while moderator.chat.is_connected() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.unwrap();
    next::<Stats>(&mut olga.chat.stream("stats")).await;
    house.close().await;
}

#[tokio::test]
async fn the_time_of_answers_is_measured() {
    let house = House::open().await;
    let (person, token) = house.account("Olga", Role::Owner).await;
    let olga = Person::connect_to(&house.url, "/admin", &token);
    let mut stats = olga.chat.stream("stats");
    let asked = async {
        loop {
            let _: WhoAmI = person.ask("whoami", &()).await.unwrap();
            let seen: Stats = next(&mut stats).await;
            if let (Some(half), Some(nearly_all)) = (seen.ack_p50, seen.ack_p99) {
                return (half, nearly_all);
            }
        }
    };
    let (half, nearly_all) = tokio::time::timeout(PATIENCE, asked).await.unwrap();
    assert!(0.0 < half && half <= nearly_all && nearly_all < 20_000.0, "{half} {nearly_all}");
    house.close().await;
}

#[tokio::test]
async fn the_lists_are_there_for_programs() {
    let house = House::open().await;
    let (person, token) = house.account("Olga", Role::Owner).await;
    let anna = house.person("Anna").await;
    let user = anna.ask::<WhoAmI>("whoami", &()).await.unwrap().user;
    let olga = Person::connect_to(&house.url, "/admin", &token);
    let people: AllPeople = olga.ask("list-people", &json!({ "query": "ann" })).await.unwrap();
    assert_eq!(people.people.iter().map(|one| &one.user).collect::<Vec<_>>(), [&user]);
    assert!(people.people[0].online);
    let rooms: AllRooms = olga.ask("list-rooms", &()).await.unwrap();
    assert_eq!(rooms.rooms[0].room.slug, "general");
    let sessions: SessionsOf = olga.ask("sessions", &json!({ "user": user.id })).await.unwrap();
    let session = sessions.sessions[0].id;
    let changes = anna.client.changes();
    let revoke = json!({ "user": user.id, "session": session });
    let _: Value = olga.ask("revoke", &revoke).await.unwrap();
    crate::house::sent_away(changes).await;
    drop(person);
    house.close().await;
}
