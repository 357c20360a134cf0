//! A 200-byte event, read and written.
//!
//! rust_socketio does not show its codec. What stands for it is what it does on the way to a handler: its
//! engine's public packet code and `serde_json` to a list of values, without its own packet code between, so
//! its real time is above the one shown.

use std::hint::black_box;

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use rust_engineio::Packet as TheirPacket;
use serde_json::Value;
use socketio_client::codec::{
    Decoder, Kind, encode,
    engine::{Frame, Packet, decode},
};

fn event() -> String {
    let mut event = String::from(
        r#"42["message",{"room":"general","id":"0192f0c1-7d5e-7a3b","at":1732190000000,"text":""#,
    );
    event.push_str(&"x".repeat(200 - event.len() - 4));
    event.push_str("\"}]");
    assert_eq!(event.len(), 199);
    event
}

fn codec(criterion: &mut Criterion) {
    let event = event();
    let payload = event[2..].to_owned();

    let mut group = criterion.benchmark_group("decode");
    group.bench_function("socketio-client", |bench| {
        bench.iter(|| {
            let Ok(Packet::Message(text)) = decode(Frame::Text(black_box(&event).clone())) else {
                unreachable!()
            };
            Decoder::default().text(text).unwrap().unwrap()
        });
    });
    group.bench_function("socketio-client, to values", |bench| {
        bench.iter(|| {
            let Ok(Packet::Message(text)) = decode(Frame::Text(black_box(&event).clone())) else {
                unreachable!()
            };
            let packet = Decoder::default().text(text).unwrap().unwrap();
            serde_json::from_str::<Vec<Value>>(&packet.payload).unwrap()
        });
    });
    let bytes = Bytes::from(event.clone());
    group.bench_function("rust_socketio, at least", |bench| {
        bench.iter(|| {
            let packet = TheirPacket::try_from(black_box(&bytes).clone()).unwrap();
            let text = std::str::from_utf8(&packet.data[1..]).unwrap().to_owned();
            serde_json::from_str::<Vec<Value>>(&text).unwrap()
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("encode");
    group.bench_function("socketio-client", |bench| {
        bench.iter(|| encode(Kind::Event, "/", None, black_box(&payload), 0));
    });
    group.bench_function("rust_socketio, at least", |bench| {
        bench.iter(|| {
            let text = format!("2{}", black_box(&payload));
            Bytes::from(TheirPacket::new(rust_engineio::PacketId::Message, Bytes::from(text)))
        });
    });
    group.finish();
}

criterion_group!(benches, codec);
criterion_main!(benches);
