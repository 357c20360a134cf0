use crate::support::{
    Engine, House, PASSWORD, address, name, on_both_engines, password, refused, settings,
};
use chat::Address;
use chat::limits::Rates;
use protocol::event::{CreateRoom, Search};
use protocol::{ApiError, ErrorCode, Role};

on_both_engines! {
    messages_come_in_bursts_of_ten
    each_has_the_rate_to_themselves
    a_name_is_tried_five_times_a_minute
    an_address_tries_five_passwords_a_minute
    rooms_and_searches_and_joins_have_their_rates
    an_address_has_ten_times_as_much
}

async fn limited(engine: Engine, limits: &[&str]) -> House {
    let mut settings = settings();
    let mut rates = Rates::none();
    for limit in limits {
        rates.set(limit).unwrap();
    }
    settings.rates = rates;
    House::with(engine, settings).await
}

/// Tells to come back, and not later than the rate's whole time.
fn assert_limited(error: &ApiError, seconds: u64) {
    assert_eq!(error.code, ErrorCode::RateLimited);
    let wait = error.retry_after.unwrap();
    assert!((1..=seconds * 1_000).contains(&wait), "{wait} ms");
}

async fn messages_come_in_bursts_of_ten(engine: Engine) {
    let mut settings = settings();
    settings.rates = Rates::default();
    let house = House::with(engine, settings).await;
    let anna = house.guest("Anna").await;
    for number in 0..10 {
        house.say(&anna, "general", &number.to_string()).await;
    }
    assert_limited(&refused(house.try_say(&anna, "general", "eleventh").await), 5);
    assert_eq!(house.history(&anna, "general").await.len(), 10);
}

async fn each_has_the_rate_to_themselves(engine: Engine) {
    let house = limited(engine, &["message=1/600"]).await;
    let (anna, boris) = (house.guest("Anna").await, house.guest("Boris").await);
    house.say(&anna, "general", "one").await;
    assert_limited(&refused(house.try_say(&anna, "general", "two").await), 600);
    house.say(&boris, "general", "one").await;
}

async fn a_name_is_tried_five_times_a_minute(engine: Engine) {
    let house = limited(engine, &["login=5/600"]).await;
    let elsewhere = |number: u8| address(&format!("192.0.2.{number}"));
    let (anna, secret) = (name("Anna"), password(PASSWORD));
    house.chat.register(&anna, &secret, None, elsewhere(0)).await.unwrap();
    for number in 1..5 {
        let tried = house.chat.sign_in("ANNA", "wrong horse", elsewhere(number)).await;
        assert_eq!(refused(tried).code, ErrorCode::Unauthorized);
    }
    let tried = house.chat.sign_in("Anna", PASSWORD, elsewhere(6)).await;
    assert_limited(&refused(tried), 600);
}

async fn an_address_tries_five_passwords_a_minute(engine: Engine) {
    let house = limited(engine, &["login=5/600"]).await;
    let office = address("192.0.2.1");
    for number in 0..5 {
        let tried = house.chat.sign_in(&format!("name {number}"), "a guess", office).await;
        assert_eq!(refused(tried).code, ErrorCode::Unauthorized);
    }
    assert_limited(&refused(house.chat.sign_in("another", "a guess", office).await), 600);
    let elsewhere = house.chat.sign_in("another", "a guess", address("192.0.2.2")).await;
    assert_eq!(refused(elsewhere).code, ErrorCode::Unauthorized);
}

async fn rooms_and_searches_and_joins_have_their_rates(engine: Engine) {
    let house = limited(engine, &["create-room=1/600", "search=1/600", "join=1/600"]).await;
    let anna = house.member("Anna").await;
    let boris = house.someone("Boris", Role::Member).await;
    let rooms = [house.public_room(&anna, "Tea").await, house.public_room(&boris, "Coffee").await];
    let ask = CreateRoom { name: "Milk".into(), ..CreateRoom::default() };
    assert_limited(&refused(house.chat.create_room(&anna, &ask).await), 600);

    house.search(&anna, "tea").await;
    let ask = Search { query: "tea".into(), room: None, before: None, limit: None };
    assert_limited(&refused(house.chat.search(&anna, &ask).await), 600);

    house.leave(&anna, rooms[0]).await.unwrap();
    house.join(&anna, rooms[1]).await.unwrap();
    assert_limited(&refused(house.join(&anna, rooms[0]).await), 600);
    // Going where one is already, as every reload does, is free.
    for _ in 0..5 {
        house.join(&anna, rooms[1]).await.unwrap();
    }
}

async fn an_address_has_ten_times_as_much(engine: Engine) {
    let house = limited(engine, &["message=1/600"]).await;
    for number in 0..10 {
        let who = house.guest(&format!("guest {number}")).await;
        house.say(&who, "general", "one").await;
    }
    let who = house.guest("one too many").await;
    assert_limited(&refused(house.try_say(&who, "general", "one").await), 600);
    let who = house.guest_from("elsewhere", address("192.0.2.1")).await;
    house.say(&who, "general", "one").await;
    assert_eq!(who.address, Address::new("192.0.2.1".parse().unwrap()));
}
