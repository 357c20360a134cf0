//! The pages that need no script, and their forms: what became of a form is told where it was sent from.

use crate::house::{House, get, location, sign_in, submit, to_general};
use protocol::Role;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT_LANGUAGE, COOKIE, REFERER, SET_COOKIE, USER_AGENT};
use serde_json::{Value, json};

/// Someone at a browser.
pub(crate) struct Reader<'a> {
    house: &'a House,
    cookie: String,
}

impl<'a> Reader<'a> {
    pub(crate) async fn guest(house: &'a House, name: &str) -> Self {
        Self::with(house, &sign_in(&house.url, name).await)
    }

    pub(crate) async fn account(house: &'a House, name: &str, role: Role) -> Self {
        let (person, token) = house.account(name, role).await;
        drop(person);
        Self::with(house, &token)
    }

    fn with(house: &'a House, token: &str) -> Self {
        Self { house, cookie: format!("beseda_session={token}") }
    }

    pub(crate) async fn open(&self, path: &str) -> (StatusCode, String) {
        let request = get(&self.house.url, path).header(COOKIE, &self.cookie);
        let response = request.header("accept", "text/html").send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    /// What stands in the page, without the marks that Leptos leaves between its parts.
    pub(crate) async fn page(&self, path: &str) -> String {
        let (status, html) = self.open(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {html}");
        main(&html).replace("<!>", "")
    }

    /// Where a form leads.
    pub(crate) async fn send(&self, form: &str, fields: &[(&str, &str)]) -> String {
        let answer = submit(&self.house.url, form, fields, &self.cookie).await;
        assert_eq!(answer.status(), StatusCode::FOUND, "{form}");
        location(&answer).to_owned()
    }

    /// The page that a form leads to.
    pub(crate) async fn after(&self, form: &str, fields: &[(&str, &str)]) -> String {
        self.page(&self.send(form, fields).await).await
    }

    async fn make_room(&self, name: &str) -> String {
        let to = self.send("create-room", &[("name", name), ("max_users", "10")]).await;
        to.strip_prefix("/room/").unwrap_or_else(|| panic!("{to}")).to_owned()
    }
}

fn main(html: &str) -> &str {
    let from = html.find("<main").unwrap_or_else(|| panic!("no main in {html}"));
    &html[from..]
}

/// What is told beside a field.
pub(crate) fn beside(html: &str, id: &str) -> String {
    let mark = format!("id=\"{id}-problem\" class=\"problem\">");
    let Some((_, rest)) = html.split_once(&mark) else {
        panic!("no problem beside {id} in {html}")
    };
    assert!(html.contains("aria-invalid=\"true\""), "{html}");
    rest.split('<').next().unwrap().to_owned()
}

/// The secret that was made, as its page shows it.
fn made(html: &str, id: &str) -> String {
    let mark = format!("id=\"{id}\" value=\"");
    let (_, rest) = html.split_once(&mark).unwrap_or_else(|| panic!("no {id} in {html}"));
    rest.split('"').next().unwrap().to_owned()
}

/// The value of a hidden field.
fn value<'h>(html: &'h str, name: &str) -> &'h str {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn a_stranger_signs_in_first_and_comes_back() {
    let house = House::open().await;
    for path in [
        "/search?q=tea",
        "/settings",
        "/rooms/new",
        "/room/general/details",
        "/people",
        "/people/Anna",
        "/invites",
    ] {
        let response = get(&house.url, path).header("accept", "text/html").send().await.unwrap();
        assert!(response.status().is_redirection(), "{path}");
        let to = location(&response);
        assert!(to.starts_with("/?next=%2F"), "{path}: {to}");
    }
    for form in ["end-other-sessions", "token", "leave-room", "create-room", "invite-link"] {
        let fields = [("room", "general"), ("name", "Tea")];
        let answer = submit(&house.url, form, &fields, "").await;
        assert_eq!(location(&answer), "/", "{form}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_search_finds_words_in_their_places_and_marks_them() {
    let house = House::open().await;
    let anna = Reader::guest(&house, "Anna").await;
    let boris = house.person("Boris").await;
    let said = boris.say("Green <b>tea</b>, please").await.unwrap();
    let html = anna.page("/search").await;
    assert!(html.contains("Every message that holds all of the words is found"), "{html}");
    assert!(!html.contains("<ol"), "{html}");

    let html = anna.page("/search?q=TEA+green").await;
    assert!(
        html.contains("<mark>Green</mark> &lt;b&gt;<mark>tea</mark>&lt;/b&gt;, please"),
        "{html}"
    );
    let link = format!("href=\"/room/general?at={0}#m-{0}\"", said.seq);
    assert!(html.contains(&link) && html.contains(">#general</bdi>"), "{html}");
    assert!(html.contains("href=\"/people/Boris?from=%2Fsearch%3Fq%3DTEA"), "{html}");

    let slug = anna.make_room("Elsewhere").await;
    let html = anna.page(&format!("/search?q=tea&room={slug}")).await;
    assert!(html.contains("Nothing was found."), "{html}");
    let html = anna.page("/search?q=tea&room=general").await;
    assert!(html.contains("<mark>tea</mark>"), "{html}");
    assert!(html.contains("<option value=\"general\" selected>"), "{html}");
    house.close().await;
}

#[tokio::test]
async fn a_search_goes_on_with_older_results() {
    let house = House::open().await;
    let anna = Reader::guest(&house, "Anna").await;
    let boris = house.person("Boris").await;
    for number in 1..=51 {
        boris.send(&to_general(&format!("tea no. {number:03}"))).await.unwrap();
    }
    let html = anna.page("/search?q=tea&room=general").await;
    assert!(html.contains("no. 051") && html.contains("no. 002") && !html.contains("no. 001"));
    let (_, rest) = html.split_once("<li class=\"older\"><a href=\"").unwrap();
    let older = rest.split('"').next().unwrap().replace("&amp;", "&");
    assert!(older.starts_with("/search?q=tea&room=general&"), "{older}");
    let html = anna.page(&older).await;
    assert!(
        html.contains("no. 001") && !html.contains("no. 002") && !html.contains("class=\"older\"")
    );
    house.close().await;
}

#[tokio::test]
async fn a_search_that_is_refused_says_why() {
    let house = House::with(&["--limit", "search=1/60"]).await;
    let anna = Reader::guest(&house, "Anna").await;
    let html = anna.page(&format!("/search?q={}", "я".repeat(101))).await;
    assert!(html.contains("A search can have at most 100 characters."), "{html}");
    anna.page("/search?q=tea").await;
    let html = anna.page("/search?q=tea").await;
    assert!(
        html.contains("That was too much at once.") && html.contains("value=\"tea\""),
        "{html}"
    );
    let html = anna.page("/search?q=tea&room=nowhere").await;
    assert!(html.contains("That is not here any more."), "{html}");
    house.close().await;
}

#[tokio::test]
async fn looks_are_chosen_and_kept() {
    let house = House::open().await;
    let anna = Reader::guest(&house, "Anna").await;
    let html = anna.page("/settings?from=/room/general").await;
    assert!(html.contains("href=\"/room/general\" class=\"back\""), "{html}");
    assert!(html.contains("value=\"en\" checked") && html.contains("value=\"system\" checked"));
    let fields = [
        ("lang", "ru"),
        ("theme", "dark"),
        ("motion", "x;y"),
        ("sounds", "on"),
        ("from", "/room/general"),
    ];
    let answer = submit(&house.url, "looks", &fields, &anna.cookie).await;
    let cookies: Vec<&str> = answer
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .map(|cookie| cookie.to_str().unwrap())
        .collect();
    let cookies = cookies.iter().filter_map(|cookie| cookie.split(';').next());
    let cookies = cookies.collect::<Vec<_>>().join("; ");
    assert_eq!(
        cookies,
        "beseda_language=ru; beseda_theme=dark; beseda_motion=system; beseda_sounds=on; beseda_notify=off"
    );
    let again = Reader { house: &house, cookie: format!("{}; {cookies}", anna.cookie) };
    let (_, html) = again.open(location(&answer)).await;
    assert!(html.contains("data-theme=\"dark\"") && html.contains("Сохранено."), "{html}");
    assert!(html.contains("value=\"dark\" checked"), "{html}");
    assert!(html.contains("name=\"sounds\" value=\"on\" checked"), "{html}");
    assert!(html.contains("href=\"/room/general\" class=\"back\""), "{html}");
    house.close().await;
}

#[tokio::test]
async fn one_comes_back_to_the_room_that_one_came_from_and_to_nowhere_else() {
    let house = House::open().await;
    let anna = Reader::guest(&house, "Anna").await;
    let back = async |path: &str, referer: &str| {
        let request = get(&house.url, path).header(COOKIE, &anna.cookie).header(REFERER, referer);
        let html = request.send().await.unwrap().text().await.unwrap();
        let (before, _) = html.split_once("\" class=\"back\"").unwrap();
        before.rsplit('"').next().unwrap().to_owned()
    };
    assert_eq!(back("/settings", &format!("{}/dm/Boris?at=3", house.url)).await, "/dm/Boris");
    assert_eq!(back("/settings", &format!("{}/search", house.url)).await, "/");
    assert_eq!(back("/settings?from=//evil.example", "").await, "/");
    assert_eq!(back("/settings?from=/search", "x").await, "/search");
    assert_eq!(back("/room/general/details", "").await, "/room/general");
    house.close().await;
}

#[tokio::test]
async fn a_guest_sets_a_password_and_changes_it() {
    let house = House::open().await;
    let anna = Reader::guest(&house, "Anna").await;
    let html = anna.page("/settings").await;
    assert!(html.contains("action=\"/forms/set-password\" data-whole"), "{html}");
    assert!(!html.contains("Invite code"), "{html}");
    let html = anna.after("set-password", &[("password", "short")]).await;
    assert_eq!(beside(&html, "set-password"), "A password has at least 8 characters.");

    let answer =
        submit(&house.url, "set-password", &[("password", "correct horse")], &anna.cookie).await;
    assert_eq!(location(&answer), "/settings?told=password-set");
    let anna = Reader::with(&house, session(&answer));
    let html = anna.page("/settings?told=password-set").await;
    assert!(
        html.contains("You have a password now") && html.contains("Current password"),
        "{html}"
    );

    let wrong = [("old", "wrong horse"), ("password", "correct mouse")];
    let to = anna.send("change-password", &wrong).await;
    assert!(!to.contains("horse") && !to.contains("mouse"), "{to}");
    let html = anna.page(&to).await;
    assert_eq!(beside(&html, "change-old"), "This is not your current password.");
    let html = anna.after("change-password", &[("old", "correct horse"), ("password", "x")]).await;
    assert_eq!(beside(&html, "change-password"), "A password has at least 8 characters.");
    let right = [("old", "correct horse"), ("password", "correct mouse")];
    let answer = submit(&house.url, "change-password", &right, &anna.cookie).await;
    assert_eq!(location(&answer), "/settings?told=password-changed");
    Reader::with(&house, session(&answer)).page("/settings").await;
    assert_eq!(anna.open("/settings").await.0, StatusCode::SEE_OTHER, "that session has ended");
    house.close().await;
}

fn session(answer: &reqwest::Response) -> &str {
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
    cookie.strip_prefix("beseda_session=").unwrap().split(';').next().unwrap()
}

#[tokio::test]
async fn where_an_invite_is_needed_the_form_asks_for_it() {
    let house = House::with(&["--registration", "invite"]).await;
    let owner = Reader::account(&house, "Owner", Role::Owner).await;
    let anna = Reader::guest(&house, "Anna").await;
    assert!(anna.page("/settings").await.contains("Invite code"));
    let fields = [("password", "correct horse"), ("invite", "made up")];
    let html = anna.after("set-password", &fields).await;
    assert_eq!(beside(&html, "set-invite"), "An invite is needed here, or this one is used up.");
    assert!(html.contains("value=\"made up\""), "{html}");

    owner.send("invite-link", &[("uses", "1"), ("days", "1")]).await;
    let code = made(&owner.page("/invites").await, "link-made");
    let fields = [("password", "correct horse"), ("invite", code.rsplit('/').next().unwrap())];
    assert_eq!(anna.send("set-password", &fields).await, "/settings?told=password-set");
    house.close().await;
}

#[tokio::test]
async fn where_no_accounts_are_made_no_password_is_asked_for() {
    let house = House::with(&["--registration", "closed"]).await;
    Reader::account(&house, "Owner", Role::Owner).await;
    let anna = Reader::guest(&house, "Anna").await;
    let html = anna.page("/settings").await;
    assert!(html.contains("No new accounts are made here."), "{html}");
    assert!(!html.contains("/forms/set-password"), "{html}");
    let to = anna.send("set-password", &[("password", "correct horse")]).await;
    assert_eq!(to, "/settings?problem=no-accounts&field=set-invite");
    house.close().await;
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let house = House::open().await;
    let laptop = Reader::account(&house, "Anna", Role::Member).await;
    let fields = [("name", "Anna"), ("password", "correct horse battery"), ("with", "password")];
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
    let request = client.unwrap().post(format!("{}/forms/sign-in", house.url)).form(&fields);
    let request = request.header(USER_AGENT, agent).header("accept", "text/html");
    let answer = request.header("origin", &house.url).send().await.unwrap();
    let phone = Reader::with(&house, session(&answer));

    let html = laptop.page("/settings").await;
    assert!(html.contains("Browser: <bdi>Firefox, Linux</bdi>"), "{html}");
    assert_eq!(html.matches("action=\"/forms/end-session\"").count(), 1, "not this one: {html}");
    let html = laptop.after("end-session", &[("session", value(&html, "session"))]).await;
    assert!(html.contains("That session has ended.") && !html.contains("Firefox"), "{html}");
    assert!(!html.contains("/forms/end-other-sessions"), "{html}");
    assert_eq!(phone.open("/settings").await.0, StatusCode::SEE_OTHER);
    let gone = [("session", "00000000-0000-7000-8000-000000000000")];
    let html = laptop.after("end-session", &gone).await;
    assert!(html.contains("That is not here any more."), "{html}");

    let label = "weather <bot>";
    let to = laptop.send("token", &[("label", label)]).await;
    assert_eq!(to, "/settings", "the token is a secret");
    let html = laptop.page(&to).await;
    let token = made(&html, "token-made");
    assert!(html.contains("Program: <bdi>weather &lt;bot&gt;</bdi>"), "{html}");
    assert!(!laptop.page(&to).await.contains("token-made"), "it is shown once");
    let bot = Reader::with(&house, &token);
    bot.page("/settings").await;
    let html = laptop.after("end-other-sessions", &[]).await;
    assert!(html.contains("All other sessions have ended."), "{html}");
    assert_eq!(bot.open("/settings").await.0, StatusCode::SEE_OTHER);
    house.close().await;
}

#[tokio::test]
async fn a_room_is_made_or_the_form_says_what_is_missing() {
    let house = House::open().await;
    let anna = Reader::account(&house, "Anna", Role::Member).await;
    let html = anna.page("/rooms/new").await;
    assert!(html.contains("name=\"private\"") && html.contains("You are in every room"), "{html}");
    let (name, topic) = ("я".repeat(61), "t".repeat(251));
    for (fields, field, told) in [
        (
            [("name", " "), ("topic", "Leaves"), ("max_users", "10")],
            "name",
            "Please give the room a name.",
        ),
        (
            [("name", &name), ("topic", "Leaves"), ("max_users", "10")],
            "name",
            "A room's name can have at most 60 characters.",
        ),
        (
            [("name", "a\u{202e}b"), ("topic", "Leaves"), ("max_users", "10")],
            "name",
            "There are characters in this that can't be seen. Please leave them out.",
        ),
        (
            [("name", "Tea"), ("topic", &topic), ("max_users", "10")],
            "topic",
            "A topic can have at most 250 characters.",
        ),
        (
            [("name", "Tea"), ("topic", "Leaves"), ("max_users", "1")],
            "max_users",
            "Please give a number from 2 to 10,000.",
        ),
        (
            [("name", "Tea"), ("topic", "Leaves"), ("max_users", "many")],
            "max_users",
            "Please give a number from 2 to 10,000.",
        ),
    ] {
        let html = anna.after("create-room", &fields).await;
        assert_eq!(beside(&html, &format!("new-{field}")), told);
        if field != "topic" {
            assert!(html.contains("value=\"Leaves\""), "what was typed is still there: {html}");
        }
    }
    let fields = [("name", "Чай"), ("topic", "Leaves"), ("private", "on"), ("max_users", "10")];
    let to = anna.send("create-room", &fields).await;
    assert!(to.starts_with("/room/%D1%87%D0%B0%D0%B9-"), "{to}");
    anna.page(&to).await;
    house.close().await;
}

#[tokio::test]
async fn guests_make_public_rooms_and_others_find_them() {
    let house = House::open().await;
    let anna = Reader::guest(&house, "Anna").await;
    let boris = Reader::guest(&house, "Boris").await;
    assert!(!anna.page("/rooms/new").await.contains("name=\"private\""));
    let fields = [("name", "Tea & more"), ("topic", "<i>"), ("max_users", "10")];
    assert_eq!(anna.send("create-room", &fields).await, "/room/tea-more");
    let html = boris.page("/rooms/new").await;
    assert!(html.contains("href=\"/room/tea-more\"") && html.contains("Tea &amp; more"), "{html}");
    assert!(html.contains("1 member") && html.contains("&lt;i&gt;"), "{html}");
    let html = get(&house.url, "/rooms/new").header(COOKIE, &boris.cookie);
    let html = html.header(ACCEPT_LANGUAGE, "ru").send().await.unwrap().text().await.unwrap();
    assert!(html.contains("1 участник"), "{html}");
    boris.page("/room/tea-more").await;
    assert!(!boris.page("/rooms/new").await.contains("/room/tea-more"));

    for number in 2..=20 {
        anna.make_room(&format!("Room {number}")).await;
    }
    let html = anna.after("create-room", &[("name", "One more"), ("max_users", "10")]).await;
    assert!(
        html.contains("You have made 20 rooms") && html.contains("value=\"One more\""),
        "{html}"
    );
    house.close().await;
}

#[tokio::test]
async fn a_rooms_maker_changes_it_and_invites_and_removes() {
    let house = House::open().await;
    let anna = Reader::guest(&house, "Anna").await;
    let boris = Reader::guest(&house, "Boris").await;
    let slug = anna.make_room("Tea").await;
    let details = format!("/room/{slug}/details");
    let room = ("room", slug.as_str());

    let html = anna.after("invite-member", &[room, ("user", "No one")]).await;
    assert_eq!(beside(&html, "invite-user"), "There is no one of this name.");
    assert!(html.contains("value=\"No one\""), "{html}");
    let html = anna.after("invite-member", &[room, ("user", " boris ")]).await;
    assert!(html.contains("The invitation is on its way."), "{html}");
    boris.page("/room/tea").await;
    let html = anna.after("invite-member", &[room, ("user", "Boris")]).await;
    assert_eq!(beside(&html, "invite-user"), "They are in the room already.");
    assert!(html.contains("2 members") && html.contains("Online, guest"), "{html}");
    assert!(html.contains("href=\"/people/Boris?from=%2Froom%2Ftea%2Fdetails\""), "{html}");

    let edit = |name, size| [room, ("name", name), ("topic", "Leaves"), ("max_users", size)];
    let html = anna.after("update-room", &edit("", "10")).await;
    assert_eq!(beside(&html, "edit-name"), "Please give the room a name.");
    let html = anna.after("update-room", &edit("Tea", "x")).await;
    assert_eq!(beside(&html, "edit-max_users"), "Please give a number from 2 to 10,000.");
    let chen = Reader::guest(&house, "Chen").await;
    chen.page("/room/tea").await;
    let html = anna.after("update-room", &edit("Tea", "2")).await;
    assert_eq!(beside(&html, "edit-max_users"), "The room has more members than that already.");
    let html = anna.after("update-room", &edit("Green tea", "10")).await;
    assert!(
        html.contains("Saved.") && html.contains("#Green tea") && html.contains("Leaves"),
        "{html}"
    );

    let (_, rest) = html
        .split_once("aria-label=\"Remove: Boris\"")
        .map_or_else(|| panic!("{html}"), |(before, after)| (after, before));
    let (_, rest) = rest.rsplit_once("name=\"user\" value=\"").unwrap();
    let user = rest.split('"').next().unwrap();
    let html = anna.after("remove-member", &[room, ("user", user)]).await;
    assert!(html.contains("They are out of the room.") && !html.contains("Boris"), "{html}");
    let html = anna.after("remove-member", &[room, ("user", user)]).await;
    assert!(html.contains("That is not here any more."), "{html}");
    assert_eq!(boris.open("/room/tea").await.0, StatusCode::FORBIDDEN);
    assert!(boris.page(&details).await.contains("You are not in this room."));
    house.close().await;
}

#[tokio::test]
async fn whoever_may_not_change_a_room_is_shown_no_form_and_refused() {
    let house = House::open().await;
    let anna = Reader::guest(&house, "Anna").await;
    let boris = Reader::guest(&house, "Boris").await;
    let slug = anna.make_room("Tea").await;
    let details = format!("/room/{slug}/details");
    let html = boris.page(&details).await;
    assert!(html.contains("You are not in this room.") && !html.contains("Anna"), "{html}");
    assert!(!html.contains("<form"), "{html}");
    boris.page("/room/tea").await;
    let html = boris.page(&details).await;
    for form in ["update-room", "remove-member", "archive-room", "delete-room"] {
        assert!(!html.contains(form), "{form} in {html}");
    }
    assert!(html.contains("/forms/leave-room") && html.contains("/forms/invite-member"), "{html}");

    let room = ("room", slug.as_str());
    let edit = [room, ("name", "Mine"), ("topic", ""), ("max_users", "10")];
    let html = boris.after("update-room", &edit).await;
    assert!(html.contains("#Tea") && !html.contains("Saved."), "{html}");
    boris.send("delete-room", &[room, ("sure", "on")]).await;
    boris.page("/room/tea").await;
    let general = anna.page("/room/general/details").await;
    assert!(!general.contains("delete-room") && !general.contains("update-room"), "{general}");
    house.close().await;
}

#[tokio::test]
async fn a_room_is_left_archived_and_deleted_by_those_who_are_sure() {
    let house = House::open().await;
    let anna = Reader::guest(&house, "Anna").await;
    let boris = Reader::guest(&house, "Boris").await;
    let slug = anna.make_room("Tea").await;
    let room = ("room", slug.as_str());
    boris.page("/room/tea").await;
    assert_eq!(boris.send("leave-room", &[room]).await, "/room/general");
    assert!(boris.page("/rooms/new").await.contains("href=\"/room/tea\""));
    assert_eq!(boris.send("leave-room", &[("room", "general")]).await, "/rooms/new?told=left");
    assert!(boris.page("/rooms/new?told=left").await.contains("You have left the room."));

    for form in ["archive-room", "delete-room"] {
        let html = anna.after(form, &[room]).await;
        assert!(html.contains("Please tick the box if you are sure."), "{html}");
    }
    let html = anna.after("archive-room", &[room, ("sure", "on")]).await;
    assert!(
        html.contains("The room is archived.") && html.contains("Nothing more is said here."),
        "{html}"
    );
    assert!(
        !html.contains("/forms/archive-room") && !html.contains("/forms/invite-member"),
        "{html}"
    );
    assert_eq!(anna.send("delete-room", &[room, ("sure", "on")]).await, "/room/general");
    assert_eq!(anna.open("/room/tea/details").await.0, StatusCode::NOT_FOUND);
    house.close().await;
}

#[tokio::test]
async fn a_room_of_two_has_the_other_ones_page_for_details() {
    let house = House::open().await;
    let anna = Reader::guest(&house, "Anna").await;
    Reader::guest(&house, "Boris").await;
    let html = anna.page("/dm/Boris").await;
    assert!(html.contains("Boris"));
    let rooms = house.person("Chen").await;
    drop(rooms);
    let (_, html) = anna.open("/search").await;
    let slug = html.split("<option value=\"dm:").nth(1).unwrap().split('"').next().unwrap();
    let response =
        get(&house.url, &format!("/room/dm:{slug}/details")).header(COOKIE, &anna.cookie);
    assert_eq!(location(&response.send().await.unwrap()), "/people/Boris");
    house.close().await;
}

#[tokio::test]
async fn a_person_is_shown_with_what_one_may_do_to_them() {
    let house = House::open().await;
    let anna = Reader::guest(&house, "Anna").await;
    let boris = Reader::guest(&house, "Boris").await;
    let html = boris.page("/people/ANNA").await;
    assert!(html.contains("<h1><bdi>Anna</bdi>") && html.contains("Online, guest"), "{html}");
    assert!(html.contains("href=\"/dm/Anna\"") && !html.contains("<form"), "{html}");
    let html = anna.page("/people/Anna").await;
    assert!(html.contains("That is you.") && html.contains("href=\"/settings\""), "{html}");
    assert_eq!(anna.open("/people/No%20one").await.0, StatusCode::NOT_FOUND);

    let moderator = Reader::account(&house, "Mod", Role::Moderator).await;
    let admin = Reader::account(&house, "Admin", Role::Admin).await;
    let html = moderator.page("/people/Anna").await;
    for form in ["kick", "ban", "mute"] {
        assert!(html.contains(&format!("action=\"/forms/{form}\"")), "{form} in {html}");
    }
    assert!(!html.contains("/forms/set-role"), "{html}");
    assert!(!moderator.page("/people/Admin").await.contains("<form"));
    assert!(!admin.page("/people/Anna").await.contains("/forms/set-role"), "a guest has no role");
    let html = admin.page("/people/Mod").await;
    assert!(html.contains("<option value=\"moderator\" selected>"), "{html}");
    assert!(!html.contains("<option value=\"admin\""), "{html}");
    house.close().await;
}

#[tokio::test]
async fn a_moderator_mutes_bans_and_lifts_it_again() {
    let house = House::open().await;
    let moderator = Reader::account(&house, "Mod", Role::Moderator).await;
    let (_, token) = house.account("Anna", Role::Member).await;
    let anna = Reader::with(&house, &token);
    let html = moderator.page("/people/Anna?from=/people").await;
    let user = ("user", value(&html, "user"));
    let from = ("from", "/people");

    let html = moderator.after("mute", &[user, from, ("minutes", "60")]).await;
    assert!(html.contains("They are muted.") && html.contains("Muted until"), "{html}");
    assert!(html.contains("href=\"/people\" class=\"back\""), "{html}");
    assert!(!anna.page("/people/Anna").await.contains("Muted until"));
    let html = moderator.after("mute", &[user, ("minutes", "0")]).await;
    assert!(html.contains("They may write again.") && !html.contains("Muted until"), "{html}");
    let html = moderator.after("mute", &[user, ("minutes", "999999999")]).await;
    assert!(html.contains("Something went wrong."), "{html}");

    let long = "r".repeat(251);
    for form in ["kick", "ban"] {
        let html = moderator.after(form, &[user, ("minutes", "10"), ("reason", &long)]).await;
        let told = "A reason can have at most 250 characters.";
        assert_eq!(beside(&html, &format!("{form}-reason")), told);
        assert_eq!(html.matches(&long).count(), 1, "in its own form: {html}");
    }
    let html = moderator.after("kick", &[user, ("reason", "enough")]).await;
    assert!(html.contains("They are signed out."), "{html}");
    assert_eq!(anna.open("/settings").await.0, StatusCode::SEE_OTHER);

    let html = moderator.after("ban", &[user, ("minutes", "10")]).await;
    assert!(html.contains("They are banned.") && html.contains("Banned until"), "{html}");
    let html = moderator.after("unban", &[user]).await;
    assert!(html.contains("The ban is lifted.") && html.contains("/forms/ban\""), "{html}");
    let html = moderator.after("ban", &[user, ("minutes", "")]).await;
    assert!(html.contains("Banned for good."), "{html}");
    let html = moderator.after("ban", &[user, ("minutes", "x")]).await;
    assert!(!html.contains("They are banned."), "{html}");
    house.close().await;
}

#[tokio::test]
async fn an_admin_gives_a_role_and_no_one_else_does() {
    let house = House::open().await;
    let admin = Reader::account(&house, "Admin", Role::Admin).await;
    let anna = Reader::account(&house, "Anna", Role::Member).await;
    let html = admin.page("/people/Anna").await;
    let user = ("user", value(&html, "user"));
    let html = anna.after("set-role", &[user, ("role", "owner")]).await;
    assert!(html.contains(", member"), "{html}");
    for form in ["kick", "ban"] {
        anna.send(form, &[user, ("minutes", "10")]).await;
    }
    let html = admin.after("set-role", &[user, ("role", "admin")]).await;
    assert!(html.contains("You may not do that.") && html.contains(", member"), "{html}");
    let html = admin.after("set-role", &[user, ("role", "moderator")]).await;
    assert!(html.contains("The role is changed.") && html.contains(", moderator"), "{html}");
    house.close().await;
}

#[tokio::test]
async fn a_direct_message_begins_with_a_name() {
    let house = House::open().await;
    let anna = Reader::guest(&house, "Anna").await;
    assert!(anna.page("/people").await.contains("No one else is here just now."));
    Reader::guest(&house, "Boris K").await;
    let html = anna.page("/people").await;
    assert!(
        html.contains("href=\"/dm/Boris%20K\"")
            && html.contains("href=\"/people/Boris%20K?from=%2Fpeople")
    );
    let request = get(&house.url, "/people?name=boris+k").header(COOKIE, &anna.cookie);
    assert_eq!(location(&request.send().await.unwrap()), "/dm/Boris%20K");
    let html = anna.page("/people?name=Chen").await;
    assert_eq!(beside(&html, "direct-name"), "There is no one of this name.");
    assert!(html.contains("value=\"Chen\""), "{html}");
    let html = anna.page("/people?name=Anna").await;
    assert_eq!(beside(&html, "direct-name"), "That is you.");
    house.close().await;
}

#[tokio::test]
async fn a_moderator_makes_a_link_that_lets_people_in() {
    let house = House::with(&["--registration", "invite"]).await;
    let moderator = Reader::account(&house, "Mod", Role::Moderator).await;
    let guest = Reader::guest(&house, "Anna").await;
    assert_eq!(guest.open("/invites").await.0, StatusCode::FORBIDDEN);
    for path in ["/settings", "/room/general/details"] {
        assert!(!guest.page(path).await.contains("/invites"), "{path}");
        assert!(moderator.page(path).await.contains("/invites"), "{path}");
    }
    let slug = moderator.make_room("Tea").await;
    let html = moderator.page(&format!("/invites?room={slug}")).await;
    assert!(html.contains("<option value=\"tea\" selected>"), "{html}");
    for (uses, days, field, told) in [
        ("0", "1", "uses", "Please give a number from 1 to 1,000."),
        ("x", "1", "uses", "Please give a number from 1 to 1,000."),
        ("1", "366", "days", "Please give a number from 1 to 365."),
    ] {
        let fields = [("uses", uses), ("days", days), ("room", "tea")];
        let html = moderator.after("invite-link", &fields).await;
        assert_eq!(beside(&html, &format!("link-{field}")), told);
        assert!(html.contains("<option value=\"tea\" selected>"), "{html}");
    }
    let fields = [("uses", "1"), ("days", "1"), ("room", "tea")];
    assert_eq!(
        guest.send("invite-link", &fields).await,
        "/invites?problem=may-not&field=link&link-uses=1&link-days=1&link-room=tea"
    );
    let to = moderator.send("invite-link", &fields).await;
    assert_eq!(to, "/invites", "the code is a secret");
    let link = made(&moderator.page(&to).await, "link-made");
    assert!(!moderator.page(&to).await.contains("link-made"), "it is shown once");
    let path = link.strip_prefix(&house.url).unwrap_or_else(|| panic!("{link}"));
    let html = guest.open(path).await.1;
    assert!(html.contains("You have been invited."), "{html}");
    let code = path.strip_prefix("/invite/").unwrap();
    let code = code.strip_suffix("?next=%2Froom%2Ftea").unwrap_or_else(|| panic!("{link}"));
    let fields = [
        ("name", "Boris"),
        ("password", "correct horse"),
        ("with", "account"),
        ("invite", code),
        ("next", "/room/tea"),
    ];
    let answer = submit(&house.url, "sign-in", &fields, "").await;
    assert_eq!(location(&answer), "/room/tea");
    Reader::with(&house, session(&answer)).page("/room/tea").await;
    house.close().await;
}

#[tokio::test]
async fn a_page_without_a_script_marks_what_it_shows_as_read() {
    let house = House::open().await;
    let anna = Reader::guest(&house, "Anna").await;
    let boris = house.person("Boris").await;
    boris.say("one").await.unwrap();
    boris.say("two").await.unwrap();
    let unread = async || {
        let (_, text) = anna.open("/api/v1/rooms").await;
        let rooms: Value = serde_json::from_str(&text).unwrap();
        rooms["rooms"][0]["unread"].clone()
    };
    assert_eq!(unread().await, json!(2));
    let (_, html) = anna.open("/room/general").await;
    let (_, rest) = html.split_once("<noscript><img src=\"").unwrap_or_else(|| panic!("{html}"));
    let seen = rest.split('"').next().unwrap().replace("&amp;", "&");
    assert_eq!(anna.open(&seen).await.0, StatusCode::NO_CONTENT);
    assert_eq!(unread().await, json!(0));
    assert_eq!(anna.open("/data/seen?room=nowhere&seq=1").await.0, StatusCode::NOT_FOUND);
    let stranger = Reader { house: &house, cookie: String::new() };
    assert_eq!(stranger.open(&seen).await.0, StatusCode::UNAUTHORIZED);
    house.close().await;
}
