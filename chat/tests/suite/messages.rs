use crate::support::{Engine, House, code, on_both_engines, refused, reply, settings, texts, to};
use chat::Announcement;
use protocol::event::MessageChanged;
use protocol::{ErrorCode, Message, MessageId, MessageKind, Reason, RoomId};
use std::time::Duration;
use uuid::Uuid;

on_both_engines! {
    a_message_is_there_after_a_restart
    messages_are_written_in_the_order_of_sending_and_announced_in_the_order_of_rev
    sending_again_says_it_once
    sending_again_in_another_room_is_a_conflict
    both_copies_in_one_batch_are_one_message
    a_retry_after_an_edit_or_a_deletion_is_told_of_it
    a_retry_in_the_batch_of_its_edit_is_told_of_it
    bad_texts_are_refused_and_nothing_is_written
    any_text_comes_back_as_it_was_said
    one_replies_to_what_was_said_in_the_room
    one_edits_ones_own_message
    an_edit_that_changes_nothing_is_no_change
    no_one_edits_what_is_deleted_or_elsewhere
    a_message_is_edited_for_so_long_and_no_longer
    one_deletes_ones_own_message_once
    a_mixed_batch_leaves_no_gap_in_rev
    what_was_taken_is_kept_when_the_house_closes_and_nothing_is_taken_after
    nothing_is_said_in_a_room_that_is_deleted_meanwhile
}

fn changed(announcement: &Announcement) -> Option<MessageChanged> {
    match announcement {
        Announcement::Message(changed) => Some(changed.clone()),
        _ => None,
    }
}

async fn a_message_is_there_after_a_restart(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let said = house.say(&anna, "general", "hello").await;
    assert_eq!((said.seq, said.rev), (1, 1));

    let house = house.again().await;
    let room = house.general(&anna).await;
    let view = house.chat.view(&anna, room).await.unwrap();
    assert_eq!(view.messages, [said]);
    assert_eq!(view.rev, 1);
}

async fn messages_are_written_in_the_order_of_sending_and_announced_in_the_order_of_rev(
    engine: Engine,
) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let mut receipts = Vec::new();
    for number in 0..1_000 {
        let message = to("general", Uuid::now_v7(), &number.to_string());
        receipts.push(house.chat.send(&anna, message).await.unwrap());
    }
    for (number, receipt) in receipts.into_iter().enumerate() {
        let message = receipt.durable().await.unwrap().message;
        assert_eq!((message.text, message.seq), (number.to_string(), number as u64 + 1));
    }
    let announced = house.heard.several(1_000, changed).await;
    let revs: Vec<u64> = announced.iter().map(|changed| changed.rev).collect();
    assert_eq!(revs, (1..=1_000).collect::<Vec<_>>());
}

async fn sending_again_says_it_once(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.guest("Anna").await, house.guest("Boris").await);
    let id = Uuid::now_v7();
    let first = house.send(&anna, to("general", id, "hello")).await.unwrap();
    assert_eq!(house.send(&anna, to("general", id, " hello ")).await.unwrap(), first);
    let other = house.send(&anna, to("general", id, "other")).await;
    assert_eq!(code(&other), Some(ErrorCode::Conflict));
    // The id is the author's own: someone else may have the same by chance or malice.
    assert_eq!(house.send(&boris, to("general", id, "mine")).await.unwrap().seq, 2);
    assert_eq!(texts(&house.history(&anna, "general").await), ["hello", "mine"]);
    let house = house.again().await;
    assert_eq!(house.send(&anna, to("general", id, "hello")).await.unwrap(), first);
    let third = house.say(&anna, "general", "third").await;
    let announced = house.heard.several(1, changed).await;
    assert_eq!(announced[0].message, third, "what was said before is not told again");
}

async fn sending_again_in_another_room_is_a_conflict(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let tea = house.public_room(&anna, "Tea").await;
    let id = Uuid::now_v7();
    let first = house.send(&anna, to("general", id, "hello")).await.unwrap();
    let elsewhere = house.send(&anna, to(tea, id, "hello")).await;
    assert_eq!(code(&elsewhere), Some(ErrorCode::Conflict));
    let as_reply = protocol::event::Send { reply_to: Some(first.id), ..to("general", id, "hello") };
    assert_eq!(code(&house.send(&anna, as_reply).await), Some(ErrorCode::Conflict));
    assert!(house.history(&anna, tea).await.is_empty());
}

async fn both_copies_in_one_batch_are_one_message(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let id = Uuid::now_v7();
    let first = house.chat.send(&anna, to("general", id, "hello")).await.unwrap();
    let second = house.chat.send(&anna, to("general", id, "hello")).await.unwrap();
    let third = house.chat.send(&anna, to("general", id, "other")).await.unwrap();
    assert_eq!(first.durable().await.unwrap().message, second.durable().await.unwrap().message);
    assert_eq!(code(&third.durable().await), Some(ErrorCode::Conflict));
}

