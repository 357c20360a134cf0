use engineioxide_core::{Packet as Oracle, ProtocolVersion};
use proptest::prelude::*;
use socketio_client::codec::{
    decode_base64, encode_base64,
    engine::{Frame, Handshake, Packet, decode, decode_payload, encode_payload},
};

fn text() -> impl Strategy<Value = String> {
    // The separator can be in no packet: JSON escapes it.
    any::<String>().prop_map(|text| text.replace('\x1e', ""))
}

fn frame() -> impl Strategy<Value = Frame> {
    prop_oneof![
        text().prop_map(|text| Frame::Text(format!("4{text}"))),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(|bytes| Frame::Binary(bytes.into())),
    ]
}

fn whole(frame: &Frame) -> Packet {
    match frame {
        Frame::Text(text) => Packet::Message(text[1..].into()),
        Frame::Binary(bytes) => Packet::Binary(bytes.clone()),
    }
}

proptest! {
    #[test]
    fn payloads_come_back(frames in prop::collection::vec(frame(), 1..20)) {
        let body = encode_payload(&frames);
        let packets: Result<Vec<_>, _> = decode_payload(&body).collect();
        prop_assert_eq!(packets, Ok(frames.iter().map(whole).collect()));
        let size: usize = frames.iter().map(|frame| frame.polling_len() + 1).sum();
        prop_assert_eq!(body.len(), size - 1, "what a POST takes is known before");
    }

    /// A server may put packets into as many polls as it likes.
    #[test]
    fn any_split_of_a_payload_reads_the_same(
        frames in prop::collection::vec(frame(), 1..20),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(frames.len())).collect();
        cuts.extend([0, frames.len()]);
        cuts.sort_unstable();
        let bodies = cuts.windows(2).filter(|cut| cut[0] < cut[1]);
        let bodies: Vec<String> = bodies.map(|cut| encode_payload(&frames[cut[0]..cut[1]])).collect();
        let packets: Result<Vec<_>, _> = bodies.iter().flat_map(|body| decode_payload(body)).collect();
        prop_assert_eq!(packets, Ok(frames.iter().map(whole).collect()));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let _ = decode(Frame::Text(text.clone()));
        decode_payload(&text).for_each(drop);
        let _ = Handshake::decode(&text);
        if let Some(decoded) = decode_base64(&text) {
            prop_assert!(decoded.len() <= text.len());
        }
    }

    #[test]
    fn base64_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        let mut text = String::new();
        encode_base64(&bytes, &mut text);
        prop_assert_eq!(decode_base64(&text), Some(bytes));
    }

    /// engineioxide reads what is written here.
    #[test]
    fn the_oracle_reads_it(frame in frame()) {
        let body = encode_payload([&frame]);
        let oracle = Oracle::parse(ProtocolVersion::V4, body);
        match (frame, oracle) {
            (Frame::Text(text), Ok(Oracle::Message(read))) => prop_assert_eq!(&text[1..], read.as_str()),
            (Frame::Binary(bytes), Ok(Oracle::Binary(read))) => prop_assert_eq!(&*bytes, &*read),
            (frame, oracle) => prop_assert!(false, "{:?} {:?}", frame, oracle),
        }
    }

    /// What engineioxide writes is read here.
    #[test]
    fn the_oracle_is_read(text in text(), bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let written: String = Oracle::Message(text.clone().into()).into();
        prop_assert_eq!(decode(Frame::Text(written)), Ok(Packet::Message(text)));
        let written: String = Oracle::Binary(bytes.clone().into()).into();
        prop_assert_eq!(decode(Frame::Text(written)), Ok(Packet::Binary(bytes.into())));
    }
}
