use crate::support::{Engine, House, code, history, on_both_engines, to};
use chat::Identity;
use protocol::event::{Changes, History, Sync};
use protocol::{ErrorCode, RoomId};
use std::collections::BTreeMap;
use uuid::Uuid;

on_both_engines! {
    history_has_pages_in_both_directions
    a_page_of_history_has_a_size
    entering_a_room_shows_the_last_fifty_messages
    sync_brings_what_is_missing_page_by_page
    sync_brings_edits_and_deletions_too
    sync_tells_of_a_history_that_a_restore_has_undone
    sync_answers_for_the_rooms_that_one_is_in
    whoever_has_everything_is_told_so
}

async fn page(
    house: &House,
    who: &Identity,
    before: Option<u64>,
    after: Option<u64>,
) -> (Vec<u64>, bool) {
    let page = house.chat.history(who, &history("general", before, after, 3)).await.unwrap();
    (page.messages.iter().map(|message| message.seq).collect(), page.more)
}

async fn history_has_pages_in_both_directions(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    for number in 0..10 {
        house.say(&anna, "general", &number.to_string()).await;
    }
    assert_eq!(page(&house, &anna, None, None).await, (vec![8, 9, 10], true));
    assert_eq!(page(&house, &anna, Some(8), None).await, (vec![5, 6, 7], true));
    assert_eq!(page(&house, &anna, Some(4), None).await, (vec![1, 2, 3], false));
    assert_eq!(page(&house, &anna, Some(3), None).await, (vec![1, 2], false));
    assert_eq!(page(&house, &anna, Some(0), None).await, (vec![], false));
    assert_eq!(page(&house, &anna, Some(u64::MAX), None).await, (vec![8, 9, 10], true));
    assert_eq!(page(&house, &anna, None, Some(0)).await, (vec![1, 2, 3], true));
    assert_eq!(page(&house, &anna, None, Some(7)).await, (vec![8, 9, 10], false));
    assert_eq!(page(&house, &anna, None, Some(8)).await, (vec![9, 10], false));
    assert_eq!(page(&house, &anna, None, Some(u64::MAX)).await, (vec![], false));
}

async fn a_page_of_history_has_a_size(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let both = History { before: Some(5), after: Some(1), ..history("general", None, None, 5) };
    for wrong in [history("general", None, None, 0), history("general", None, None, 101), both] {
        let asked = house.chat.history(&anna, &wrong).await;
        assert_eq!(code(&asked), Some(ErrorCode::Validation));
    }
}

async fn say_many(house: &House, who: &Identity, room: RoomId, count: usize) {
    let mut last = None;
    for number in 0..count {
        let message = to(room, Uuid::now_v7(), &number.to_string());
        last = Some(house.chat.send(who, message).await.unwrap());
    }
    last.unwrap().durable().await.unwrap();
}

async fn entering_a_room_shows_the_last_fifty_messages(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let room = house.general(&anna).await;
    say_many(&house, &anna, room, 60).await;
    let view = house.chat.view(&anna, room).await.unwrap();
    let seqs: Vec<u64> = view.messages.iter().map(|message| message.seq).collect();
    assert_eq!(seqs, (11..=60).collect::<Vec<_>>());
    assert_eq!((view.rev, view.room.last_seq), (60, 60));
}

async fn changes(house: &House, who: &Identity, room: RoomId, rev: u64) -> Changes {
    house.sync(who, &[(room, rev)]).await.rooms.remove(&room).unwrap()
}

async fn sync_brings_what_is_missing_page_by_page(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let room = house.general(&anna).await;
    say_many(&house, &anna, room, 451).await;
    let (mut rev, mut seqs, mut pages) = (7, Vec::new(), 0);
    loop {
        let changes = changes(&house, &anna, room, rev).await;
        assert!(changes.messages.len() <= 200);
        seqs.extend(changes.messages.iter().map(|message| message.seq));
        (rev, pages) = (changes.rev, pages + 1);
        if changes.complete {
            break;
        }
    }
    assert_eq!(seqs, (8..=451).collect::<Vec<_>>());
    assert_eq!((rev, pages), (451, 3));
}

async fn sync_brings_edits_and_deletions_too(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let room = house.general(&anna).await;
    let one = house.say(&anna, room, "one").await;
    let two = house.say(&anna, room, "two").await;
    let three = house.say(&anna, room, "three").await;
    let deleted = house.delete(&anna, &one).await.unwrap();
    let edited = house.edit(&anna, &two, "two, edited").await.unwrap();
    let all = changes(&house, &anna, room, 0).await;
    assert_eq!(all.messages, [three.clone(), deleted.clone(), edited.clone()]);
    assert_eq!((all.rev, all.complete), (5, true));
    assert_eq!(changes(&house, &anna, room, 3).await.messages, [deleted, edited]);
    let deleted = house.delete(&anna, &two).await.unwrap();
    let last = changes(&house, &anna, room, 5).await;
    assert_eq!((last.messages, last.rev), (vec![deleted], 6));
}

async fn sync_tells_of_a_history_that_a_restore_has_undone(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let room = house.general(&anna).await;
    house.say(&anna, room, "one").await;
    let undone = changes(&house, &anna, room, 7).await;
    assert_eq!((undone.messages, undone.rev, undone.complete), (Vec::new(), 1, true));
}

async fn sync_answers_for_the_rooms_that_one_is_in(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let general = house.general(&anna).await;
    let (public, private) =
        (house.public_room(&anna, "Tea").await, house.private_room(&anna, "Secret").await);
    let left = house.public_room(&boris, "Left").await;
    house.leave(&boris, left).await.unwrap();
    let unknown = RoomId(Uuid::now_v7());
    let rooms = [general, public, private, left, unknown].map(|room| (room, 0));
    let of = async |who| house.sync(who, &rooms).await.rooms.into_keys().collect::<Vec<_>>();
    assert_eq!(of(&boris).await, [general]);
    assert_eq!(of(&anna).await, [general, public, private]);
    let rooms: BTreeMap<_, _> = (0..501).map(|_| (RoomId(Uuid::now_v7()), 0)).collect();
    assert_eq!(code(&house.chat.sync(&anna, &Sync { rooms }).await), Some(ErrorCode::Validation));
}

async fn whoever_has_everything_is_told_so(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let room = house.general(&anna).await;
    house.say(&anna, room, "one").await;
    let changes = changes(&house, &anna, room, 1).await;
    assert!(changes.messages.is_empty() && changes.complete);
    assert_eq!(changes.rev, 1);
}
