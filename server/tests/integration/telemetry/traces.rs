//! What a collector of OpenTelemetry is sent.

use crate::house::{PATIENCE, Person, sign_in};
use crate::program::start_with;
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use serde_json::Value;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Hears of every span.
async fn collector() -> (String, mpsc::UnboundedReceiver<Value>) {
    let (heard, spans) = mpsc::unbounded_channel();
    let take = move |body: Bytes| {
        let sent: Value = serde_json::from_slice(&body).unwrap();
        for scope in sent["resourceSpans"][0]["scopeSpans"].as_array().unwrap() {
            for span in scope["spans"].as_array().unwrap() {
                heard.send(span.clone()).unwrap();
            }
        }
        std::future::ready("{}")
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/traces", post(take));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, spans)
}

/// Spans are sent every few seconds.
const SENT_WITHIN: Duration = PATIENCE;

#[tokio::test(flavor = "multi_thread")]
async fn an_event_its_queue_commit_and_fan_out_are_one_trace() {
    let (collector, mut spans) = collector().await;
    let dir = tempfile::tempdir().unwrap();
    let flags = ["--otel-endpoint".to_owned(), collector];
    let (_child, url) = start_with(dir.path(), &flags).await;
    let anna = Person::connect(&url, &sign_in(&url, "Anna").await);
    anna.join().await;
    anna.say("hello").await.unwrap();
    let mut heard: Vec<Value> = Vec::new();
    let named = |heard: &[Value], name: &str| {
        let is_message = |span: &Value| {
            name != "event" || span["attributes"].to_string().contains("\"message\"")
        };
        heard.iter().find(|span| span["name"] == name && is_message(span)).cloned()
    };
    let way = ["event", "queue", "commit", "fanout"];
    while !way.iter().all(|name| named(&heard, name).is_some()) {
        let span = tokio::time::timeout(SENT_WITHIN, spans.recv()).await.expect("all four");
        heard.push(span.unwrap());
    }
    let way = way.map(|name| named(&heard, name).unwrap());
    assert_eq!(way[0]["parentSpanId"].as_str().unwrap_or_default(), "");
    for step in way.windows(2) {
        assert_eq!(step[1]["traceId"], step[0]["traceId"]);
        assert_eq!(step[1]["parentSpanId"], step[0]["spanId"]);
    }
}
