use super::{PASSWORD, Program};
use crate::house::House;
use protocol::{ErrorCode, Reason, Role};
use reqwest::Method;
use reqwest::header::{COOKIE, RETRY_AFTER, SET_COOKIE, USER_AGENT, WWW_AUTHENTICATE};
use serde_json::{Value, json};

#[tokio::test]
async fn a_guest_comes_in_with_a_name_and_gets_a_token_and_a_cookie() {
    let house = House::open().await;
    let anna = Program::stranger(&house).await;
    let answer = anna.post("/session", &json!({ "name": " Anna " })).await;
    let welcome: Value = answer.granted();
    assert_eq!(welcome["user"]["name"], "Anna");
    assert_eq!(welcome["user"]["guest"], true);

    let cookie = answer.headers[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("beseda_session=") && cookie.contains("HttpOnly"), "{cookie}");
    assert!(cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    let by_cookie = anna.request(Method::GET, "/session").header(COOKIE, cookie);
    let me: Value = anna.send(Method::GET, "/session", by_cookie).await.granted();
    assert_eq!((&me["user"], &me["server"]["name"]), (&welcome["user"], &json!("Beseda")));

    let token = welcome["token"].as_str().unwrap();
    let by_token = Program::with_token(&house.url, token).await;
    let me: Value = by_token.get("/session").await.granted();
    assert_eq!(me["user"], welcome["user"]);
    house.close().await;
}

#[tokio::test]
async fn without_a_session_everything_is_unauthorized() {
    let house = House::open().await;
    let mut nobody = Program::stranger(&house).await;
    for token in ["", "nonsense", "a.b.c"] {
        token.clone_into(&mut nobody.token);
        for path in ["/session", "/rooms", "/rooms/general/messages", "/admin/audit"] {
            let answer = nobody.get(path).await;
            answer.refused(ErrorCode::Unauthorized);
            assert_eq!(answer.headers[WWW_AUTHENTICATE], "Bearer");
        }
        // What is asked is not even read.
        nobody.post("/rooms", &json!(7)).await.refused(ErrorCode::Unauthorized);
    }
    house.close().await;
}

#[tokio::test]
async fn names_that_can_not_be_are_refused_with_the_reason() {
    let house = House::open().await;
    Program::guest(&house, "Anna").await;
    let stranger = Program::stranger(&house).await;
    for (ask, code, field, reason) in [
        (json!({ "name": "anna" }), ErrorCode::Conflict, "name", Reason::Taken),
        (json!({ "name": "" }), ErrorCode::Validation, "name", Reason::Empty),
        (json!({ "name": "x".repeat(21) }), ErrorCode::Validation, "name", Reason::TooLong),
        (json!({ "name": 7 }), ErrorCode::Validation, "payload", Reason::Malformed),
        (json!({}), ErrorCode::Validation, "payload", Reason::Malformed),
        (
            json!({ "name": "Olga", "register": true }),
            ErrorCode::Validation,
            "password",
            Reason::Empty,
        ),
        (
            json!({ "name": "Olga", "register": true, "password": "short" }),
            ErrorCode::Validation,
            "password",
            Reason::TooShort,
        ),
        (
            json!({ "name": "Olga", "password": "no account" }),
            ErrorCode::Unauthorized,
            "password",
            Reason::Wrong,
        ),
    ] {
        let error = stranger.post("/session", &ask).await.refused(code);
        let details = error.details.unwrap();
        assert_eq!((details.field.as_str(), details.reason), (field, reason), "{ask}");
    }
    house.close().await;
}

#[tokio::test]
async fn an_account_is_made_and_entered_with_its_password() {
    let house = House::open().await;
    let olga = Program::stranger(&house).await;
    let ask = json!({ "name": "Olga", "password": PASSWORD, "register": true });
    let made: Value = olga.post("/session", &ask).await.granted();
    assert_eq!(made["user"]["role"], "owner");
    let enter = json!({ "name": "olga", "password": PASSWORD });
    let entered: Value = olga.post("/session", &enter).await.granted();
    assert_eq!(entered["user"], made["user"]);
    house.close().await;
}

#[tokio::test]
async fn where_an_invite_is_needed_it_makes_an_account_once() {
    let house = House::with(&["--registration", "invite"]).await;
    let olga = Program::account(&house, "Olga", Role::Owner).await;
    let stranger = Program::stranger(&house).await;
    let mut make = json!({ "name": "Anna", "password": PASSWORD, "register": true });
    let error = stranger.post("/session", &make).await.refused(ErrorCode::Forbidden);
    assert_eq!(error.reason(), Some(Reason::Invite));

    let invited: Value = olga.post("/invites", &json!({ "hours": 1 })).await.granted();
    make["invite"] = invited["invite"].clone();
    let anna: Value = stranger.post("/session", &make).await.granted();
    assert_eq!(anna["user"]["role"], "member");
    make["name"] = json!("Boris");
    stranger.post("/session", &make).await.refused(ErrorCode::NotFound);

    let anna = Program::with_token(&house.url, anna["token"].as_str().unwrap()).await;
    anna.post("/invites", &json!({})).await.refused(ErrorCode::Forbidden);
    olga.post("/invites", &json!({ "uses": 0 })).await.refused(ErrorCode::Validation);
    olga.post("/invites", &json!({ "room": "nowhere" })).await.refused(ErrorCode::NotFound);
    house.close().await;
}

#[tokio::test]
async fn a_guest_sets_a_password_and_every_other_session_ends() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    let short = anna.post("/password", &json!({ "password": "short" })).await;
    assert_eq!(short.refused(ErrorCode::Validation).reason(), Some(Reason::TooShort));
    let set: Value = anna.post("/password", &json!({ "password": PASSWORD })).await.granted();
    assert_eq!(set["user"]["guest"], false);
    anna.get("/session").await.refused(ErrorCode::Unauthorized);

    let anna = Program::with_token(&house.url, set["token"].as_str().unwrap()).await;
    let again = json!({ "password": "another good one" });
    anna.post("/password", &again).await.refused(ErrorCode::Conflict);
    let wrong = json!({ "old": "wrong", "password": "another good one" });
    anna.post("/password", &wrong).await.refused(ErrorCode::Unauthorized);
    let right = json!({ "old": PASSWORD, "password": "another good one" });
    let changed = anna.post("/password", &right).await;
    assert!(changed.headers.contains_key(SET_COOKIE));
    let _: Value = changed.granted();
    let enter = json!({ "name": "Anna", "password": "another good one" });
    let _: Value = anna.post("/session", &enter).await.granted();
    house.close().await;
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one() {
    let house = House::open().await;
    let anna = Program::stranger(&house).await;
    let request = anna.request(Method::POST, "/session").header(USER_AGENT, "robot/1.0");
    let request = request.header("content-type", "application/json").body(r#"{"name": "Anna"}"#);
    let welcome: Value = anna.send(Method::POST, "/session", request).await.granted();
    let anna = Program::with_token(&house.url, welcome["token"].as_str().unwrap()).await;

    let listed: Value = anna.get("/sessions").await.granted();
    let sessions = listed["sessions"].as_array().unwrap();
    let find = |kind: &str| sessions.iter().find(|session| session["kind"] == kind).unwrap();
    assert_eq!(sessions.len(), 2);
    assert_eq!(
        (&find("program")["label"], &find("program")["current"]),
        (&json!("robot/1.0"), &json!(true))
    );
    assert_eq!(find("browser")["current"], false);

    let boris = Program::guest(&house, "Boris").await;
    let path = format!("/sessions/{}", find("browser")["id"].as_str().unwrap());
    boris.delete(&path).await.refused(ErrorCode::NotFound);
    let _: Value = anna.delete(&path).await.granted();
    anna.delete(&path).await.refused(ErrorCode::NotFound);
    anna.delete("/sessions/nonsense").await.refused(ErrorCode::Validation);
    house.close().await;
}

#[tokio::test]
async fn signing_out_ends_the_session_and_takes_the_cookie_back() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    let answer = anna.delete("/session").await;
    let _: Value = answer.granted();
    let cookie = answer.headers[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("beseda_session=;") && cookie.contains("Max-Age=0"), "{cookie}");
    anna.get("/session").await.refused(ErrorCode::Unauthorized);
    anna.delete("/session").await.refused(ErrorCode::Unauthorized);
    house.close().await;
}

#[tokio::test]
async fn whoever_is_too_quick_is_told_when_to_try_again() {
    let house = House::with(&["--limit", "event=2/60,login=1/60"]).await;
    let anna = Program::guest(&house, "Anna").await;
    for _ in 0..2 {
        let _: Value = anna.get("/rooms").await.granted();
    }
    let answer = anna.get("/rooms").await;
    let error = answer.refused(ErrorCode::RateLimited);
    let seconds = error.retry_after.unwrap().div_ceil(1_000);
    assert_eq!(answer.headers[RETRY_AFTER], seconds.to_string());
    assert!((1..=30).contains(&seconds), "{seconds}");

    let guess = json!({ "name": "Olga", "password": "guessed" });
    anna.post("/session", &guess).await.refused(ErrorCode::Unauthorized);
    anna.post("/session", &guess).await.refused(ErrorCode::RateLimited);
    house.close().await;
}
