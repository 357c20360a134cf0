#![no_main]

use libfuzzer_sys::fuzz_target;
use socketio_client::codec::engine::{Handshake, Packet, decode_payload};

fuzz_target!(|text: &str| {
    for packet in decode_payload(text).flatten() {
        if let Packet::Open(text) = packet {
            let _ = Handshake::decode(&text);
        }
    }
});
