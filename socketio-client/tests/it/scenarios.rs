//! What a client has to be able to do, whatever the server and the transport.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use socketio_client::{AckError, Answer, Binary, Change, ClientState, Transport};

use crate::{
    network::Network,
    node::Node,
    support::{Order, Server, WEBSOCKET, builder, change, connected, disconnected, soon},
};

pub(crate) async fn echo(server: &mut impl Server, order: Order) {
    let (client, chat) = builder(&server.url(), order).connect().unwrap();
    let mut echoes = chat.stream("echo");
    let values = json!([{"a": [1, 2.5, null]}, "ü\u{1F600}\u{1e}\n", 7, true, "", {"b": "c,d"}]);
    for value in values.as_array().unwrap() {
        chat.emit("echo", value).unwrap();
    }
    for value in values.as_array().unwrap() {
        assert_eq!(soon(echoes.next()).await.get::<Value>(0).unwrap(), *value);
    }
    client.close();
    soon(client.closed()).await;
}

pub(crate) async fn acks_both_ways(server: &mut impl Server, order: Order) {
    let (_client, chat) = builder(&server.url(), order).connect().unwrap();
    let asked = chat.on("question", |event| {
        assert!(event.wants_reply());
        let value: i64 = event.get(0).unwrap();
        event.reply(&(value * 2)).unwrap();
        event.reply("twice").unwrap();
    });
    let mut answered = chat.stream("answered");
    let number: i64 = soon(chat.emit_with_ack("give back", &21)).await.unwrap();
    assert_eq!(number, 21);
    let whole: Answer = soon(chat.emit_with_ack("give back", &21)).await.unwrap();
    assert_eq!((whole.json(), whole.get::<i64>(0).unwrap()), ("[21]", 21));
    chat.emit("ask", &21).unwrap();
    assert_eq!(soon(answered.next()).await.get::<i64>(0).unwrap(), 42);
    drop(asked);

    let brief = chat.emit_with_ack::<Value>("silent", ()).timeout(Duration::from_millis(20));
    assert!(matches!(soon(brief).await, Err(AckError::Timeout)));
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Upload {
    name: String,
    parts: Vec<Binary>,
}

pub(crate) async fn binary_both_ways(server: &mut impl Server, order: Order) {
    let (_client, chat) = builder(&server.url(), order).connect().unwrap();
    let large: Vec<u8> = (0..200_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    let upload = Upload { name: "cat".into(), parts: vec![vec![0, 255].into(), large.into()] };
    let mut echoes = chat.stream("echo");
    chat.emit("echo", &upload).unwrap();
    assert_eq!(soon(echoes.next()).await.get::<Upload>(0).unwrap(), upload);
    assert_eq!(soon(chat.emit_with_ack::<Upload>("give back", &upload)).await.unwrap(), upload);

    let reply = chat.on("question", |event| {
        event.reply(&event.get::<Upload>(0).unwrap()).unwrap();
    });
    let mut answered = chat.stream("answered");
    chat.emit("ask", &upload).unwrap();
    assert_eq!(soon(answered.next()).await.get::<Upload>(0).unwrap(), upload);
    drop(reply);
}

pub(crate) async fn many_namespaces(server: &mut impl Server, order: Order) {
    let (client, chat) = builder(&server.url(), order).connect().unwrap();
    let mut changes = client.changes();
    let other = client.namespace("/other").unwrap();
    let times = Arc::new(AtomicU32::new(0));
    let counter = times.clone();
    other.set_auth_with(move || json!({"time": counter.fetch_add(1, Ordering::SeqCst)}));
    other.connect();
    let auth: Value = soon(other.emit_with_ack("auth", ())).await.unwrap();
    assert_eq!(auth, json!({"time": 0}));

    let mut wrong = chat.stream_any();
    let mut echoes = other.stream("echo");
    other.emit("echo", "here").unwrap();
    soon(echoes.next()).await;
    assert!(wrong.try_next().is_none());

    client.drop_connection();
    assert_eq!(disconnected(&mut changes, "/other").await, "transport close");
    connected(&mut changes, "/other").await;
    let auth: Value = soon(other.emit_with_ack("auth", ())).await.unwrap();
    assert_eq!(auth, json!({"time": 1}), "asked anew");

    other.disconnect();
    assert_eq!(disconnected(&mut changes, "/other").await, "io client disconnect");
    assert!(matches!(client.state(), ClientState::Open { .. }));
    assert_eq!(soon(chat.emit_with_ack::<u8>("give back", &1)).await.unwrap(), 1);
    chat.disconnect();
    soon(client.closed()).await;
    assert_eq!(client.state(), ClientState::Idle);
}

pub(crate) async fn refusal(server: &mut impl Server, order: Order) {
    let client = builder(&server.url(), order).build().unwrap();
    let mut changes = client.changes();
    client.namespace("/refused").unwrap().connect();
    let words = change(&mut changes, |change| match change {
        Change::ConnectError { message, refused: true, .. } => Some(message.clone()),
        _ => None,
    });
    assert_eq!(&*words.await, "not you");
    soon(client.closed()).await;
    while let Some(change) = changes.try_next() {
        assert!(!matches!(change, Change::Waiting { .. }), "it came back by itself");
    }
}

pub(crate) async fn put_out(server: &mut impl Server, order: Order) {
    let (client, chat) = builder(&server.url(), order).connect().unwrap();
    let mut changes = client.changes();
    connected(&mut changes, "/").await;
    chat.emit("kick", ()).unwrap();
    assert_eq!(disconnected(&mut changes, "/").await, "io server disconnect");
    soon(client.closed()).await;
    assert_eq!(client.state(), ClientState::Idle);
    chat.connect();
    connected(&mut changes, "/").await;
}

pub(crate) async fn kill_and_return(server: &mut impl Server, order: Order) {
    let (client, chat) = builder(&server.url(), order).connect().unwrap();
    let mut changes = client.changes();
    let mut echoes = chat.stream("echo");
    connected(&mut changes, "/").await;
    let pending = chat.emit_with_ack::<Value>("silent", ());
    chat.emit("echo", &0).unwrap();
    soon(echoes.next()).await;
    server.kill().await;
    let reason = disconnected(&mut changes, "/").await;
    assert!(["transport close", "transport error"].contains(&reason), "{reason}");
    assert!(matches!(soon(pending).await, Err(AckError::Disconnected)));
    let kept = chat.emit_with_ack::<u32>("give back", &100);
    for number in 1..=20 {
        chat.emit("echo", &number).unwrap();
    }
    assert_eq!(client.buffered(), 21);
    change(&mut changes, |change| matches!(change, Change::ReconnectError { .. }).then_some(()))
        .await;
    assert!(matches!(
        client.state(),
        ClientState::Waiting { error: Some(_), .. } | ClientState::Opening { .. }
    ));
    server.restart().await;
    connected(&mut changes, "/").await;
    for number in 1..=20 {
        assert_eq!(soon(echoes.next()).await.get::<u32>(0).unwrap(), number);
    }
    assert_eq!(soon(kept).await.unwrap(), 100);
}

pub(crate) async fn heartbeat_loss(server: &mut impl Server, order: Order) {
    let network = Network::to(&server.url()).await;
    let (client, chat) = builder(&network.url(), order).connect().unwrap();
    let mut changes = client.changes();
    connected(&mut changes, "/").await;
    // A poll that was answered shows that the heartbeat runs.
    assert_eq!(soon(chat.emit_with_ack::<u8>("give back", &1)).await.unwrap(), 1);
    network.swallow(true);
    assert_eq!(disconnected(&mut changes, "/").await, "ping timeout");
    network.swallow(false);
    connected(&mut changes, "/").await;
}

pub(crate) async fn load_in_both_directions(server: &mut impl Server, order: Order) {
    const COUNT: u32 = 400;
    let (client, chat) = builder(&server.url(), order).connect().unwrap();
    let mut changes = client.changes();
    let mut numbers = chat.stream("number");
    let mut echoes = chat.stream("echo");
    chat.emit("flood", &COUNT).unwrap();
    for number in 0..COUNT {
        chat.emit("echo", &number).unwrap();
        if number % 16 == 0 {
            tokio::task::yield_now().await;
        }
    }
    for number in 0..COUNT {
        assert_eq!(soon(numbers.next()).await.get::<u32>(0).unwrap(), number);
    }
    for number in 0..COUNT {
        assert_eq!(soon(echoes.next()).await.get::<u32>(0).unwrap(), number);
    }
    assert_eq!(soon(chat.emit_with_ack::<u8>("give back", &1)).await.unwrap(), 1);
    assert!(numbers.try_next().is_none() && echoes.try_next().is_none(), "doubled");
    let last = *order.last().unwrap();
    if order.len() > 1 {
        // Where the machine is busy, the load is over before the upgrade is.
        change(&mut changes, |change| matches!(change, Change::Upgrade).then_some(())).await;
    }
    assert_eq!(client.state(), ClientState::Open { transport: last });
}

/// What was emitted before a close arrives.
pub(crate) async fn goodbye(server: &mut impl Server, order: Order) {
    let (watcher, listening) = builder(&server.url(), order).connect().unwrap();
    assert_eq!(soon(listening.emit_with_ack::<u8>("give back", &1)).await.unwrap(), 1);
    let (client, chat) = builder(&server.url(), order).connect().unwrap();
    let mut changes = client.changes();
    connected(&mut changes, "/").await;
    let mut shouts = listening.stream("shouted");
    let large = "x".repeat(300_000);
    for _ in 0..5 {
        chat.emit("shout", &large).unwrap();
    }
    chat.emit("shout", "last").unwrap();
    client.close();
    soon(client.closed()).await;
    for _ in 0..5 {
        assert_eq!(soon(shouts.next()).await.get::<String>(0).unwrap().len(), large.len());
    }
    assert_eq!(soon(shouts.next()).await.get::<String>(0).unwrap(), "last");
    drop(watcher);
}

pub(crate) async fn recovery(server: &mut Node) {
    let (client, chat) = builder(&server.url(), WEBSOCKET).connect().unwrap();
    let mut changes = client.changes();
    let mut broadcasts = chat.stream("broadcast");
    assert!(!connected(&mut changes, "/").await);
    server.tell("broadcast", json!("one")).await;
    assert_eq!(soon(broadcasts.next()).await.get::<String>(0).unwrap(), "one");
    client.drop_connection();
    // The server answers after it has noticed that the client is away.
    while server.clients().await > 0 {}
    server.tell("broadcast", json!("two")).await;
    assert!(connected(&mut changes, "/").await, "recovered");
    assert_eq!(soon(broadcasts.next()).await.get::<String>(0).unwrap(), "two");
}

pub(crate) async fn retry_after(server: &mut Node) {
    let client = builder(&server.url(), WEBSOCKET).build().unwrap();
    let mut changes = client.changes();
    client.namespace("/later").unwrap().connect();
    let refused = change(&mut changes, |change| match change {
        Change::ConnectError { refused, data, .. } => Some((*refused, data.clone())),
        _ => None,
    });
    assert_eq!(refused.await, (false, Some(r#"{"retryAfter":50}"#.into())));
    connected(&mut changes, "/later").await;
}

pub(crate) async fn fallback(server: &mut Node) {
    let both = &[Transport::WebSocket, Transport::Polling];
    let (client, chat) = builder(&server.url(), both).connect().unwrap();
    let mut changes = client.changes();
    let open = |change: &Change| match change {
        Change::Open { transport, .. } => Some(*transport),
        _ => None,
    };
    assert_eq!(change(&mut changes, open).await, Transport::Polling);
    client.drop_connection();
    assert_eq!(change(&mut changes, open).await, Transport::Polling);
    assert_eq!(soon(chat.emit_with_ack::<u8>("give back", &1)).await.unwrap(), 1);
}
