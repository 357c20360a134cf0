use crate::support::{Engine, House, code, on_both_engines};
use chat::Announcement;
use protocol::ErrorCode;
use protocol::event::{self, ReadTo};

on_both_engines! {
    what_others_have_said_is_unread
    what_was_said_before_one_came_is_read
    a_read_position_never_goes_back
    no_one_reads_further_than_there_is
    reading_is_told_to_ones_other_sockets
    what_is_unread_is_counted_up_to_a_thousand
    whoever_is_invited_is_not_told_how_much_is_said
}

async fn what_others_have_said_is_unread(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.guest("Anna").await, house.guest("Boris").await);
    let room = house.general(&anna).await;
    house.say(&boris, room, "one").await;
    let two = house.say(&boris, room, "two, @Anna").await;
    house.say(&boris, room, "three, @Anna").await;
    house.say(&anna, room, "my own").await;
    let seen = house.listed(&anna, room).await.unwrap();
    assert_eq!((seen.unread, seen.mentions, seen.read_seq, seen.last_seq), (3, 2, 0, 4));
    assert_eq!(house.listed(&boris, room).await.unwrap().unread, 1);
    let read = house.read(&anna, room, two.seq).await;
    assert_eq!(read, ReadTo { room, seq: 2, unread: 1, mentions: 1 });
    let house = house.again().await;
    let seen = house.listed(&anna, room).await.unwrap();
    assert_eq!((seen.unread, seen.mentions, seen.read_seq), (1, 1, 2));
}

async fn what_was_said_before_one_came_is_read(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let room = house.public_room(&anna, "Tea").await;
    house.say(&anna, room, "before").await;
    house.say(&anna, "general", "before").await;
    let boris = house.guest("Boris").await;
    let general = house.general(&boris).await;
    assert_eq!(house.listed(&boris, general).await.unwrap().unread, 0);
    assert_eq!(house.listed(&boris, room).await.unwrap().unread, 0, "they aren't even there");
    house.join(&boris, room).await.unwrap();
    let seen = house.listed(&boris, room).await.unwrap();
    assert_eq!((seen.unread, seen.read_seq), (0, 1));
}

async fn a_read_position_never_goes_back(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.guest("Anna").await, house.guest("Boris").await);
    let room = house.general(&anna).await;
    for number in 0..5 {
        house.say(&boris, room, &number.to_string()).await;
    }
    for (seq, expected) in [(3, (3, 2)), (1, (3, 2)), (0, (3, 2)), (5, (5, 0)), (4, (5, 0))] {
        let read = house.read(&anna, room, seq).await;
        assert_eq!((read.seq, read.unread), expected);
    }
}

async fn no_one_reads_further_than_there_is(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.guest("Anna").await, house.guest("Boris").await);
    let room = house.general(&anna).await;
    house.say(&boris, room, "one").await;
    assert_eq!(house.read(&anna, room, u64::MAX).await.seq, 1);
    house.say(&boris, room, "two").await;
    assert_eq!(house.listed(&anna, room).await.unwrap().unread, 1);
}

async fn reading_is_told_to_ones_other_sockets(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.guest("Anna").await, house.guest("Boris").await);
    let room = house.general(&anna).await;
    house.say(&boris, room, "one").await;
    house.read(&anna, room, 1).await;
    let told = house.heard.first(|announcement| match announcement {
        Announcement::Read(user, read) => Some((*user, *read)),
        _ => None,
    });
    let read = ReadTo { room, seq: 1, unread: 0, mentions: 0 };
    assert_eq!(told.await, (anna.user.id, read));
}

async fn what_is_unread_is_counted_up_to_a_thousand(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.guest("Anna").await, house.guest("Boris").await);
    let room = house.general(&anna).await;
    let mut receipts = Vec::new();
    for _ in 0..1_005 {
        let message = crate::support::to(room, uuid::Uuid::now_v7(), "one more");
        receipts.push(house.chat.send(&boris, message).await.unwrap());
    }
    for receipt in receipts {
        receipt.durable().await.unwrap();
    }
    assert_eq!(house.listed(&anna, room).await.unwrap().unread, 1_000);
}

async fn whoever_is_invited_is_not_told_how_much_is_said(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let room = house.private_room(&anna, "Secret").await;
    house.say(&anna, room, "one").await;
    house.invite(&anna, room, &boris).await.unwrap();
    assert_eq!(house.listed(&boris, room).await.unwrap().unread, 0);
    let ask = event::Read { room: room.to_string(), seq: 1 };
    assert_eq!(code(&house.chat.mark_read(&boris, &ask).await), Some(ErrorCode::Forbidden));
}
