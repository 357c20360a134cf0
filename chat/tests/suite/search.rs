use crate::support::{Engine, House, code, on_both_engines, settings, texts};
use chat::Identity;
use chat::store::Candidates;
use protocol::event::{Page, Search};
use protocol::{ErrorCode, MessageId, RoomId};
use uuid::Uuid;

on_both_engines! {
    words_are_found_in_any_script_and_nothing_is_syntax
    an_edit_is_found_by_what_it_says_now
    a_deleted_message_is_not_found
    a_search_has_pages_from_new_to_old
    one_finds_what_was_said_in_ones_own_rooms
    whoever_is_in_no_room_finds_nothing
    someone_in_many_rooms_searches_them_all
    what_is_rare_is_found_behind_much_that_is_alike
    a_search_that_can_not_be_is_refused
}

/// What was said, from old to new.
const SAID: &[&str] = &[
    "Побеседовали вчера о чае",
    "我们明天开会讨论",
    "see NOT here OR there",
    "say \"hi\" * now",
    "100% sure_thing",
    "sure thing, 100 percent",
    "naïve café",
    "NEAR(a b) AND c",
    "ＦＵＬＬ width",
    "email anna@example.com",
    "x",
    "emoji 👩‍👩‍👧 family",
    "back\\slash and 'quote'",
    "тест -минус ^циркумфлекс {скобки} (круглые) : двоеточие",
    "会",
];

/// A query, and which of those it finds.
const CASES: &[(&str, &[usize])] = &[
    ("бесед", &[0]),
    ("БЕСЕД", &[0]),
    ("вчера побеседовали", &[0]),
    ("чае вчера о", &[0]),
    ("开会", &[1]),
    ("会", &[1, 14]),
    ("明天 讨论", &[1]),
    ("会开", &[]),
    ("NOT", &[2]),
    ("not", &[2]),
    ("here OR", &[2]),
    ("NOT here", &[2]),
    ("\"hi\"", &[3]),
    ("\"", &[3]),
    ("*", &[3]),
    ("sa*", &[]),
    ("100%", &[4]),
    ("%", &[4]),
    ("sure_thing", &[4]),
    ("_", &[4]),
    ("e_thing", &[4]),
    ("sure thing", &[4, 5]),
    ("10", &[4, 5]),
    ("cafe\u{301}", &[6]),
    ("NAÏVE", &[6]),
    ("NEAR(a", &[7]),
    ("near", &[7]),
    ("AND", &[7, 12]),
    ("full", &[8]),
    ("ｆｕｌｌ", &[8]),
    ("anna@example", &[9]),
    ("x", &[9, 10]),
    ("👩", &[11]),
    ("\\", &[12]),
    ("'", &[12]),
    ("'quote'", &[12]),
    ("-минус", &[13]),
    ("^цир", &[13]),
    ("{скобки}", &[13]),
    ("(круглые)", &[13]),
    (":", &[13]),
    ("nowhere", &[]),
    ("here nowhere", &[]),
    ("tea\0", &[]),
    ("grams : x", &[]),
];

async fn words_are_found_in_any_script_and_nothing_is_syntax(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    for text in SAID {
        house.say(&anna, "general", text).await;
    }
    // As it is written, and when the index has caught up, and after a restart.
    check_cases(&house, &anna).await;
    house.index().await;
    check_cases(&house, &anna).await;
    let house = house.again().await;
    check_cases(&house, &anna).await;
}

async fn check_cases(house: &House, who: &Identity) {
    for (query, expected) in CASES {
        let ask = Search { query: (*query).into(), room: None, before: None, limit: None };
        let found = match house.chat.search(who, &ask).await {
            Ok(page) => page.messages,
            Err(_) if query.contains('\0') => continue,
            Err(error) => panic!("{query}: {error}"),
        };
        let expected: Vec<&str> = expected.iter().rev().map(|number| SAID[*number]).collect();
        assert_eq!(texts(&found), expected, "{query}");
    }
}

async fn an_edit_is_found_by_what_it_says_now(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let early = house.say(&anna, "general", "early tea").await;
    house.index().await;
    let late = house.say(&anna, "general", "late tea").await;
    for said in [&early, &late] {
        house.edit(&anna, said, &said.text.replace("tea", "coffee")).await.unwrap();
    }
    for _ in 0..2 {
        assert!(house.search(&anna, "tea").await.messages.is_empty());
        let found = house.search(&anna, "coffee").await.messages;
        assert_eq!(texts(&found), ["late coffee", "early coffee"]);
        house.index().await;
    }
}

async fn a_deleted_message_is_not_found(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let early = house.say(&anna, "general", "early tea").await;
    house.index().await;
    let late = house.say(&anna, "general", "late tea").await;
    for said in [&early, &late] {
        house.delete(&anna, said).await.unwrap();
    }
    for _ in 0..2 {
        assert!(house.search(&anna, "tea").await.messages.is_empty());
        house.index().await;
    }
}

async fn page(house: &House, who: &Identity, query: &str, before: Option<MessageId>) -> Page {
    let ask = Search { query: query.into(), room: None, before, limit: Some(10) };
    house.chat.search(who, &ask).await.unwrap()
}

