//! After a rush the search index is behind: what it has not come to is found all the same.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod proof;

use proof::million::{self, RARE};
use proof::{guest, open_sqlite};
use protocol::event::Search;

#[tokio::test]
async fn what_waits_for_the_index_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("chat.sqlite");
    let chat = open_sqlite(&database).await;
    let crowd = million::crowd(&chat, 2, 2).await;
    chat.close().await;
    million::fill(&database, &crowd, 30_000).await;

    let chat = open_sqlite(&database).await;
    let anna = guest(&chat, "Anna").await.identity;
    let room = crowd.rooms[1].to_string();
    chat.join(&anna, &room).await.unwrap();
    let ask = Search { query: RARE.into(), room: Some(room), before: None, limit: None };
    let found = chat.search(&anna, &ask).await.unwrap();
    assert_eq!(found.messages.len(), 1, "the twelfth of all messages holds it");
    chat.close().await;
}
