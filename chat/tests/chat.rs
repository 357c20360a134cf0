//! The domain over a real SQLite file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

use chat::store::OpenError;
use chat::store::sqlite::Sqlite;
use chat::{Announcement, Announcements, Chat, Error, Identity};
use protocol::event::{self, History, Sync};
use protocol::{ApiError, ClientId, ErrorCode, Message, MessageKind, Name, Reason, RoomId};
use std::collections::BTreeMap;
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

struct House {
    chat: Chat,
    announcements: Announcements,
    dir: TempDir,
}

impl House {
    async fn new() -> Self {
        Self::in_dir(tempfile::tempdir().unwrap()).await
    }

    async fn in_dir(dir: TempDir) -> Self {
        let store = Sqlite::open(&dir.path().join("test.sqlite")).await.unwrap();
        let (chat, announcements) = Chat::open(Arc::new(store));
        Self { chat, announcements, dir }
    }

    async fn again(self) -> Self {
        self.chat.close().await;
        Self::in_dir(self.dir).await
    }

    async fn guest(&self, name: &str) -> Identity {
        self.chat.sign_in_guest(&Name::parse(name).unwrap()).await.unwrap().identity
    }

    async fn general(&self, who: &Identity) -> RoomId {
        self.chat.join(who, "general").await.unwrap()
    }

    async fn say(&self, who: &Identity, text: &str) -> Message {
        self.send(who, Uuid::now_v7(), text).await.unwrap()
    }

    async fn send(&self, who: &Identity, id: Uuid, text: &str) -> Result<Message, ApiError> {
        let pending = self.chat.send(who, to_general(id, text)).await.map_err(ApiError::from)?;
        pending.durable().await.map(|sent| sent.message).map_err(ApiError::from)
    }

    async fn history(
        &self,
        who: &Identity,
        before: Option<u64>,
        after: Option<u64>,
        limit: usize,
    ) -> (Vec<u64>, bool) {
        let ask = History { room: "general".into(), before, after, limit: Some(limit) };
        let page = self.chat.history(who, &ask).await.unwrap();
        (page.messages.iter().map(|message| message.seq).collect(), page.more)
    }
}

fn to_general(id: Uuid, text: &str) -> event::Send {
    event::Send {
        room: "general".into(),
        id: ClientId(id),
        text: text.into(),
        kind: MessageKind::Text,
    }
}

fn refused<T>(result: Result<T, Error>) -> ApiError {
    match result {
        Ok(_) => panic!("it was allowed"),
        Err(error) => error.into(),
    }
}

#[tokio::test]
async fn a_message_is_there_after_a_restart() {
    let house = House::new().await;
    let anna = house.guest("Anna").await;
    let said = house.say(&anna, "hello").await;
    assert_eq!((said.seq, said.rev), (1, 1));

    let house = house.again().await;
    let room = house.general(&anna).await;
    let view = house.chat.view(&anna, room).await.unwrap();
    assert_eq!(view.messages, [said]);
    assert_eq!(view.rev, 1);
}

#[tokio::test]
async fn messages_are_written_in_the_order_of_sending_and_announced_in_the_order_of_rev() {
    let mut house = House::new().await;
    let anna = house.guest("Anna").await;
    let mut receipts = Vec::new();
    for number in 0..1_000 {
        receipts.push(
            house.chat.send(&anna, to_general(Uuid::now_v7(), &number.to_string())).await.unwrap(),
        );
    }
    for (number, receipt) in receipts.into_iter().enumerate() {
        let message = receipt.durable().await.unwrap().message;
        assert_eq!((message.text, message.seq), (number.to_string(), number as u64 + 1));
    }
    let mut announced = Vec::new();
    while announced.len() < 1_000 {
        if let Some(Announcement::Message(changed)) = house.announcements.recv().await {
            announced.push(changed.rev);
        }
    }
    assert!(announced.is_sorted());
}

