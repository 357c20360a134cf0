//! Whatever is wrong with a request, the answer is the error object, and tells nothing of the server.

use super::{Answer, Program};
use crate::house::House;
use protocol::{ApiError, ErrorCode, reply};
use reqwest::header::{CONTENT_TYPE, COOKIE, ORIGIN};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

/// As `router.rs` has it.
const BODY_BYTES: usize = 128 * 1024;

async fn raw(who: &Program, kind: &'static str, body: impl Into<reqwest::Body>) -> Answer {
    let request = who.request(Method::POST, "/rooms").header(CONTENT_TYPE, kind).body(body);
    who.send(Method::POST, "/rooms", request).await
}

async fn error_at(url: &str, method: Method, path: &str) -> (StatusCode, ApiError) {
    let response = Client::new().request(method, format!("{url}{path}")).send().await.unwrap();
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json", "{path}");
    let status = response.status();
    (status, reply::read::<Value>(&response.text().await.unwrap()).unwrap_err())
}

#[tokio::test]
async fn an_address_that_is_not_there_is_an_error_object() {
    let house = House::open().await;
    for path in [
        "/api",
        "/api/",
        "/api/nowhere",
        "/api/v1",
        "/api/v1/nowhere",
        "/api/v1/rooms/",
        "/api/v1/rooms/general/nothing",
        "/api/v1/rooms/%FF/members",
    ] {
        let (status, error) = error_at(&house.url, Method::GET, path).await;
        let unseen = (StatusCode::NOT_FOUND, ErrorCode::NotFound);
        // Who asks is found out before what for.
        let unknown = (StatusCode::UNAUTHORIZED, ErrorCode::Unauthorized);
        assert!([unseen, unknown].contains(&(status, error.code)), "{path}: {status} {error}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_method_that_is_not_there_is_an_error_object_that_says_which_are() {
    let house = House::open().await;
    for (method, path, allowed) in [
        (Method::PUT, "/api/v1/rooms", "GET,HEAD,POST"),
        (Method::GET, "/api/v1/rooms/general", "DELETE,PATCH"),
        (Method::POST, "/api/openapi.json", "GET,HEAD"),
    ] {
        let address = format!("{}{path}", house.url);
        let response = Client::new().request(method.clone(), address).send().await.unwrap();
        let mut allow: Vec<&str> =
            response.headers()["allow"].to_str().unwrap().split(',').collect();
        allow.sort_unstable();
        assert_eq!(allow.join(","), allowed);
        let (status, error) = error_at(&house.url, method, path).await;
        assert_eq!((status, error.code), (StatusCode::METHOD_NOT_ALLOWED, ErrorCode::Validation));
    }
    house.close().await;
}

#[tokio::test]
async fn a_body_that_can_not_be_read_is_told_and_makes_nothing() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    let deep = format!(r#"{{"name": {}{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    for (kind, body) in [
        ("application/json", &b"{\"name\": "[..]),
        ("application/json", b"nonsense"),
        ("application/json", b"[\"Tea\"]"),
        ("application/json", b"null"),
        ("application/json", b"{\"name\": \"\xff\"}"),
        ("application/json", b"{\"name\": \"\\ud800\"}"),
        ("application/json", b"{\"name\": 1e999}"),
        ("application/json", deep.as_bytes()),
        ("text/plain", b"{\"name\": \"Tea\"}"),
        ("application/x-www-form-urlencoded", b"name=Tea"),
        ("", b"{\"name\": \"Tea\"}"),
    ] {
        let answer = raw(&anna, kind, body.to_vec()).await;
        let error = answer.refused(ErrorCode::Validation);
        assert_eq!(error.details.unwrap().field, "payload", "{kind}");
    }
    let rooms: Value = anna.get("/rooms").await.granted();
    assert_eq!(rooms["rooms"].as_array().unwrap().len(), 1);
    // With a charset it is JSON still.
    let tea: Value =
        raw(&anna, "Application/JSON; charset=utf-8", r#"{"name": "Tea"}"#).await.granted();
    assert_eq!(tea["room"]["slug"], "tea");
    house.close().await;
}

#[tokio::test]
async fn a_body_may_be_so_large_and_not_a_byte_larger() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    let sized = |bytes: usize| {
        let frame = json!({ "name": "" }).to_string().len();
        json!({ "name": "x".repeat(bytes - frame) }).to_string()
    };
    raw(&anna, "application/json", sized(BODY_BYTES)).await.refused(ErrorCode::Validation);
    raw(&anna, "application/json", sized(BODY_BYTES + 1)).await.refused(ErrorCode::TooLarge);
    // Without a length that would give it away.
    let chunks = vec![b' '; 64 * 1024];
    let endless =
        futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(chunks.clone()));
    let body = reqwest::Body::wrap_stream(futures_util::StreamExt::take(endless, 4));
    raw(&anna, "application/json", body).await.refused(ErrorCode::TooLarge);
    house.close().await;
}

