use crate::support::{Engine, House, on_both_engines, settings, texts, until};
use chat::Identity;
use chat::store::messages::{Change, NewMessage};
use protocol::{ClientId, MessageId, MessageKind, MessageText, RoomId};
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

on_both_engines! {
    what_is_older_than_so_many_days_is_deleted
}

fn days_ago(days: i64) -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap() - days * 24 * 60 * 60 * 1_000
}

async fn say_days_ago(house: &House, who: &Identity, room: RoomId, days: i64, texts: &[String]) {
    let change = |text: &String| {
        Change::Send(NewMessage {
            id: MessageId(Uuid::now_v7()),
            room,
            client_id: ClientId(Uuid::now_v7()),
            author: who.user.clone(),
            kind: MessageKind::Text,
            text: MessageText::parse(text).unwrap(),
            at: days_ago(days),
            reply_to: None,
            calls: Vec::new(),
        })
    };
    let batch: Vec<Change> = texts.iter().map(change).collect();
    house.store.write(&batch).await.unwrap();
}

async fn what_is_older_than_so_many_days_is_deleted(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let room = house.general(&anna).await;
    // More than one step of the purge takes.
    let old: Vec<String> = (0..2_500).map(|number| format!("old tea {number}")).collect();
    say_days_ago(&house, &anna, room, 8, &old).await;
    say_days_ago(&house, &anna, room, 6, &["younger tea".into()]).await;
    house.say(&anna, room, "fresh tea").await;
    house.index().await;

    let mut keep = settings();
    keep.keep_days = Some(7);
    let house = house.again_with(keep).await;
    until("the old ones have gone", || async { house.history(&anna, room).await.len() == 2 }).await;
    assert_eq!(texts(&house.history(&anna, room).await), ["younger tea", "fresh tea"]);
    assert_eq!(texts(&house.search(&anna, "tea").await.messages), ["fresh tea", "younger tea"]);
    // The room counts on.
    assert_eq!(house.say(&anna, room, "next").await.rev, 2_503);
    let synced = house.sync(&anna, &[(room, 0)]).await;
    assert_eq!((synced.rooms[&room].rev, synced.rooms[&room].messages.len()), (2_503, 3));
}