async fn a_search_has_pages_from_new_to_old(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    for number in 0..25 {
        house.say(&anna, "general", &format!("tea {number}")).await;
        house.say(&anna, "general", "coffee").await;
        // Some of what is found is in the index and some isn't.
        if number == 12 {
            house.index().await;
        }
    }
    for _ in 0..2 {
        let (mut before, mut all, mut pages) = (None, Vec::new(), 0);
        loop {
            let page = page(&house, &anna, "tea", before).await;
            before = page.messages.last().map(|message| message.id);
            all.extend(page.messages);
            pages += 1;
            if !page.more {
                break;
            }
        }
        let expected: Vec<String> = (0..25).rev().map(|number| format!("tea {number}")).collect();
        assert_eq!((texts(&all), pages), (expected.iter().map(String::as_str).collect(), 3));
        assert!(page(&house, &anna, "tea", before).await.messages.is_empty());
        house.index().await;
    }
    assert!(!page(&house, &anna, "tea 24", None).await.more);
}

async fn one_finds_what_was_said_in_ones_own_rooms(engine: Engine) {
    let house = House::new(engine).await;
    let (anna, boris) = (house.member("Anna").await, house.member("Boris").await);
    let public = house.public_room(&anna, "Public").await;
    let private = house.private_room(&anna, "Private").await;
    let direct = house.direct_room(&anna, &house.guest("Chen").await).await;
    let left = house.public_room(&anna, "Left").await;
    house.join(&boris, left).await.unwrap();
    house.leave(&boris, left).await.unwrap();
    house.invite(&anna, private, &boris).await.unwrap();
    for room in [public, private, direct, left] {
        house.say(&anna, room, "tea").await;
    }
    house.say(&anna, "general", "tea for all").await;
    for _ in 0..2 {
        assert_eq!(house.search(&anna, "tea").await.messages.len(), 5);
        assert_eq!(texts(&house.search(&boris, "tea").await.messages), ["tea for all"]);
        let ask = |room: RoomId| Search {
            query: "tea".into(),
            room: Some(room.to_string()),
            before: None,
            limit: None,
        };
        let one = house.chat.search(&anna, &ask(private)).await.unwrap();
        assert_eq!((one.messages.len(), one.messages[0].room), (1, private));
        let refused = house.chat.search(&boris, &ask(private)).await;
        assert_eq!(code(&refused), Some(ErrorCode::Forbidden), "they are invited");
        assert_eq!(code(&house.chat.search(&boris, &ask(direct)).await), Some(ErrorCode::NotFound));
        house.index().await;
    }
}

async fn whoever_is_in_no_room_finds_nothing(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.member("Anna").await;
    let room = house.general(&anna).await;
    house.say(&anna, room, "tea").await;
    house.leave(&anna, room).await.unwrap();
    for _ in 0..2 {
        assert!(house.search(&anna, "tea").await.messages.is_empty());
        house.index().await;
    }
}

async fn someone_in_many_rooms_searches_them_all(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let room = house.general(&anna).await;
    house.say(&anna, room, "tea").await;
    house.index().await;
    let mut rooms: Vec<RoomId> = (0..1_000).map(|_| RoomId(Uuid::now_v7())).collect();
    rooms.push(room);
    // What "tea" is made of; `x` joins two characters.
    let grams = ["74x65".to_owned(), "65x61".to_owned()];
    let search = Candidates { grams: &grams, rooms: &rooms, before: u64::MAX, limit: 10 };
    let mut found = house.store.candidates(&search).await.unwrap();
    while let Some(next) = found.next.filter(|_| found.messages.is_empty()) {
        let search = Candidates { before: next, ..search };
        found = house.store.candidates(&search).await.unwrap();
    }
    assert_eq!(texts(&found.messages), ["tea"]);
}

async fn what_is_rare_is_found_behind_much_that_is_alike(engine: Engine) {
    let house = House::with(engine, settings()).await;
    let anna = house.guest("Anna").await;
    house.say(&anna, "general", "abab").await;
    let mut last = None;
    for _ in 0..500 {
        // The same pairs of neighbours, and another word.
        let message = crate::support::to("general", Uuid::now_v7(), "ab ba");
        last = Some(house.chat.send(&anna, message).await.unwrap());
    }
    last.unwrap().durable().await.unwrap();
    for _ in 0..2 {
        assert_eq!(texts(&house.search(&anna, "aba").await.messages), ["abab"]);
        house.index().await;
    }
}

async fn a_search_that_can_not_be_is_refused(engine: Engine) {
    let house = House::new(engine).await;
    let anna = house.guest("Anna").await;
    let search =
        |query: &str| Search { query: query.into(), room: None, before: None, limit: None };
    for wrong in [
        search(" "),
        search(&"x".repeat(101)),
        Search { limit: Some(0), ..search("tea") },
        Search { limit: Some(101), ..search("tea") },
    ] {
        let asked = house.chat.search(&anna, &wrong).await;
        assert_eq!(code(&asked), Some(ErrorCode::Validation));
    }
    let unknown = Search { before: Some(MessageId(Uuid::now_v7())), ..search("tea") };
    assert_eq!(code(&house.chat.search(&anna, &unknown).await), Some(ErrorCode::NotFound));
}