#[tokio::test]
async fn an_error_tells_nothing_of_the_server() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    let answers = [
        raw(&anna, "application/json", "{").await,
        anna.post("/rooms", &json!({ "name": { "a": 1 } })).await,
        anna.get("/search?query=%00").await,
        anna.get("/search?query=\u{22}%27;--").await,
        anna.get("/rooms/general/messages?before=18446744073709551615").await,
        anna.get("/rooms/general/messages?before=18446744073709551616").await,
        anna.post("/rooms/general/read", &json!({ "seq": u64::MAX })).await,
        anna.post("/rooms/%00/join", &json!({})).await,
        anna.get("/rooms/general/presence?after=7").await,
        anna.post("/dms", &json!({ "user": "\u{0}" })).await,
        anna.delete("/rooms/general/members/%27").await,
    ];
    for answer in answers {
        assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", answer.text);
        assert_ne!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text);
        for inside in ["sqlite", "sqlx", "SELECT", "serde", ".rs", "panick", "struct ", "::"] {
            assert!(!answer.text.contains(inside), "{inside}: {}", answer.text);
        }
    }
    house.close().await;
}

#[tokio::test]
async fn answers_are_kept_by_no_one_in_between() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    for answer in [anna.get("/rooms").await, anna.get("/nowhere").await] {
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
    house.close().await;
}

#[tokio::test]
async fn another_page_may_use_the_api_when_its_origin_is_allowed() {
    const PAGE: &str = "https://page.example";
    let house = House::with(&["--allowed-origins", PAGE]).await;
    let anna = Program::guest(&house, "Anna").await;
    let ask = async |method: Method, origin: &str| {
        let request = anna.request(method.clone(), "/rooms").header(ORIGIN, origin);
        let request = request.header(CONTENT_TYPE, "application/json");
        request.body(r#"{"name": "Tea"}"#).send().await.unwrap()
    };
    let foreign = ask(Method::POST, "https://evil.example").await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let told = reply::read::<Value>(&foreign.text().await.unwrap()).unwrap_err();
    assert_eq!(told.code, ErrorCode::Forbidden);
    let ours = ask(Method::POST, PAGE).await;
    assert_eq!(ours.status(), StatusCode::OK);
    assert_eq!(ours.headers()["access-control-allow-origin"], PAGE);
    let preflight = ask(Method::OPTIONS, PAGE).await;
    let methods = preflight.headers()["access-control-allow-methods"].to_str().unwrap();
    for method in ["GET", "POST", "PATCH", "DELETE"] {
        assert!(methods.contains(method), "{methods}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_cookie_alone_changes_nothing_without_a_word_of_where_it_comes_from() {
    let house = House::open().await;
    let cookie = format!("beseda_session={}", crate::house::sign_in(&house.url, "Anna").await);
    let nobody = Program::stranger(&house).await;
    let make = || {
        let request = nobody.request(Method::POST, "/rooms").header(COOKIE, &cookie);
        request.header(CONTENT_TYPE, "application/json").body(r#"{"name": "Tea"}"#)
    };
    nobody.send(Method::POST, "/rooms", make()).await.refused(ErrorCode::Forbidden);
    let own = make().header(ORIGIN, &house.url);
    let _: Value = nobody.send(Method::POST, "/rooms", own).await.granted();
    house.close().await;
}