async fn a_retry_after_an_edit_or_a_deletion_is_told_of_it(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let id = Uuid::now_v7();
    let said = house.send(&anna, to("general", id, "helo")).await.unwrap();
    let edited = house.edit(&anna, &said, "hello").await.unwrap();
    assert_eq!(house.send(&anna, to("general", id, "helo")).await.unwrap(), edited);
    let deleted = house.delete(&anna, &said).await.unwrap();
    assert_eq!(house.send(&anna, to("general", id, "helo")).await.unwrap(), deleted);
    assert_eq!(house.history(&anna, "general").await, [deleted]);
}

async fn a_retry_in_the_batch_of_its_edit_is_told_of_it(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let id = Uuid::now_v7();
    let said = house.send(&anna, to("general", id, "helo")).await.unwrap();
    let ask =
        protocol::event::Edit { room: "general".into(), message: said.id, text: "hello".into() };
    let edit = house.chat.edit(&anna, &ask).await.unwrap();
    let retry = house.chat.send(&anna, to("general", id, "helo")).await.unwrap();
    let edited = edit.durable().await.unwrap().message;
    assert_eq!(retry.durable().await.unwrap().message, edited);
}

async fn bad_texts_are_refused_and_nothing_is_written(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    for (text, reason) in [
        ("", Reason::Empty),
        (" \n ", Reason::Empty),
        ("a\0b", Reason::Characters),
        (&*"x".repeat(5_001), Reason::TooLong),
    ] {
        let error = refused(house.try_say(&anna, "general", text).await);
        assert_eq!((error.code, error.reason()), (ErrorCode::Validation, Some(reason)));
    }
    let mut picture = to("general", Uuid::now_v7(), "picture");
    picture.kind = MessageKind::System;
    assert_eq!(code(&house.send(&anna, picture).await), Some(ErrorCode::Validation));
    assert!(house.history(&anna, "general").await.is_empty());
}

async fn any_text_comes_back_as_it_was_said(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let long = "字".repeat(5_000);
    let all = [
        "привет\nмир",
        "'; DROP TABLE messages; --",
        "$1 ? %s \\",
        "e\u{301} 👩‍👩‍👧",
        "\u{202e}",
        &long,
    ];
    for text in all {
        house.say(&anna, "general", text).await;
    }
    assert_eq!(texts(&house.history(&anna, "general").await), all);
}

async fn one_replies_to_what_was_said_in_the_room(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let tea = house.public_room(&anna, "Tea").await;
    let said = house.say(&anna, "general", "hello").await;
    let answer = house.send(&anna, reply("general", said.id, "hello yourself")).await.unwrap();
    assert_eq!(answer.reply_to, Some(said.id));
    assert_eq!(house.history(&anna, "general").await[1].reply_to, Some(said.id));
    let unknown = MessageId(Uuid::now_v7());
    for (room, message) in [("general".to_owned(), unknown), (tea.to_string(), said.id)] {
        let asked = house.send(&anna, reply(room, message, "what?")).await;
        assert_eq!(code(&asked), Some(ErrorCode::NotFound));
    }
    // What one replies to may go.
    house.delete(&anna, &said).await.unwrap();
    assert_eq!(house.history(&anna, "general").await[1].reply_to, Some(said.id));
}

async fn one_edits_ones_own_message(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let said = house.say(&anna, "general", "helo").await;
    house.say(&anna, "general", "next").await;
    let edited = house.edit(&anna, &said, " hello ").await.unwrap();
    assert_eq!((edited.text.as_str(), edited.seq, edited.rev), ("hello", 1, 3));
    assert!(edited.edited_at.is_some_and(|at| at >= said.at));
    assert_eq!(house.history(&anna, "general").await[0], edited);
    let announced = house.heard.several(3, changed).await;
    assert_eq!((announced[2].rev, &announced[2].message), (3, &edited));
    for text in ["", "a\0b"] {
        assert_eq!(code(&house.edit(&anna, &said, text).await), Some(ErrorCode::Validation));
    }
}

async fn an_edit_that_changes_nothing_is_no_change(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let said = house.say(&anna, "general", "hello").await;
    assert_eq!(house.edit(&anna, &said, "hello").await.unwrap(), said);
    assert_eq!(house.say(&anna, "general", "next").await.rev, 2);
}

