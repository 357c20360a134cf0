use super::{Metrics, TOKEN, with_token};
use crate::house::{House, Person, get, next, refusal, sign_in};
use protocol::ErrorCode;
use protocol::event::MessageChanged;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Fewer mistakes than cost the connection.
const FLOOD: u64 = 40;

#[tokio::test]
async fn what_happens_is_counted() {
    let house = with_token(&[]).await;
    let anna = house.person("Anna").await;
    anna.join().await;
    let mut heard = anna.chat.stream("message");
    anna.say("hello").await.unwrap();
    next::<MessageChanged>(&mut heard).await;
    anna.ask::<Value>("sync", &json!({ "rooms": {} })).await.unwrap();
    let metrics = Metrics::of(&house.url).await;
    let one = |name: &str, labels: &[(&str, &str)]| {
        assert_eq!(metrics.count(name, labels), 1, "{name} {labels:?}");
    };
    one("websocket_connected_clients", &[]);
    one("websocket_rooms_total", &[]);
    one("websocket_messages_total", &[("direction", "inbound"), ("event", "message")]);
    one("websocket_messages_total", &[("direction", "outbound"), ("event", "message")]);
    one("websocket_message_duration_seconds_count", &[("event", "message")]);
    one("beseda_connections", &[("namespace", "/chat")]);
    one("beseda_deliveries_total", &[]);
    one("beseda_queue_batch_size_count", &[]);
    one("beseda_queue_batch_size_sum", &[]);
    one("beseda_commit_duration_seconds_count", &[]);
    one("beseda_sync_messages_count", &[]);
    one("beseda_people_online", &[]);
    one("beseda_nodes", &[]);
    one("beseda_database_up", &[]);
    one("beseda_build_info", &[("version", env!("CARGO_PKG_VERSION"))]);
    // One for each of `join-room`, `message` and `sync`.
    assert_eq!(metrics.count("beseda_ack_latency_seconds_count", &[]), 3);
    for above_nothing in
        ["process_resident_memory_bytes", "process_cpu_seconds_total", "beseda_uptime_seconds"]
    {
        assert!(metrics.sum(above_nothing, &[]) > 0.0, "{above_nothing}");
    }
    house.close().await;
}

/// What clients make up is nowhere: not an event's name, not a room's.
#[tokio::test]
async fn made_up_names_make_no_series() {
    let house = with_token(&[]).await;
    let token = sign_in(&house.url, "Anna").await;
    let sockets = ["/chat", "/", "/room/general"]
        .map(|namespace| Person::connect_to(&house.url, namespace, &token));
    sockets[0].join().await;
    let before = Metrics::of(&house.url).await;
    for socket in &sockets {
        for number in 0..FLOOD {
            let made_up = format!("made-up-{number}");
            let refused = socket.ask::<Value>(&made_up, &json!({})).await.unwrap_err();
            assert_eq!(refused.code, ErrorCode::Validation);
        }
    }
    let after = Metrics::of(&house.url).await;
    let series = |metrics: &Metrics| metrics.series.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(series(&after), series(&before));
    let unknown = [("direction", "inbound"), ("event", "unknown")];
    assert_eq!(after.count("websocket_messages_total", &unknown), 3 * FLOOD);
    assert_eq!(after.count("beseda_connections", &[("namespace", "/room/*")]), 1);
    assert!(!after.text.contains("general"), "{}", after.text);
    house.close().await;
}

/// Whatever a tutorial calls it.
#[tokio::test]
async fn the_open_door_counts_in_our_words() {
    let house = with_token(&[]).await;
    let visitor = Person::connect_to(&house.url, "/", "");
    let mut heard = visitor.chat.stream("message");
    visitor.chat.emit("message", &json!({ "text": "hello" })).unwrap();
    next::<Value>(&mut heard).await;
    let metrics = Metrics::of(&house.url).await;
    let said = [("direction", "inbound"), ("event", "message")];
    assert_eq!(metrics.count("websocket_messages_total", &said), 1);
    assert_eq!(metrics.count("beseda_connections", &[("namespace", "/")]), 1);
    house.close().await;
}

#[tokio::test]
async fn refusals_are_counted_by_their_reason() {
    let house = with_token(&["--limit", "message-burst=1/60"]).await;
    let anna = house.person("Anna").await;
    anna.join().await;
    anna.say("one").await.unwrap();
    assert_eq!(anna.say("two").await.unwrap_err().code, ErrorCode::RateLimited);
    refusal(&Person::connect(&house.url, "nonsense")).await;
    let poll = "/socket.io/?EIO=4&transport=polling";
    let foreign = get(&house.url, poll).header("origin", "http://elsewhere.example");
    assert_eq!(foreign.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    get(&house.url, "/socket.io/?EIO=3&transport=polling").send().await.unwrap();
    get(&house.url, "/socket.io/?EIO=4&transport=pigeon").send().await.unwrap();
    let metrics = Metrics::of(&house.url).await;
    for reason in ["unauthorized", "origin", "engine-version", "bad-request"] {
        let refused = metrics.count("beseda_connection_errors_total", &[("reason", reason)]);
        assert_eq!(refused, 1, "{reason}");
    }
    let limited = [("limit", "message-burst")];
    assert_eq!(metrics.count("beseda_limiter_refusals_total", &limited), 1);
    house.close().await;
}

#[tokio::test]
async fn on_the_main_address_metrics_take_a_token() {
    let closed = House::open().await;
    let answer = get(&closed.url, "/metrics").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let told = answer.text().await.unwrap();
    assert!(told.contains("--metrics-token") && told.contains("--metrics-address"), "{told}");
    closed.close().await;

    let house = with_token(&[]).await;
    let wrong =
        ["", "Bearer", "Bearer ", "Bearer a-token-for-metricz", "Basic a-token-for-metrics"];
    for given in wrong {
        let asked = get(&house.url, "/metrics").header("authorization", given);
        assert_eq!(asked.send().await.unwrap().status(), StatusCode::UNAUTHORIZED, "{given}");
    }
    Metrics::of(&house.url).await;
    house.close().await;
}

#[tokio::test]
async fn on_an_address_of_their_own_they_are_nowhere_else() {
    let house = House::with(&["--metrics-address", "127.0.0.1:0"]).await;
    let apart = house.metrics_url();
    let answer = get(&apart, "").send().await.unwrap();
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("application/openmetrics-text; version=1.0.0"), "{kind}");
    assert!(answer.text().await.unwrap().ends_with("# EOF\n"));
    assert_eq!(get(&house.url, "/metrics").send().await.unwrap().status(), StatusCode::NOT_FOUND);
    house.close().await;

    let both = ["--metrics-address", "127.0.0.1:0", "--metrics-token", TOKEN];
    let house = House::with(&both).await;
    let asked = get(&house.metrics_url(), "");
    assert_eq!(asked.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    house.close().await;
}
