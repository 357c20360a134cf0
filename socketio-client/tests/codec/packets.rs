use std::borrow::Cow;

use proptest::prelude::*;
use serde_json::{Value, json};
use socketio_client::{
    Binary,
    codec::{Decoder, Kind, MAX_DEPTH, Packet, ParseError, engine::Frame},
};
use socketioxide_core::{
    Value as OracleValue,
    packet::PacketData,
    parser::{Parse, ParseConfig, ParseError as OracleError, ParserState},
};
use socketioxide_parser_common::CommonParser;

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map("[a-z]{0,4}", inner, 0..5)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

fn namespace() -> impl Strategy<Value = String> {
    prop_oneof![Just("/".to_owned()), "/[a-zA-Z0-9_?=é -]{1,12}"]
}

fn packet() -> impl Strategy<Value = Packet> {
    let arguments = prop::collection::vec(value(), 0..4);
    let attachments = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..4);
    (any::<bool>(), namespace(), any::<Option<u32>>(), "[a-zA-Z0-9 -]{1,9}", arguments, attachments)
        .prop_map(|(event, namespace, id, name, mut arguments, attachments)| {
            for num in 0..attachments.len() {
                arguments.push(json!({"_placeholder": true, "num": num}));
            }
            if event {
                arguments.insert(0, Value::from(name));
            }
            Packet {
                kind: if event { Kind::Event } else { Kind::Ack },
                namespace: Cow::Owned(namespace),
                id: id.map(u64::from).or((!event).then_some(1)),
                payload: Value::Array(arguments).to_string(),
                attachments: attachments.into_iter().map(Binary::from).collect(),
            }
        })
        .prop_filter("reserved", |packet| !packet.payload.starts_with("[\"connect\""))
}

fn decode(frames: Vec<Frame>) -> Result<Vec<Packet>, ParseError> {
    let mut decoder = Decoder::default();
    let mut packets = Vec::new();
    for frame in frames {
        packets.extend(match frame {
            Frame::Text(text) => decoder.text(text[1..].into())?,
            Frame::Binary(bytes) => decoder.binary(bytes)?,
        });
    }
    Ok(packets)
}

proptest! {
    #[test]
    fn packets_come_back(packets in prop::collection::vec(packet(), 0..5)) {
        let frames = packets.iter().flat_map(Packet::encode).collect();
        prop_assert_eq!(decode(frames), Ok(packets));
    }

    #[test]
    fn nothing_panics(texts in prop::collection::vec("[0-7]?[0-9/,\\-\\[\\]{}\":a-z\\\\]{0,40}|\\PC{0,30}", 0..6)) {
        let mut decoder = Decoder::default();
        for text in texts {
            let _ = decoder.text(text);
            let _ = decoder.binary(vec![1].into());
        }
    }

    /// What passes here can be read by serde_json, and the other way round.
    #[test]
    fn takes_the_json_that_serde_json_takes(json in "[\\[\\]{}\",:0-9.eE+\\-tfnaulrse \\\\]{0,20}") {
        let event = format!("2[\"a\",{json}]");
        let here = Decoder::default().text(event);
        let there = serde_json::from_str::<Vec<Value>>(&format!("[\"a\",{json}]"));
        match &there {
            // Numbers that are no f64 are JSON all the same.
            Err(error) if error.to_string().contains("out of range") => {}
            _ => prop_assert_eq!(here.is_ok(), there.is_ok(), "{}", json),
        }
    }

    #[test]
    fn the_oracle_reads_it(packet in packet()) {
        let config = ParseConfig::default();
        let state = ParserState::default();
        let mut read = Err(OracleError::NeedsMoreBinaryData);
        for frame in packet.encode() {
            prop_assert!(matches!(read, Err(OracleError::NeedsMoreBinaryData)));
            read = match frame {
                Frame::Text(text) => CommonParser.decode_str(&config, &state, text[1..].to_owned().into()),
                Frame::Binary(bytes) => CommonParser.decode_bin(&config, &state, bytes.to_vec().into()),
            };
        }
        let read = read.unwrap();
        prop_assert_eq!(&*read.ns, &*packet.namespace);
        let (value, id) = match read.inner {
            PacketData::Event(value, id) | PacketData::BinaryEvent(value, id) => (value, id),
            PacketData::EventAck(value, id) | PacketData::BinaryAck(value, id) => (value, Some(id)),
            other => return Err(TestCaseError::fail(format!("{other:?}"))),
        };
        prop_assert_eq!(id.map(i64::cast_unsigned), packet.id);
        let OracleValue::Str(text, bytes) = value else { return Err(TestCaseError::fail("bytes")) };
        prop_assert_eq!(text.as_str(), &packet.payload);
        let bytes: Vec<Binary> = bytes.unwrap_or_default().iter().map(|bytes| bytes[..].into()).collect();
        prop_assert_eq!(bytes, packet.attachments);
    }
}

#[test]
fn nesting_ends_where_it_says() {
    let nest = |depth: usize| format!("2[\"a\",{}{}]", "[".repeat(depth), "]".repeat(depth));
    let deepest = MAX_DEPTH as usize - 1;
    let packet = Decoder::default().text(nest(deepest)).unwrap().unwrap();
    assert!(serde_json::from_str::<Value>(&packet.payload[5..packet.payload.len() - 1]).is_ok());
    assert_eq!(Decoder::default().text(nest(deepest + 1)), Err(ParseError::Payload));
    assert_eq!(
        Decoder::default().text("2".to_owned() + &"[".repeat(1 << 20)),
        Err(ParseError::Payload)
    );
}
