//! Limits hold for all nodes together.

use super::Town;
use crate::house::{Person, sign_in};
use protocol::ErrorCode;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_too_much_on_two_nodes_is_told_so() {
    let mut town = Town::with(2, &["--limit", "message-burst=6/60"]).await;
    let token = sign_in(&town.nodes[0].url, "Anna").await;
    let annas = [0, 1].map(|node: usize| Person::connect(&town.nodes[node].url, &token));
    annas[0].join().await;
    for number in 0..6 {
        annas[number % 2].say(&number.to_string()).await.unwrap();
    }
    for anna in &annas {
        let error = anna.say("more").await.unwrap_err();
        assert_eq!(error.code, ErrorCode::RateLimited);
        assert!((1..=10_000).contains(&error.retry_after.unwrap()), "{error:?}");
    }

    // Without Redis each node counts for itself, and no one waits for it.
    town.redis.stop();
    let asked = Instant::now();
    annas[1].say("more").await.unwrap();
    assert!(asked.elapsed() < Duration::from_secs(1), "after {:?}", asked.elapsed());
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_guessed_as_often_as_on_one_node() {
    let town = Town::with(2, &["--limit", "login=4/60"]).await;
    town.nodes[0].account("Olga", protocol::Role::Owner).await;
    let guess = |node: usize| {
        let chat = town.nodes[node].chat().clone();
        async move { chat.sign_in("Olga", "a wrong guess", chat::Address::LOCAL).await }
    };
    let mut codes = Vec::new();
    for number in 0..6 {
        let refused = protocol::ApiError::from(guess(number % 2).await.unwrap_err());
        codes.push(refused.code);
    }
    assert_eq!(codes[..4], [ErrorCode::Unauthorized; 4]);
    assert_eq!(codes[4..], [ErrorCode::RateLimited; 2]);
    town.close().await;
}
