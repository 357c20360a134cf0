//! Redis is away, and comes back.

use super::{Town, online, see, until_within};
use crate::house::next;
use crate::telemetry::{Metrics, TOKEN};
use protocol::event::MessageChanged;
use std::time::{Duration, Instant};

/// What was said elsewhere is heard by then, without Redis.
const CONVERGED_WITHIN: Duration = Duration::from_secs(10);
const AT_ONCE: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_nodes_serve_on_and_converge_and_with_it_they_are_one_again() {
    let mut town = Town::with(2, &["--metrics-token", TOKEN]).await;
    let (anna, boris) = (town.person(0, "Anna").await, town.person(1, "Boris").await);
    let alma = town.person(0, "Alma").await;
    for person in [&anna, &boris, &alma] {
        person.join().await;
    }
    let people = [anna, boris, alma];
    see(&people, 3).await;
    let metrics = Metrics::of(&town.nodes[0].url).await;
    assert_eq!(metrics.count("beseda_redis_up", &[]), 1);
    assert_eq!(metrics.count("beseda_nodes", &[]), 2);
    let [anna, boris, alma] = &people;
    let mut near = alma.chat.stream("message");
    let mut far = boris.chat.stream("message");

    town.redis.stop();
    let said = Instant::now();
    let message = anna.say("without Redis").await.unwrap();
    assert_eq!(next::<MessageChanged>(&mut near).await.message, message);
    assert!(said.elapsed() < AT_ONCE, "told here after {:?}", said.elapsed());
    assert_eq!(next::<MessageChanged>(&mut far).await.message, message);
    assert!(said.elapsed() < CONVERGED_WITHIN, "told there after {:?}", said.elapsed());
    let ready = town.ready(0).await;
    assert_eq!((&ready["ready"], &ready["redis"]), (&true.into(), &"unavailable".into()));
    assert_eq!(ready["degraded"], true);
    let reason = ready["reasons"][0].as_str().unwrap();
    assert!(reason.starts_with("Redis doesn't answer"), "{reason}");
    let metrics = Metrics::of(&town.nodes[0].url).await;
    assert_eq!(metrics.count("beseda_redis_up", &[]), 0);
    // No news is no news.
    assert_eq!(online(boris).await, ["Alma", "Anna", "Boris"]);

    // It comes back knowing nothing.
    anna.say("before it is back").await.unwrap();
    town.redis.start_again();
    let back = Instant::now();
    town.sees_all(1).await;
    let heard: MessageChanged = next(&mut far).await;
    assert_eq!(heard.message.text, "before it is back");
    assert!(back.elapsed() < CONVERGED_WITHIN / 2, "told after {:?}", back.elapsed());
    town.sees_all(0).await;
    let said = Instant::now();
    let message = anna.say("with Redis").await.unwrap();
    assert_eq!(next::<MessageChanged>(&mut far).await.message, message);
    assert!(said.elapsed() < AT_ONCE, "told after {:?}", said.elapsed());

    // After the time in which a node might still come back, all who are here still are.
    let dora = town.person(0, "Dora").await;
    dora.join().await;
    see(&people, 4).await;
    dora.client.close();
    until_within(Duration::from_secs(30), "Dora is gone", async || {
        online(boris).await == ["Alma", "Anna", "Boris"]
    })
    .await;
    town.close().await;
}

/// It holds its connections open and says nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_hangs_holds_nothing_up() {
    let town = Town::with(2, &["--limit", "message=1000/60"]).await;
    let (anna, boris) = (town.person(0, "Anna").await, town.person(1, "Boris").await);
    anna.join().await;
    boris.join().await;
    let mut far = boris.chat.stream("message");
    town.redis.pause().await;
    for number in 0..5 {
        let said = Instant::now();
        anna.say(&number.to_string()).await.unwrap();
        assert!(said.elapsed() < AT_ONCE, "acked after {:?}", said.elapsed());
        while next::<MessageChanged>(&mut far).await.message.text != number.to_string() {}
        assert!(said.elapsed() < CONVERGED_WITHIN, "told there after {:?}", said.elapsed());
    }
    assert_eq!(town.ready(1).await["redis"], "unavailable");
    town.redis.resume();
    town.sees_all(0).await;
    town.sees_all(1).await;
    let said = Instant::now();
    anna.say("again").await.unwrap();
    while next::<MessageChanged>(&mut far).await.message.text != "again" {}
    assert!(said.elapsed() < AT_ONCE, "told after {:?}", said.elapsed());
    town.close().await;
}
