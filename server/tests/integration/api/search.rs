use super::Program;
use crate::house::{House, PATIENCE};
use protocol::event::Page;
use protocol::{ErrorCode, Reason};
use serde_json::{Value, json};
use std::time::Instant;
use uuid::Uuid;

#[tokio::test]
async fn words_are_found_in_ones_own_rooms() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    for text in ["зелёный чай", "black tea", "green tea & honey"] {
        let ask = json!({ "id": Uuid::now_v7(), "text": text });
        let _: Value = anna.post("/rooms/general/messages", &ask).await.granted();
    }
    // The index is filled beside; this asks until it is, as a person would.
    let began = Instant::now();
    let found = loop {
        let page: Page = anna.get("/search?query=tea").await.granted();
        if page.messages.len() == 2 {
            break page;
        }
        assert!(began.elapsed() < PATIENCE, "{page:?}");
        tokio::task::yield_now().await;
    };
    assert_eq!(found.messages[0].text, "green tea & honey", "new to old");
    let before = found.messages[0].id;
    let older: Page =
        anna.get(&format!("/search?query=tea&before={before}&limit=1")).await.granted();
    assert_eq!(older.messages[0].text, "black tea");
    let escaped: Page = anna.get("/search?query=%D1%87%D0%B0%D0%B9&room=general").await.granted();
    assert_eq!(escaped.messages.len(), 1);

    let _: Value = anna.post("/rooms", &json!({ "name": "Tea" })).await.granted();
    let boris = Program::guest(&house, "Boris").await;
    boris.get("/search?query=tea&room=tea").await.refused(ErrorCode::Forbidden);
    let _: Value = boris.post("/rooms/general/leave", &json!({})).await.granted();
    assert!(boris.get("/search?query=tea").await.granted::<Page>().messages.is_empty());
    house.close().await;
}

#[tokio::test]
async fn what_can_not_be_searched_is_refused() {
    let house = House::open().await;
    let anna = Program::guest(&house, "Anna").await;
    let long = format!("query={}", "x".repeat(101));
    for (query, field, reason) in [
        ("", "payload", Reason::Malformed),
        ("query=", "query", Reason::Empty),
        (long.as_str(), "query", Reason::TooLong),
        ("query=tea&limit=101", "limit", Reason::Malformed),
        ("query=tea&before=yesterday", "payload", Reason::Malformed),
    ] {
        let error = anna.get(&format!("/search?{query}")).await.refused(ErrorCode::Validation);
        let details = error.details.unwrap();
        assert_eq!((details.field.as_str(), details.reason), (field, reason), "{query}");
    }
    anna.get("/search?query=tea&room=nowhere").await.refused(ErrorCode::NotFound);
    house.close().await;
}