#[tokio::test]
async fn sending_again_says_it_once() {
    let mut house = House::new().await;
    let (anna, boris) = (house.guest("Anna").await, house.guest("Boris").await);
    let id = Uuid::now_v7();
    let first = house.send(&anna, id, "hello").await.unwrap();
    assert_eq!(house.send(&anna, id, " hello ").await.unwrap(), first);
    assert_eq!(house.send(&anna, id, "other").await.unwrap_err().code, ErrorCode::Conflict);
    // The id is the author's own: someone else may have the same by chance or malice.
    assert_eq!(house.send(&boris, id, "mine").await.unwrap().seq, 2);
    assert_eq!(house.history(&anna, None, None, 10).await, (vec![1, 2], false));
    house.chat.close().await;
    let mut announced = 0;
    while let Ok(announcement) = house.announcements.try_recv() {
        announced += usize::from(matches!(announcement, Announcement::Message(_)));
    }
    assert_eq!(announced, 2);
}

#[tokio::test]
async fn both_copies_in_one_batch_are_one_message() {
    let house = House::new().await;
    let anna = house.guest("Anna").await;
    let id = Uuid::now_v7();
    let first = house.chat.send(&anna, to_general(id, "hello")).await.unwrap();
    let second = house.chat.send(&anna, to_general(id, "hello")).await.unwrap();
    assert_eq!(first.durable().await.unwrap().message, second.durable().await.unwrap().message);
}

#[tokio::test]
async fn bad_texts_are_refused_and_nothing_is_written() {
    let house = House::new().await;
    let anna = house.guest("Anna").await;
    for (text, reason) in
        [("", Reason::Empty), (" \n ", Reason::Empty), (&*"x".repeat(5_001), Reason::TooLong)]
    {
        let error = refused(house.chat.send(&anna, to_general(Uuid::now_v7(), text)).await);
        assert_eq!((error.code, error.reason()), (ErrorCode::Validation, Some(reason)));
    }
    assert_eq!(house.history(&anna, None, None, 10).await, (vec![], false));
}

#[tokio::test]
async fn history_has_pages_in_both_directions() {
    let house = House::new().await;
    let anna = house.guest("Anna").await;
    for number in 0..10 {
        house.say(&anna, &number.to_string()).await;
    }
    assert_eq!(house.history(&anna, None, None, 3).await, (vec![8, 9, 10], true));
    assert_eq!(house.history(&anna, Some(8), None, 3).await, (vec![5, 6, 7], true));
    assert_eq!(house.history(&anna, Some(3), None, 3).await, (vec![1, 2], false));
    assert_eq!(house.history(&anna, None, Some(0), 3).await, (vec![1, 2, 3], true));
    assert_eq!(house.history(&anna, None, Some(8), 3).await, (vec![9, 10], false));
    assert_eq!(house.history(&anna, None, Some(u64::MAX), 3).await, (vec![], false));
    for limit in [0, 101] {
        let ask = History { room: "general".into(), before: None, after: None, limit: Some(limit) };
        assert_eq!(refused(house.chat.history(&anna, &ask).await).code, ErrorCode::Validation);
    }
}

#[tokio::test]
async fn sync_brings_what_is_missing_page_by_page() {
    let house = House::new().await;
    let anna = house.guest("Anna").await;
    let room = house.general(&anna).await;
    for number in 0..450 {
        let _pending =
            house.chat.send(&anna, to_general(Uuid::now_v7(), &number.to_string())).await.unwrap();
    }
    house.say(&anna, "last").await;
    let (mut rev, mut seqs, mut pages) = (7, Vec::new(), 0);
    loop {
        let ask = Sync { rooms: BTreeMap::from([(room, rev), (RoomId(Uuid::now_v7()), 0)]) };
        let mut answer = house.chat.sync(&anna, &ask).await.unwrap();
        assert_eq!(answer.rooms.len(), 1, "an unknown room is left out");
        let changes = answer.rooms.remove(&room).unwrap();
        seqs.extend(changes.messages.iter().map(|message| message.seq));
        (rev, pages) = (changes.rev, pages + 1);
        if changes.complete {
            break;
        }
    }
    assert_eq!(seqs, (8..=451).collect::<Vec<_>>());
    assert_eq!((rev, pages), (451, 3));
}

