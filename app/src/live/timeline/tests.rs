mod model;

use super::*;
use protocol::event::May;
use protocol::{MessageKind, Role, Room, RoomId, RoomKind};
use uuid::Uuid;

const ROOM: RoomId = RoomId(Uuid::from_u128(1));
const ME: u128 = 7;
const ANNA: u128 = 8;
const MINUTE: i64 = 60_000;

impl Timeline {
    fn keys(&self) -> Vec<Key> {
        self.pages().into_iter().flat_map(|page| page.keys).collect()
    }
}

fn user(number: u128) -> User {
    User::new(UserId(Uuid::from_u128(number)), format!("user {number}"), Role::Guest)
}

fn client(number: u64) -> ClientId {
    ClientId(Uuid::from_u128(1_000_000 + u128::from(number)))
}

fn id(seq: u64) -> MessageId {
    MessageId(Uuid::from_u128(u128::from(seq)))
}

fn message(seq: u64) -> Message {
    Message {
        id: id(seq),
        room: ROOM,
        seq,
        rev: seq,
        client_id: client(seq),
        user: user(ME),
        kind: MessageKind::Text,
        text: format!("message {seq}"),
        at: 0,
        edited_at: None,
        deleted_at: None,
        reply_to: None,
        quote: None,
    }
}

fn by(author: u128, seq: u64) -> Message {
    Message { user: user(author), ..message(seq) }
}

fn messages(seqs: std::ops::RangeInclusive<u64>) -> Vec<Message> {
    seqs.map(message).collect()
}

fn change(message: Message) -> Event {
    Event::Changed(MessageChanged { room: ROOM, rev: message.rev, message })
}

fn changed(seq: u64) -> Event {
    change(message(seq))
}

fn synced(since: u64, revs: std::ops::RangeInclusive<u64>, complete: bool) -> Event {
    let rev = *revs.end();
    Event::Synced { since, changes: Changes { messages: messages(revs), rev, complete } }
}

fn written(number: u64) -> Event {
    Event::Written { id: client(number), text: "mine".into(), reply: None, quote: None }
}

fn joined(messages: Vec<Message>, rev: u64) -> Joined {
    let room = Room {
        id: ROOM,
        slug: "general".into(),
        name: "general".into(),
        topic: String::new(),
        kind: RoomKind::Public,
        max_users: 100,
        archived: false,
        members: 1,
        online: 1,
        rev,
        last_seq: rev,
        read_seq: 0,
        unread: 0,
        mentions: 0,
        joined: true,
    };
    Joined { room, members: Vec::new(), more: false, messages, rev, may: May::default() }
}

fn opened(seqs: &[u64], rev: u64) -> Event {
    let messages = seqs.iter().map(|seq| message(*seq)).collect();
    Event::Opened(Box::new(joined(messages, rev)))
}

/// A room with nothing in it.
fn empty() -> Timeline {
    let mut timeline = Timeline::new(user(ME).id);
    timeline.apply(opened(&[], 0));
    timeline
}

/// A room whose last messages up to this one are shown, of which the last page has been sent.
fn at_the_end(last: u64) -> Timeline {
    let mut timeline = Timeline::new(user(ME).id);
    let first = last.saturating_sub(PAGE as u64) + 1;
    timeline.apply(Event::Opened(Box::new(joined(messages(first..=last), last))));
    timeline
}

fn own(seqs: impl IntoIterator<Item = u64>) -> Vec<Key> {
    seqs.into_iter().map(|seq| Key::Message(client(seq))).collect()
}

fn other(seq: u64) -> Key {
    Key::Message(ClientId(id(seq).0))
}

/// The rows' keys without the days.
fn keys(timeline: &Timeline) -> Vec<Key> {
    let mut keys = timeline.keys();
    keys.retain(|key| !matches!(key, Key::Day(_)));
    keys
}

fn seqs(timeline: &Timeline) -> Vec<u64> {
    timeline.window.held.iter().map(|held| held.message.seq).collect()
}

