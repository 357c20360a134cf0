//! Lines are Socket.IO messages; those that begin with `b` are attachments.
#![no_main]

use libfuzzer_sys::fuzz_target;
use socketio_client::codec::{Decoder, engine::Frame};

fuzz_target!(|text: &str| {
    let mut decoder = Decoder::default();
    for line in text.lines() {
        let packet = match line.strip_prefix('b') {
            Some(bytes) => decoder.binary(bytes.as_bytes().into()),
            None => decoder.text(line.into()),
        };
        let Ok(Some(packet)) = packet else { continue };
        let mut again = Decoder::default();
        let mut read = None;
        for frame in packet.encode() {
            read = match frame {
                Frame::Text(text) => again.text(text[1..].into()),
                Frame::Binary(bytes) => again.binary(bytes),
            }
            .expect("what was written is read");
        }
        assert_eq!(read, Some(packet));
    }
});