async fn no_one_edits_what_is_deleted_or_elsewhere(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let tea = house.public_room(&anna, "Tea").await;
    let said = house.say(&anna, "general", "hello").await;
    let elsewhere = Message { room: tea, ..said.clone() };
    assert_eq!(code(&house.edit(&anna, &elsewhere, "moved").await), Some(ErrorCode::NotFound));
    assert_eq!(code(&house.delete(&anna, &elsewhere).await), Some(ErrorCode::NotFound));
    house.delete(&anna, &said).await.unwrap();
    assert_eq!(code(&house.edit(&anna, &said, "risen").await), Some(ErrorCode::NotFound));
    let unknown = Message { id: MessageId(Uuid::now_v7()), ..said };
    assert_eq!(code(&house.edit(&anna, &unknown, "what?").await), Some(ErrorCode::NotFound));
    assert_eq!(code(&house.delete(&anna, &unknown).await), Some(ErrorCode::NotFound));
}

async fn a_message_is_edited_for_so_long_and_no_longer(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let said = house.say(&anna, "general", "helo").await;
    let mut short = settings();
    short.edit_within = Duration::ZERO;
    let house = house.again_with(short).await;
    crate::support::until("a millisecond is over", || async {
        code(&house.edit(&anna, &said, "hello").await) == Some(ErrorCode::Forbidden)
    })
    .await;
    // To take it back is never too late.
    house.delete(&anna, &said).await.unwrap();
}

async fn one_deletes_ones_own_message_once(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let said = house.say(&anna, "general", "hello").await;
    let deleted = house.delete(&anna, &said).await.unwrap();
    assert_eq!((deleted.text.as_str(), deleted.seq, deleted.rev), ("", 1, 2));
    assert!(deleted.deleted_at.is_some());
    assert_eq!(house.delete(&anna, &said).await.unwrap(), deleted);
    assert_eq!(house.history(&anna, "general").await, [deleted]);
    assert_eq!(house.say(&anna, "general", "next").await.rev, 3);
}

/// Every change that a room has seen, in the order of `rev`, as far as none came after it.
async fn revs(house: &House, who: &chat::Identity, room: RoomId) -> Vec<u64> {
    let synced = house.sync(who, &[(room, 0)]).await;
    synced.rooms[&room].messages.iter().map(|message| message.rev).collect()
}

async fn a_mixed_batch_leaves_no_gap_in_rev(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let room = house.general(&anna).await;
    let mut said = Vec::new();
    for number in 0..30 {
        said.push(house.say(&anna, room, &number.to_string()).await);
    }
    // None waits for another: they share transactions.
    let mut pending = Vec::new();
    for (number, message) in said.iter().enumerate() {
        let (room, id) = (room.to_string(), message.id);
        pending.push(match number % 3 {
            0 => {
                let text = format!("{number} edited");
                let ask = protocol::event::Edit { room, message: id, text };
                house.chat.edit(&anna, &ask).await.unwrap()
            }
            1 => {
                let ask = protocol::event::OfMessage { room, message: id };
                house.chat.delete(&anna, &ask).await.unwrap()
            }
            _ => {
                let new = to(room, Uuid::now_v7(), &format!("{number} new"));
                house.chat.send(&anna, new).await.unwrap()
            }
        });
    }
    for (number, receipt) in pending.into_iter().enumerate() {
        let message = receipt.durable().await.unwrap().message;
        assert_eq!(message.rev, 31 + number as u64);
        assert_eq!(message.seq == message.rev, number % 3 == 2);
    }
    let announced = house.heard.several(60, changed).await;
    assert_eq!(announced.iter().map(|c| c.rev).collect::<Vec<_>>(), (1..=60).collect::<Vec<_>>());
    // What was changed later is no longer there at its earlier rev.
    let expected: Vec<u64> = (1..=30).filter(|rev| rev % 3 == 0).chain(31..=60).collect();
    assert_eq!(revs(&house, &anna, room).await, expected);
}

async fn what_was_taken_is_kept_when_the_house_closes_and_nothing_is_taken_after(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let mut receipts = Vec::new();
    for number in 0..500 {
        let message = to("general", Uuid::now_v7(), &number.to_string());
        receipts.push(house.chat.send(&anna, message).await.unwrap());
    }
    house.chat.close().await;
    for receipt in receipts {
        receipt.durable().await.unwrap();
    }
    let late = house.chat.send(&anna, to("general", Uuid::now_v7(), "late")).await;
    assert_eq!(refused(late).code, ErrorCode::Unavailable);
}

async fn nothing_is_said_in_a_room_that_is_deleted_meanwhile(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let room = house.public_room(&anna, "Tea").await;
    house.say(&anna, room, "warm").await;
    // Another node deletes it: this one believes for a moment that it is there.
    house.store.delete_room(room, 1).await.unwrap();
    let said = house.try_say(&anna, room, "hello?").await;
    assert_eq!(code(&said), Some(ErrorCode::NotFound));
    while house.store.purge_rooms().await.unwrap() {}
    let said = house.try_say(&anna, room, "hello?").await;
    assert_eq!(code(&said), Some(ErrorCode::NotFound));
}