fn first(timeline: &Timeline, key: Key) -> bool {
    match timeline.row(key) {
        Some(Row::Said { first, .. } | Row::Draft { first, .. }) => first,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_gap_asks_for_what_is_missing() {
    let mut timeline = empty();
    assert_eq!(timeline.apply(changed(1)), Wish::Nothing);
    assert_eq!(timeline.apply(changed(4)), Wish::Sync { since: 1 });
    assert_eq!(timeline.apply(synced(1, 2..=3, false)), Wish::Sync { since: 3 });
    assert_eq!(timeline.apply(synced(3, 4..=4, true)), Wish::Nothing);
    assert_eq!(keys(&timeline), own(1..=4));
    assert_eq!(timeline.rev(), 4);
    // Also what no one has spoken of yet.
    assert_eq!(timeline.apply(changed(6)), Wish::Sync { since: 4 });
    assert_eq!(timeline.apply(synced(4, 5..=6, false)), Wish::Sync { since: 6 });
}

#[test]
fn whatever_is_lost_or_overtaken_sync_makes_it_whole() {
    // Every subset of six changes arrives, in both directions; then one sync.
    for arrived in 0_u64..64 {
        for backwards in [false, true] {
            let mut timeline = empty();
            let mut seqs: Vec<u64> =
                (1..=6).filter(|seq| arrived & (1 << (seq - 1)) != 0).collect();
            if backwards {
                seqs.reverse();
            }
            for seq in seqs {
                timeline.apply(changed(seq));
            }
            let since = timeline.rev();
            timeline.apply(synced(since, since + 1..=6, true));
            assert_eq!(keys(&timeline), own(1..=6), "{arrived:b}");
        }
    }
}

#[test]
fn a_gap_that_opens_during_a_sync_is_not_forgotten() {
    let mut timeline = empty();
    timeline.apply(changed(1));
    assert_eq!(timeline.apply(changed(3)), Wish::Sync { since: 1 });
    timeline.apply(changed(5));
    assert_eq!(timeline.apply(synced(1, 2..=3, true)), Wish::Sync { since: 3 });
    assert_eq!(timeline.apply(synced(3, 4..=5, true)), Wish::Nothing);
}

#[test]
fn a_sync_that_brings_nothing_ends_it() {
    let mut timeline = at_the_end(5);
    assert_eq!(timeline.apply(opened(&[5], 7)), Wish::Sync { since: 5 });
    let changes = Changes { messages: Vec::new(), rev: 5, complete: true };
    assert_eq!(timeline.apply(Event::Synced { since: 5, changes }), Wish::Nothing);
    assert_eq!(timeline.apply(changed(6)), Wish::Nothing);
}

#[test]
fn what_a_restored_backup_has_undone_goes_and_drafts_stay() {
    let mut timeline = empty();
    for seq in 1..=5 {
        timeline.apply(changed(seq));
    }
    timeline.apply(written(9));
    // The same history, read a moment ago, is no other one.
    assert_eq!(timeline.apply(opened(&[1, 2, 3], 3)), Wish::Sync { since: 5 });
    let changes = Changes { messages: Vec::new(), rev: 5, complete: true };
    assert_eq!(timeline.apply(Event::Synced { since: 5, changes }), Wish::Nothing);
    timeline.apply(Event::Undone);
    assert_eq!(keys(&timeline), own([9]));
    assert_eq!(timeline.apply(opened(&[1, 2], 2)), Wish::Nothing);
    assert_eq!((keys(&timeline), timeline.rev()), (own([1, 2, 9]), 2));
}

#[test]
fn another_message_in_the_same_place_is_another_history() {
    let mut timeline = empty();
    for seq in 1..=3 {
        timeline.apply(changed(seq));
    }
    let other = Message { id: id(99), client_id: client(99), ..message(2) };
    let joined = joined(vec![message(1), other], 7);
    assert_eq!(timeline.apply(Event::Opened(Box::new(joined))), Wish::Nothing);
    assert_eq!((keys(&timeline), timeline.rev()), (own([1, 99]), 7));
}

#[test]
fn what_came_before_the_room_was_opened_is_asked_for() {
    let mut timeline = Timeline::new(user(ME).id);
    assert_eq!(timeline.apply(changed(500)), Wish::Nothing);
    assert!(timeline.is_empty());
    assert_eq!(timeline.apply(opened(&[498, 499], 499)), Wish::Sync { since: 499 });
}

#[test]
fn an_own_message_keeps_its_row() {
    let mut timeline = empty();
    timeline.apply(written(1));
    assert!(matches!(timeline.row(Key::Message(client(1))), Some(Row::Draft { .. })));
    timeline.apply(Event::Acked(message(1)));
    timeline.apply(changed(1));
    assert_eq!(keys(&timeline), own([1]));
    assert!(matches!(timeline.row(Key::Message(client(1))), Some(Row::Said { .. })));
    // A draft that an older tab kept: it was said long ago.
    timeline.apply(written(1));
    assert_eq!(keys(&timeline), own([1]));
}

#[test]
fn no_one_can_take_the_row_of_another() {
    let mut timeline = empty();
    timeline.apply(written(1));
    for seq in 2..=3 {
        timeline.apply(change(Message { client_id: client(1), ..by(ANNA, seq) }));
    }
    assert_eq!(
        keys(&timeline),
        [other(2), other(3), Key::Message(client(1))],
        "their ids are copies of mine"
    );
}

#[test]
fn a_refused_message_stays_until_it_is_withdrawn() {
    let mut timeline = empty();
    let refused = |timeline: &Timeline| match timeline.row(Key::Message(client(1))) {
        Some(Row::Draft { draft, .. }) => draft.refused.is_some(),
        other => panic!("{other:?}"),
    };
    timeline.apply(written(1));
    timeline.apply(Event::Refused { id: client(1), error: ApiError::internal() });
    assert!(refused(&timeline));
    timeline.apply(Event::Retried { id: client(1) });
    assert!(!refused(&timeline));
    timeline.apply(Event::Withdrawn { id: client(1) });
    assert!(timeline.is_empty());
}

#[test]
fn an_older_version_of_a_message_does_not_overwrite_a_newer_one() {
    let mut timeline = empty();
    timeline.apply(changed(1));
    timeline.apply(change(Message { rev: 2, text: "edited".into(), ..message(1) }));
    timeline.apply(changed(1));
    assert_eq!(timeline.message(id(1)).unwrap().text, "edited");
}

#[test]
fn at_the_end_the_oldest_go() {
    let mut timeline = at_the_end(50);
    for seq in 51..=400 {
        timeline.apply(changed(seq));
    }
    assert_eq!(seqs(&timeline), (301..=400).collect::<Vec<_>>());
    assert!(timeline.older() && !timeline.newer());
    // What is no longer held is of no interest.
    timeline.apply(change(Message { rev: 401, ..message(300) }));
    assert_eq!((timeline.first_seq(), timeline.rev()), (Some(301), 401));
}

#[test]
fn back_at_the_end_a_long_list_becomes_shorter_little_by_little() {
    let mut timeline = at_the_end(400);
    timeline.apply(Event::Following(false));
    let asked = timeline.ask(true).unwrap();
    timeline.apply(Event::Paged { asked, messages: messages(151..=350), more: true });
    timeline.apply(changed(401));
    assert_eq!(seqs(&timeline).len(), 251, "someone reads there");
    timeline.apply(Event::Following(true));
    timeline.apply(changed(402));
    assert_eq!(seqs(&timeline), (153..=402).collect::<Vec<_>>());
    for seq in 403..=600 {
        timeline.apply(changed(seq));
    }
    assert_eq!(seqs(&timeline), (501..=600).collect::<Vec<_>>());
}

#[test]
fn on_the_way_up_nothing_is_pushed_out_by_what_comes() {
    let mut timeline = at_the_end(290);
    timeline.apply(Event::Following(false));
    for seq in 291..=600 {
        assert_eq!(timeline.apply(change(by(ANNA, seq))), Wish::Nothing);
    }
    assert_eq!(seqs(&timeline), (241..=540).collect::<Vec<_>>());
    assert!(timeline.newer());
    assert_eq!((timeline.unseen(), timeline.rev()), (310, 600));
    let asked = timeline.ask(false).unwrap();
    assert_eq!((asked.older, asked.seq), (false, 540));
    let rest = (541..=600).map(|seq| by(ANNA, seq)).collect();
    timeline.apply(Event::Paged { asked, messages: rest, more: false });
    assert_eq!(seqs(&timeline), (301..=600).collect::<Vec<_>>());
    assert!(!timeline.newer());
    assert_eq!(timeline.unseen(), 310, "until the reader is there");
    timeline.apply(Event::Following(true));
    assert_eq!(timeline.unseen(), 0);
}

#[test]
fn pages_lead_up_to_the_beginning_and_the_newest_give_way() {
    let mut timeline = at_the_end(400);
    timeline.apply(Event::Following(false));
    while let Some(asked) = timeline.ask(true) {
        let first = asked.seq.saturating_sub(100).max(1);
        let page = messages(first..=asked.seq - 1);
        timeline.apply(Event::Paged { asked, messages: page, more: first > 1 });
        // The answer to a double click finds the window elsewhere.
        timeline.apply(Event::Paged { asked, messages: messages(1..=9), more: false });
    }
    assert_eq!(seqs(&timeline), (1..=300).collect::<Vec<_>>());
    assert!(!timeline.older() && timeline.newer());
}

/// What is put before others as a page of its own leaves them where they are.
#[test]
fn each_page_of_history_stays_a_page() {
    let mut timeline = at_the_end(400);
    let sizes = |timeline: &Timeline| -> Vec<usize> {
        timeline.pages().iter().map(|page| page.keys.len()).collect()
    };
    let below = timeline.pages();
    timeline.apply(Event::Following(false));
    let asked = timeline.ask(true).unwrap();
    timeline.apply(Event::Paged { asked, messages: messages(301..=350), more: true });
    assert_eq!(sizes(&timeline), [51, 50], "the day stands above the first page");
    let now = timeline.pages();
    assert_eq!((now[1].number, &now[1].keys[..]), (below[0].number, &below[0].keys[1..]));
    timeline.apply(changed(401));
    assert_eq!(sizes(&timeline), [51, 51], "what is said belongs to the page beside it");
    let asked = timeline.ask(true).unwrap();
    timeline.apply(Event::Paged { asked, messages: messages(51..=300), more: true });
    assert_eq!(sizes(&timeline), [251, 50], "and the newest give way");
    let asked = timeline.ask(false).unwrap();
    timeline.apply(Event::Paged { asked, messages: messages(351..=401), more: false });
    assert_eq!(sizes(&timeline), [200, 50, 51]);
}

#[test]
fn what_passes_by_while_a_page_is_on_its_way_is_asked_for() {
    let mut timeline = at_the_end(400);
    let asked = timeline.ask(true).unwrap();
    let page = messages(300..=350);
    timeline.apply(change(Message { rev: 401, text: "edited".into(), ..message(340) }));
    assert_eq!(timeline.apply(changed(402)), Wish::Nothing);
    let wish = timeline.apply(Event::Paged { asked, messages: page, more: true });
    assert_eq!(wish, Wish::Sync { since: 400 });
}

#[test]
fn what_one_says_while_a_page_is_on_its_way_is_not_lost() {
    let mut timeline = at_the_end(50);
    let shown = messages(11..=20);
    timeline.apply(Event::Shown { messages: shown, older: true, newer: true, since: 50 });
    let asked = timeline.ask(false).unwrap();
    timeline.apply(Event::Acked(message(51)));
    let page = messages(21..=50);
    let wish = timeline.apply(Event::Paged { asked, messages: page, more: false });
    assert_eq!(wish, Wish::Sync { since: 50 });
}

#[test]
fn a_reader_elsewhere_stays_there_when_the_connection_is_back() {
    let mut timeline = at_the_end(50);
    timeline.apply(Event::Following(false));
    let shown = messages(11..=20);
    timeline.apply(Event::Shown { messages: shown, older: true, newer: true, since: 50 });
    assert_eq!(timeline.apply(opened(&[51, 52, 53], 54)), Wish::Sync { since: 50 });
    let edited = Message { rev: 54, text: "edited".into(), ..message(12) };
    let others = [51, 52, 53].map(|seq| by(ANNA, seq));
    let messages = others.into_iter().chain([edited]).collect();
    let changes = Changes { messages, rev: 54, complete: true };
    assert_eq!(timeline.apply(Event::Synced { since: 50, changes }), Wish::Nothing);
    assert_eq!(seqs(&timeline), (11..=20).collect::<Vec<_>>());
    assert_eq!(timeline.message(id(12)).unwrap().text, "edited");
    assert_eq!(timeline.unseen(), 3);
}

#[test]
fn after_a_long_absence_the_end_is_there_at_once() {
    let mut timeline = at_the_end(50);
    let page = |last: u64| Event::Opened(Box::new(joined(messages(last - 49..=last), last)));
    assert_eq!(timeline.apply(page(350)), Wish::Sync { since: 50 }, "few are fetched");
    timeline.apply(synced(50, 51..=350, true));
    assert_eq!(timeline.apply(page(800)), Wish::Nothing);
    assert_eq!((timeline.first_seq(), timeline.older()), (Some(751), true));
    timeline.apply(Event::Following(false));
    assert_eq!(timeline.apply(page(2_000)), Wish::Sync { since: 800 });
    assert_eq!(timeline.first_seq(), Some(751), "nothing moves for who reads elsewhere");
}

#[test]
fn a_room_that_one_leaves_keeps_its_end() {
    let mut timeline = at_the_end(50);
    for seq in 51..=200 {
        timeline.apply(change(by(ANNA, seq)));
    }
    timeline.apply(Event::Came(user(ANNA)));
    timeline.apply(Event::Marked(150));
    timeline.apply(Event::Left);
    let others: Vec<Key> = (101..=200).map(other).collect();
    assert_eq!(keys(&timeline), others);
    let shown = messages(11..=20);
    timeline.apply(Event::Shown { messages: shown, older: true, newer: true, since: 200 });
    timeline.apply(Event::Left);
    assert!(timeline.is_empty(), "one comes back to the end");
    assert_eq!(timeline.apply(opened(&[200], 200)), Wish::Nothing);
}

#[test]
fn who_came_and_who_went_stands_between_the_messages() {
    let mut timeline = empty();
    timeline.apply(change(by(ANNA, 1)));
    for number in [20, 21, 22] {
        timeline.apply(Event::Came(user(number)));
    }
    timeline.apply(Event::Went(user(20)));
    timeline.apply(Event::Went(user(30)));
    timeline.apply(change(by(ANNA, 2)));
    timeline.apply(Event::Came(user(20)));
    timeline.apply(Event::Went(user(20)));
    timeline.apply(change(by(ANNA, 3)));
    let note = Key::Note(1);
    assert_eq!(keys(&timeline), [other(1), note, other(2), other(3)]);
    let row = Row::Note { came: vec![user(21), user(22)], went: vec![user(30)] };
    assert_eq!(timeline.row(note), Some(row));
    assert!(first(&timeline, other(2)), "something stands between");
    assert!(!first(&timeline, other(3)));
}

#[test]
fn a_header_is_shared_for_five_minutes_of_one_day() {
    let mut timeline = empty();
    let day = 24 * 60 * MINUTE;
    let times = [0, 5, 11, 24 * 60 - 1, 24 * 60];
    for (seq, minutes) in (1..).zip(times) {
        timeline.apply(change(Message { at: minutes * MINUTE, ..message(seq) }));
    }
    timeline.apply(change(Message { at: day, ..by(ANNA, 6) }));
    // A clock that went back brings no day for the second time.
    timeline.apply(change(Message { at: day - MINUTE, ..message(7) }));
    let firsts: Vec<bool> = own(1..=5).into_iter().map(|key| first(&timeline, key)).collect();
    assert_eq!(firsts, [true, false, true, true, true]);
    let days = |timeline: &Timeline| {
        let keys = timeline.keys();
        let day = |(place, key): (usize, &Key)| match key {
            Key::Day(day) => Some((place, *day)),
            _ => None,
        };
        keys.iter().enumerate().filter_map(day).collect::<Vec<_>>()
    };
    assert_eq!(days(&timeline), [(0, 0), (5, 1)]);
    timeline.apply(Event::Zoned(Zone::Fixed(60)));
    assert_eq!(days(&timeline), [(0, 0), (4, 1)]);
    assert!(!first(&timeline, Key::Message(client(5))), "elsewhere it is the same day");
}

#[test]
fn what_is_new_is_divided_from_what_was_read() {
    let mut timeline = empty();
    timeline.apply(change(by(ANNA, 1)));
    timeline.apply(Event::Marked(1));
    assert!(!keys(&timeline).contains(&Key::New));
    timeline.apply(changed(2));
    timeline.apply(change(by(ANNA, 3)));
    timeline.apply(change(by(ANNA, 4)));
    assert_eq!(keys(&timeline), [other(1), Key::Message(client(2)), Key::New, other(3), other(4)]);
    assert!(first(&timeline, other(3)) && !first(&timeline, other(4)));
    timeline.apply(Event::Unmarked);
    assert!(!keys(&timeline).contains(&Key::New));
}

#[test]
fn a_reply_shows_what_it_replies_to_as_it_is_now() {
    let mut timeline = empty();
    timeline.apply(changed(1));
    let reply = Message { reply_to: Some(id(1)), quote: Some(quote(&message(1))), ..message(2) };
    timeline.apply(change(reply));
    timeline.apply(change(Message { rev: 3, text: "я".repeat(200), ..message(1) }));
    let quoted = |timeline: &Timeline, seq| match timeline.row(Key::Message(client(seq))) {
        Some(Row::Said { message, .. }) => message.quote.as_ref().map(|quote| quote.text.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(quoted(&timeline, 2), Some("я".repeat(140)));
    timeline.apply(change(Message { rev: 4, text: String::new(), ..message(1) }));
    assert_eq!(quoted(&timeline, 2).as_deref(), Some(""));
    let far = Quote { seq: 77, user: user(ANNA), text: "long ago".into() };
    timeline.apply(change(Message { reply_to: Some(id(77)), quote: Some(far), ..message(5) }));
    assert_eq!(quoted(&timeline, 5).as_deref(), Some("long ago"));
    // What it replies to needn't be held.
    timeline.apply(Event::Following(false));
    let (told, far) = (Some(quote(&message(1))), message(9));
    let reply = Message { reply_to: Some(id(1)), quote: told, ..far };
    timeline.apply(Event::Shown { messages: vec![reply], older: true, newer: false, since: 9 });
    timeline.apply(change(Message { rev: 10, text: "edited".into(), ..message(1) }));
    assert_eq!(quoted(&timeline, 9).as_deref(), Some("edited"));
}

#[test]
fn a_draft_looks_as_its_message_will() {
    let at = |minutes: i64| ClientId::new(u64::try_from(minutes * MINUTE).unwrap(), [0; 10]);
    let mut timeline = empty();
    timeline.apply(change(Message { at: 0, ..message(1) }));
    for minutes in [3, 20, 22] {
        let id = at(minutes);
        timeline.apply(Event::Written { id, text: "mine".into(), reply: None, quote: None });
    }
    let firsts = [3, 20, 22].map(|minutes| first(&timeline, Key::Message(at(minutes))));
    assert_eq!(firsts, [false, true, false]);
    timeline.apply(Event::Came(user(ANNA)));
    assert!(first(&timeline, Key::Message(at(3))));
}

#[test]
fn the_last_own_message_is_the_one_to_edit() {
    let mut timeline = empty();
    for seq in 1..=2 {
        timeline.apply(change(Message { at: 10, ..message(seq) }));
    }
    timeline.apply(change(Message { deleted_at: Some(11), at: 10, ..message(3) }));
    timeline.apply(change(Message { at: 10, ..by(ANNA, 4) }));
    assert_eq!(timeline.last_own(10).map(|message| message.seq), Some(2));
    assert_eq!(timeline.last_own(11), None);
}
