use std::{cell::Cell, rc::Rc, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use socketio_client::{AckError, Binary, Change, ClientState, Transport};

use crate::support::{Order, ask, builder, change, connected, disconnected, soon, window};

pub async fn echo(order: Order) {
    let (_client, chat) = builder(order).connect().unwrap();
    let mut echoes = chat.stream("echo");
    let values = json!([{"a": [1, 2.5, null]}, "ü\u{1F600}\u{1e}\n", 7, true, "", {"b": "c,d"}]);
    for value in values.as_array().unwrap() {
        chat.emit("echo", value).unwrap();
    }
    for value in values.as_array().unwrap() {
        assert_eq!(soon(echoes.next()).await.get::<Value>(0).unwrap(), *value);
    }
}

pub async fn acks_both_ways(order: Order) {
    let (_client, chat) = builder(order).connect().unwrap();
    let asked =
        chat.on("question", |event| event.reply(&(event.get::<i64>(0).unwrap() * 2)).unwrap());
    let mut answered = chat.stream("answered");
    assert_eq!(soon(chat.emit_with_ack::<i64>("give back", &21)).await.unwrap(), 21);
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

pub async fn binary_both_ways(order: Order) {
    let (_client, chat) = builder(order).connect().unwrap();
    let large: Vec<u8> = (0..200_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    let upload = Upload { name: "cat".into(), parts: vec![vec![0, 255].into(), large.into()] };
    assert_eq!(soon(chat.emit_with_ack::<Upload>("give back", &upload)).await.unwrap(), upload);
    let reply = chat.on("question", |event| event.reply(&event.get::<Upload>(0).unwrap()).unwrap());
    let mut answered = chat.stream("answered");
    chat.emit("ask", &upload).unwrap();
    assert_eq!(soon(answered.next()).await.get::<Upload>(0).unwrap(), upload);
    drop(reply);
}

pub async fn many_namespaces(order: Order) {
    let (client, chat) = builder(order).connect().unwrap();
    let mut changes = client.changes();
    let other = client.namespace("/other").unwrap();
    let times = Rc::new(Cell::new(0));
    let counter = times.clone();
    other.set_auth_with(move || json!({"time": counter.replace(counter.get() + 1)}));
    other.connect();
    let auth: Value = soon(other.emit_with_ack("auth", ())).await.unwrap();
    assert_eq!(auth, json!({"time": 0}));
    client.drop_connection();
    assert_eq!(disconnected(&mut changes, "/other").await, "transport close");
    connected(&mut changes, "/other").await;
    assert_eq!(times.get(), 2, "asked anew");
    other.disconnect();
    assert_eq!(disconnected(&mut changes, "/other").await, "io client disconnect");
    assert_eq!(soon(chat.emit_with_ack::<u8>("give back", &1)).await.unwrap(), 1);
    chat.disconnect();
    soon(client.closed()).await;
    assert_eq!(client.state(), ClientState::Idle);
}

pub async fn refusal(order: Order) {
    let client = builder(order).build().unwrap();
    let mut changes = client.changes();
    client.namespace("/refused").unwrap().connect();
    let words = change(&mut changes, |change| match change {
        Change::ConnectError { message, data, refused: true, .. } => {
            Some((message.clone(), data.clone()))
        }
        _ => None,
    });
    assert_eq!(words.await, ("not you".into(), Some(r#"{"code":7}"#.into())));
    soon(client.closed()).await;
    assert_eq!(client.state(), ClientState::Idle);
}

pub async fn put_out(order: Order) {
    let (client, chat) = builder(order).connect().unwrap();
    let mut changes = client.changes();
    connected(&mut changes, "/").await;
    chat.emit("kick", ()).unwrap();
    assert_eq!(disconnected(&mut changes, "/").await, "io server disconnect");
    soon(client.closed()).await;
    chat.connect();
    connected(&mut changes, "/").await;
}

pub async fn cut_and_return(order: Order) {
    let (client, chat) = builder(order).connect().unwrap();
    let mut changes = client.changes();
    let mut echoes = chat.stream("echo");
    connected(&mut changes, "/").await;
    let pending = chat.emit_with_ack::<Value>("silent", ());
    assert_eq!(soon(chat.emit_with_ack::<u8>("give back", &1)).await.unwrap(), 1);
    ask("/cut").await;
    let reason = disconnected(&mut changes, "/").await;
    assert!(["transport close", "transport error"].contains(&reason), "{reason}");
    for number in 1..=20 {
        chat.emit("echo", &number).unwrap();
    }
    assert!(matches!(soon(pending).await, Err(AckError::Disconnected)));
    connected(&mut changes, "/").await;
    for number in 1..=20 {
        assert_eq!(soon(echoes.next()).await.get::<u32>(0).unwrap(), number);
    }
}

pub async fn heartbeat_loss(order: Order) {
    let (client, chat) = builder(order).connect().unwrap();
    let mut changes = client.changes();
    connected(&mut changes, "/").await;
    assert_eq!(soon(chat.emit_with_ack::<u8>("give back", &1)).await.unwrap(), 1);
    ask("/swallow").await;
    assert_eq!(disconnected(&mut changes, "/").await, "ping timeout");
    connected(&mut changes, "/").await;
}

pub async fn load_in_both_directions(order: Order) {
    const COUNT: u32 = 300;
    let (client, chat) = builder(order).connect().unwrap();
    let mut numbers = chat.stream("number");
    let mut echoes = chat.stream("echo");
    chat.emit("flood", &COUNT).unwrap();
    for number in 0..COUNT {
        chat.emit("echo", &number).unwrap();
        if number % 16 == 0 {
            gloo_timers::future::TimeoutFuture::new(0).await;
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
    let upgraded = order.contains(&Transport::WebSocket);
    let transport = if upgraded { Transport::WebSocket } else { Transport::Polling };
    assert_eq!(client.state(), ClientState::Open { transport });
}

/// Waits an hour, unless the browser says that the network is back.
pub async fn wakes_with_the_network(order: Order) {
    let hour = Duration::from_secs(3600);
    let (client, chat) = builder(order).reconnection_delay(hour, hour).connect().unwrap();
    let mut changes = client.changes();
    for event in ["online", "visibilitychange", "pageshow"] {
        connected(&mut changes, "/").await;
        client.drop_connection();
        assert_eq!(disconnected(&mut changes, "/").await, "transport close");
        change(&mut changes, |change| matches!(change, Change::Waiting { .. }).then_some(())).await;
        assert!(matches!(client.state(), ClientState::Waiting { attempt: 1, .. }));
        window().dispatch_event(&web_sys::Event::new(event).unwrap()).unwrap();
    }
    connected(&mut changes, "/").await;
    drop(chat);
}

/// What was emitted before a close arrives.
pub async fn goodbye(order: Order) {
    let (_watcher, listening) = builder(order).connect().unwrap();
    assert_eq!(soon(listening.emit_with_ack::<u8>("give back", &1)).await.unwrap(), 1);
    let mut shouts = listening.stream("shouted");
    let (client, chat) = builder(order).connect().unwrap();
    let mut changes = client.changes();
    connected(&mut changes, "/").await;
    for number in 0..50 {
        chat.emit("shout", &number).unwrap();
    }
    client.close();
    soon(client.closed()).await;
    for number in 0..50 {
        assert_eq!(soon(shouts.next()).await.get::<u32>(0).unwrap(), number);
    }
}
