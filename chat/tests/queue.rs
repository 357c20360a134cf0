//! The write queue has a bound: what doesn't fit is refused, and what was taken is written.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod proof;

use chat::{Chat, Identity, Pending};
use proof::{guest, million, open_sqlite, say, text_to, whole_history};
use protocol::limits::{WRITE_BATCH, WRITE_QUEUE};
use protocol::{ApiError, ClientId, ErrorCode, Message, RoomId};
use sqlx::Connection as _;
use std::path::PathBuf;
use tempfile::TempDir;
use uuid::Uuid;

struct Scene {
    chat: Chat,
    anna: Identity,
    general: RoomId,
    dir: TempDir,
}

impl Scene {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let chat = open_sqlite(&dir.path().join("chat.sqlite")).await;
        let anna = guest(&chat, "Anna").await.identity;
        let general = chat.join(&anna, "general").await.unwrap();
        Self { chat, anna, general, dir }
    }

    fn database(&self) -> PathBuf {
        self.dir.path().join("chat.sqlite")
    }

    fn message(&self, number: usize) -> protocol::event::Send {
        text_to(self.general, ClientId(Uuid::now_v7()), &number.to_string())
    }

    async fn texts(&self) -> Vec<String> {
        let messages = whole_history(&self.chat, &self.anna, self.general).await;
        messages.into_iter().map(|message| message.text).collect()
    }
}

async fn acked(pending: Vec<Pending>) -> Vec<Result<Message, ApiError>> {
    let mut acked = Vec::new();
    for pending in pending {
        acked.push(pending.durable().await.map(|sent| sent.message).map_err(ApiError::from));
    }
    acked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_refuses_and_loses_nothing() {
    let scene = Scene::new().await;
    // Someone else holds the database, so that nothing goes out of the queue.
    let mut holder = million::connect(&scene.database()).await;
    let held = holder.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let mut taken = Vec::new();
    let refused = loop {
        let message = scene.message(taken.len());
        match scene.chat.send(&scene.anna, message.clone()).await {
            Ok(pending) => taken.push(pending),
            Err(error) => break (message, ApiError::from(error)),
        }
        assert!(taken.len() <= WRITE_QUEUE + WRITE_BATCH, "the queue has no bound");
    };
    assert!(taken.len() >= WRITE_QUEUE);
    assert_eq!(refused.1.code, ErrorCode::Unavailable);
    assert!(refused.1.retry_after.is_some_and(|wait| wait > 0));
    held.rollback().await.unwrap();

    let mut expected: Vec<String> = (0..taken.len()).map(|number| number.to_string()).collect();
    assert!(acked(taken).await.iter().all(Result::is_ok), "what was taken is written");
    assert_eq!(scene.texts().await, expected, "once, in order, and nothing that was refused");
    say(&scene.chat, &scene.anna, refused.0.clone()).await.unwrap();
    expected.push(refused.0.text);
    assert_eq!(scene.texts().await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_writes_what_was_taken_and_refuses_the_rest() {
    let mut scene = Scene::new().await;
    let mut taken = Vec::new();
    for number in 0..2_000 {
        taken.push(scene.chat.send(&scene.anna, scene.message(number)).await.unwrap());
    }
    scene.chat.close().await;
    let late = scene.chat.send(&scene.anna, scene.message(2_000)).await;
    assert_eq!(
        late.map_err(ApiError::from).err().map(|error| error.code),
        Some(ErrorCode::Unavailable)
    );
    assert!(acked(taken).await.iter().all(Result::is_ok));
    scene.chat = open_sqlite(&scene.database()).await;
    let expected: Vec<String> = (0..2_000).map(|number| number.to_string()).collect();
    assert_eq!(scene.texts().await, expected);
}
