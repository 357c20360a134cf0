//! Pages and forms over plain HTTP, as a browser without JavaScript uses them.

use crate::house::{House, get, location, sign_in, submit};
use reqwest::StatusCode;
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, COOKIE, SET_COOKIE};
use uuid::Uuid;

async fn page(url: &str, path: &str, cookie: &str) -> (StatusCode, String) {
    let response =
        get(url, path).header(COOKIE, cookie).header("accept", "text/html").send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

#[tokio::test]
async fn the_first_page_asks_for_a_name() {
    let house = House::open().await;
    let response = get(&house.url, "/").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.contains("'nonce-") && !policy.contains("unsafe-inline"), "{policy}");
    let html = response.text().await.unwrap();
    assert!(html.contains("Your name") && html.contains("action=\"/forms/sign-in\""), "{html}");
    house.close().await;
}

#[tokio::test]
async fn the_page_speaks_the_readers_language() {
    let house = House::open().await;
    for (asked, lang, word) in
        [("ru", "ru", "Ваше имя"), ("zh-TW,en;q=0.5", "zh", "你的名字"), ("fr", "en", "Your name")]
    {
        let html = get(&house.url, "/")
            .header(ACCEPT_LANGUAGE, asked)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        assert!(html.contains(&format!("<html lang=\"{lang}\"")) && html.contains(word), "{asked}");
    }
    let chosen = submit(&house.url, "language", &[("lang", "zh")], "").await;
    assert!(chosen.headers()["set-cookie"].to_str().unwrap().starts_with("beseda_language=zh;"));
    house.close().await;
}

#[tokio::test]
async fn without_a_session_a_room_leads_to_the_first_page() {
    let house = House::open().await;
    let response =
        get(&house.url, "/room/general").header("accept", "text/html").send().await.unwrap();
    assert_eq!(
        (response.status(), location(&response)),
        (StatusCode::SEE_OTHER, "/?next=%2Froom%2Fgeneral")
    );
    house.close().await;
}

#[tokio::test]
async fn a_form_signs_in_posts_and_signs_out() {
    let house = House::open().await;
    let session = format!("beseda_session={}", sign_in(&house.url, "Anna").await);
    let id = Uuid::now_v7().to_string();
    let fields = [("room", "general"), ("id", id.as_str()), ("text", "one\r\n<i>two</i>")];
    // Twice, as an impatient finger does it.
    for _ in 0..2 {
        let posted = submit(&house.url, "message", &fields, &session).await;
        assert_eq!((posted.status(), location(&posted)), (StatusCode::FOUND, "/room/general"));
    }
    let (status, html) = page(&house.url, "/room/general", &session).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(html.matches("one\n&lt;i&gt;two&lt;/i&gt;").count(), 1, "{html}");

    let out = submit(&house.url, "sign-out", &[], &session).await;
    assert_eq!(location(&out), "/");
    let again =
        get(&house.url, "/room/general").header(COOKIE, &session).header("accept", "text/html");
    assert_eq!(again.send().await.unwrap().status(), StatusCode::SEE_OTHER);
    house.close().await;
}

#[tokio::test]
async fn a_refused_form_says_why_and_gives_the_text_back_once() {
    let house = House::open().await;
    let session = format!("beseda_session={}", sign_in(&house.url, "Anna").await);
    let (id, long) = (Uuid::now_v7().to_string(), format!("</textarea>{}", "字".repeat(5_000)));
    let fields = [("room", "general"), ("id", id.as_str()), ("text", long.as_str())];
    submit(&house.url, "message", &fields, &session).await;
    let (_, html) = page(&house.url, "/room/general", &session).await;
    assert!(html.contains("A message can have at most 5,000 characters."));
    assert!(html.contains("&lt;/textarea>字字字"));
    let (_, html) = page(&house.url, "/room/general", &session).await;
    assert!(!html.contains("字字字"));

    let refused = submit(&house.url, "sign-in", &[("name", "anna")], "").await;
    assert_eq!(location(&refused), "/?problem=taken&field=name&name=anna");
    let (_, html) = page(&house.url, location(&refused), "").await;
    assert!(
        html.contains("Someone with this name is here already.") && html.contains("value=\"anna\"")
    );
    house.close().await;
}

#[tokio::test]
async fn what_is_not_there_is_404_in_words() {
    let house = House::open().await;
    let session = format!("beseda_session={}", sign_in(&house.url, "Anna").await);
    for path in ["/nowhere", "/room/nowhere", "/pkg/nothing.js", "/../etc/passwd"] {
        let (status, html) = page(&house.url, path, &session).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(html.contains("There is nothing here."), "{path}");
    }
    house.close().await;
}

#[tokio::test]
async fn broken_forms_are_refused_without_harm() {
    let house = House::open().await;
    let session = format!("beseda_session={}", sign_in(&house.url, "Anna").await);
    for (form, fields) in [
        ("sign-in", vec![]),
        ("message", vec![("room", "general")]),
        ("message", vec![("room", "general"), ("id", "x"), ("text", "y")]),
        ("language", vec![("lang", "tlh")]),
    ] {
        let answer = submit(&house.url, form, &fields, &session).await;
        assert!(
            answer.status().is_redirection() || answer.status().is_client_error(),
            "{form}: {}",
            answer.status()
        );
    }
    let (status, _) = page(&house.url, "/health", "").await;
    assert_eq!(status, StatusCode::OK);
    house.close().await;
}

#[tokio::test]
async fn a_cookie_that_came_by_https_goes_no_other_way() {
    let house = House::with(&["--trusted-proxies", "127.0.0.2"]).await;
    let cookie = async |name: &str, proxy: &str, proto: &str| {
        let proxy = reqwest::Client::builder().local_address(Some(proxy.parse().unwrap())).build();
        let form = proxy.unwrap().post(format!("{}/api/v1/session", house.url));
        let form = form
            .header("content-type", "application/json")
            .body(format!("{{\"name\":\"{name}\"}}"));
        let answer = form.header("x-forwarded-proto", proto).send().await.unwrap();
        answer.headers()[SET_COOKIE].to_str().unwrap().to_owned()
    };
    assert!(cookie("Anna", "127.0.0.2", "https").await.ends_with("; Secure"));
    assert!(!cookie("Boris", "127.0.0.2", "http").await.contains("Secure"));
    assert!(!cookie("Chen", "127.0.0.1", "https").await.contains("Secure"), "anyone could say so");
    house.close().await;
}
