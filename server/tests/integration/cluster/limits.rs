//! Limits hold for all nodes together, while Redis answers at once. On a busy machine it doesn't always: then a
//! test tries again with someone else.

use super::{Town, until};
use crate::house::{Person, sign_in};
use chat::Address;
use protocol::{ApiError, ErrorCode};
use std::cell::Cell;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_too_much_on_two_nodes_is_told_so() {
    let mut town = Town::with(2, &["--limit", "message-burst=6/60"]).await;
    let round = Cell::new(0);
    until("the count is that of both", async || {
        round.set(round.get() + 1);
        let [one, other] = both(&town, &format!("Anna {}", round.get())).await;
        one.join().await;
        for number in 0..3 {
            one.say(&number.to_string()).await.unwrap();
            other.say(&number.to_string()).await.unwrap();
        }
        match one.say("more").await {
            Ok(_) => false,
            Err(error) => {
                assert_eq!(error.code, ErrorCode::RateLimited);
                (1..=10_000).contains(&error.retry_after.unwrap())
                    && other.say("more").await.is_err()
            }
        }
    })
    .await;

    // Without Redis each node counts for itself, and no one waits for it.
    let [one, _] = both(&town, "Boris").await;
    one.join().await;
    town.redis.stop();
    let asked = Instant::now();
    one.say("alone").await.unwrap();
    assert!(asked.elapsed() < Duration::from_secs(1), "after {:?}", asked.elapsed());
    town.close().await;
}

/// Someone on two nodes at once.
async fn both(town: &Town, name: &str) -> [Person; 2] {
    let token = sign_in(&town.nodes[0].url, name).await;
    [0, 1].map(|node: usize| Person::connect(&town.nodes[node].url, &token))
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_guessed_as_often_as_on_one_node() {
    let town = Town::with(2, &["--limit", "login=4/60"]).await;
    let round = Cell::new(0);
    until("the count is that of both", async || {
        round.set(round.get() + 1);
        let from = Address::new(Ipv4Addr::new(192, 0, 2, round.get()).into());
        let name = format!("Anna {}", round.get());
        let mut codes = Vec::new();
        for number in 0..6 {
            let chat = town.nodes[number % 2].chat();
            let refused = chat.sign_in(&name, "a wrong guess", from).await.unwrap_err();
            codes.push(ApiError::from(refused).code);
        }
        codes[..4] == [ErrorCode::Unauthorized; 4] && codes[4..] == [ErrorCode::RateLimited; 2]
    })
    .await;
    town.close().await;
}