#[tokio::test]
async fn a_room_that_is_not_there_is_not_found() {
    let house = House::new().await;
    let anna = house.guest("Anna").await;
    assert_eq!(refused(house.chat.join(&anna, "nowhere").await).code, ErrorCode::NotFound);
    let id = Uuid::now_v7().to_string();
    assert_eq!(refused(house.chat.online(&anna, &id).await).code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_name_belongs_to_one_who_is_here() {
    let house = House::new().await;
    house.guest("Anna").await;
    for name in ["Anna", "ANNA", "Аnna"] {
        let error = refused(house.chat.sign_in_guest(&Name::parse(name).unwrap()).await);
        assert_eq!(
            (error.code, error.reason()),
            (ErrorCode::Conflict, Some(Reason::Taken)),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_guest_who_has_gone_gives_the_name_up_but_stays_who_they_were() {
    let house = House::new().await;
    let signed_in = house.chat.sign_in_guest(&Name::parse("Anna").unwrap()).await.unwrap();
    house.say(&signed_in.identity, "I was first").await;

    // After a restart no one is here.
    let house = house.again().await;
    let second = house.guest("Anna").await;
    let first = house.chat.authenticate(&signed_in.token).await.unwrap();
    assert_eq!(first.user.id, signed_in.identity.user.id);
    assert_eq!((first.user.name.as_str(), second.user.name.as_str()), ("Anna 2", "Anna"));
    let room = house.general(&second).await;
    let view = house.chat.view(&second, room).await.unwrap();
    assert_eq!(view.messages[0].user.name, "Anna 2");
}

#[tokio::test]
async fn of_many_who_ask_for_one_name_at_once_one_gets_it() {
    let house = House::new().await;
    let name = Name::parse("Anna").unwrap();
    let asking = (0..20).map(|_| {
        let (chat, name) = (house.chat.clone(), name.clone());
        tokio::spawn(async move { chat.sign_in_guest(&name).await.is_ok() })
    });
    let mut granted = 0;
    for one in asking.collect::<Vec<_>>() {
        granted += usize::from(one.await.unwrap());
    }
    assert_eq!(granted, 1);
}

#[tokio::test]
async fn a_session_ends_when_one_signs_out() {
    let house = House::new().await;
    let signed_in = house.chat.sign_in_guest(&Name::parse("Anna").unwrap()).await.unwrap();
    house.chat.sign_out(&signed_in.identity).await.unwrap();
    assert_eq!(
        refused(house.chat.authenticate(&signed_in.token).await).code,
        ErrorCode::Unauthorized
    );
    house.guest("Anna").await;
}

#[tokio::test]
async fn what_was_taken_is_kept_when_the_house_closes_and_nothing_is_taken_after() {
    let house = House::new().await;
    let anna = house.guest("Anna").await;
    let mut receipts = Vec::new();
    for number in 0..500 {
        receipts.push(
            house.chat.send(&anna, to_general(Uuid::now_v7(), &number.to_string())).await.unwrap(),
        );
    }
    house.chat.close().await;
    for receipt in receipts {
        receipt.durable().await.unwrap();
    }
    let error = refused(house.chat.send(&anna, to_general(Uuid::now_v7(), "late")).await);
    assert_eq!(error.code, ErrorCode::Unavailable);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("test.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::query("PRAGMA user_version = 1000").execute(&pool).await.unwrap();
    pool.close().await;
    let error = Sqlite::open(&path).await.err().unwrap();
    assert!(matches!(error, OpenError::Newer { found: 1000, .. }), "{error}");
}
