//! As much of WebSocket as a client needs that trusts its server: whole frames, no extensions.

use std::mem;
use thiserror::Error;

/// More than any server here sends in one frame.
const LONGEST: u64 = 16 << 20;
/// A buffer that has grown over this is given back when it is empty.
const KEPT: usize = 4 << 10;

/// The key of every handshake, and what a server makes of it: the example of RFC 6455.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPTED: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Broken {
    #[error("the server masks its frames")]
    Masked,
    #[error("a frame in parts")]
    InParts,
    #[error("a frame of an unknown kind ({0:#04x})")]
    Unknown(u8),
    #[error("a frame of {0} bytes")]
    TooLong(u64),
    #[error("no WebSocket: {0}")]
    NotUpgraded(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

/// Cuts what arrives into frames, wherever it was torn.
#[derive(Default)]
pub(crate) struct Frames {
    /// The beginning of a frame whose end has not come.
    begun: Vec<u8>,
}

impl Frames {
    pub(crate) fn read(
        &mut self,
        bytes: &[u8],
        each: &mut impl FnMut(Kind, &[u8]),
    ) -> Result<(), Broken> {
        if self.begun.is_empty() {
            let used = cut(bytes, each)?;
            self.begun.extend_from_slice(&bytes[used..]);
            return Ok(());
        }
        let mut whole = mem::take(&mut self.begun);
        whole.extend_from_slice(bytes);
        let used = cut(&whole, each)?;
        whole.drain(..used);
        if !whole.is_empty() || whole.capacity() <= KEPT {
            self.begun = whole;
        }
        Ok(())
    }
}

/// Returns how many bytes the whole frames took.
fn cut(bytes: &[u8], each: &mut impl FnMut(Kind, &[u8])) -> Result<usize, Broken> {
    let mut used = 0;
    while let Some(head) = Head::read(&bytes[used..])? {
        let begin = used + head.size;
        let Some(payload) = bytes.get(begin..begin + head.payload) else { break };
        each(head.kind, payload);
        used = begin + head.payload;
    }
    Ok(used)
}

struct Head {
    kind: Kind,
    size: usize,
    payload: usize,
}

impl Head {
    /// `None` while some of it is missing.
    fn read(bytes: &[u8]) -> Result<Option<Self>, Broken> {
        let &[first, second, ref rest @ ..] = bytes else { return Ok(None) };
        let kind = match first {
            0x81 => Kind::Text,
            0x82 => Kind::Binary,
            0x88 => Kind::Close,
            0x89 => Kind::Ping,
            0x8a => Kind::Pong,
            0x00..=0x02 | 0x80 => return Err(Broken::InParts),
            other => return Err(Broken::Unknown(other)),
        };
        let (extra, payload) = match second {
            0..=125 => (0, Some(u64::from(second))),
            126 => (2, rest.first_chunk().map(|two| u64::from(u16::from_be_bytes(*two)))),
            127 => (8, rest.first_chunk().map(|eight| u64::from_be_bytes(*eight))),
            128.. => return Err(Broken::Masked),
        };
        let Some(payload) = payload else { return Ok(None) };
        match usize::try_from(payload) {
            Ok(size) if payload <= LONGEST => {
                Ok(Some(Self { kind, size: 2 + extra, payload: size }))
            }
            _ => Err(Broken::TooLong(payload)),
        }
    }
}

pub(crate) fn text(payload: &str) -> Vec<u8> {
    frame(0x81, payload.as_bytes())
}

pub(crate) fn pong(payload: &[u8]) -> Vec<u8> {
    frame(0x8a, payload)
}

/// A client masks what it sends, so that no page can write what a proxy takes for a request of its own. There is
/// no proxy here, and a mask of zeros is the cheapest.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASKED: u8 = 0x80;
    const TWO_BYTES: u8 = MASKED + 126;
    const EIGHT_BYTES: u8 = MASKED + 127;
    let mut frame = Vec::with_capacity(payload.len() + 14);
    frame.push(first);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ 0..=125), _) => frame.push(MASKED + length),
        (_, Ok(length)) => {
            frame.push(TWO_BYTES);
            frame.extend(length.to_be_bytes());
        }
        _ => {
            frame.push(EIGHT_BYTES);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend_from_slice(payload);
    frame
}

pub(crate) fn handshake(host: &str, path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
    )
}

/// Where the frames begin, once the answer to the handshake is there.
pub(crate) fn upgraded(bytes: &[u8]) -> Result<Option<usize>, Broken> {
    const END: &[u8] = b"\r\n\r\n";
    let Some(end) = memchr::memmem::find(bytes, END) else { return Ok(None) };
    let answer = String::from_utf8_lossy(&bytes[..end]);
    if answer.starts_with("HTTP/1.1 101 ") && answer.contains(ACCEPTED) {
        Ok(Some(end + END.len()))
    } else {
        Err(Broken::NotUpgraded(answer.lines().next().unwrap_or_default().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// As a server sends it.
    fn unmasked(first: u8, payload: &[u8]) -> Vec<u8> {
        let masked = frame(first, payload);
        let head = masked.len() - payload.len() - 4;
        let mut plain = masked[..head].to_vec();
        plain[1] &= 0x7f;
        plain.extend(payload);
        plain
    }

    fn all(parts: &[&[u8]]) -> Result<Vec<(Kind, Vec<u8>)>, Broken> {
        let (mut frames, mut heard) = (Frames::default(), Vec::new());
        for part in parts {
            frames.read(part, &mut |kind, payload| heard.push((kind, payload.to_vec())))?;
        }
        Ok(heard)
    }

    #[test]
    fn lengths_of_every_kind_are_read() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 100_000] {
            let payload = vec![b'x'; length];
            let heard = all(&[&unmasked(0x81, &payload)]).unwrap();
            assert_eq!(heard, [(Kind::Text, payload)], "{length}");
        }
    }

    #[test]
    fn what_a_trusted_server_does_not_send_is_an_error() {
        let cases: [(&[u8], Broken); 5] = [
            (&frame(0x81, b"2"), Broken::Masked),
            (&[0x01, 1, b'a'], Broken::InParts),
            (&[0x80, 1, b'b'], Broken::InParts),
            (&[0xc1, 1, b'z'], Broken::Unknown(0xc1)),
            (&[0x82, 127, 1, 0, 0, 0, 0, 0, 0, 0], Broken::TooLong(1 << 56)),
        ];
        for (bytes, broken) in cases {
            assert_eq!(all(&[bytes]), Err(broken));
        }
    }

    #[test]
    fn a_big_buffer_is_given_back() {
        let bytes = unmasked(0x81, &vec![b'x'; 100_000]);
        let mut frames = Frames::default();
        frames.read(&bytes[..50_000], &mut |_, _| {}).unwrap();
        frames.read(&bytes[50_000..], &mut |_, _| {}).unwrap();
        assert!(frames.begun.capacity() <= KEPT);
    }

    #[test]
    fn an_upgrade_is_checked() {
        let answer =
            format!("HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: {ACCEPTED}\r\n\r\n");
        assert_eq!(upgraded(answer.as_bytes()), Ok(Some(answer.len())));
        assert_eq!(upgraded(&answer.as_bytes()[..answer.len() - 1]), Ok(None));
        let refused = upgraded(b"HTTP/1.1 503 Service Unavailable\r\n\r\n");
        assert_eq!(refused, Err(Broken::NotUpgraded("HTTP/1.1 503 Service Unavailable".into())));
        assert!(
            upgraded(b"HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: other\r\n\r\n")
                .is_err()
        );
    }

    proptest! {
        #[test]
        fn frames_may_be_torn_anywhere(
            payloads in vec(vec(any::<u8>(), 0..300), 1..8),
            at in vec(any::<prop::sample::Index>(), 0..6),
        ) {
            let stream: Vec<u8> = payloads.iter().flat_map(|one| unmasked(0x82, one)).collect();
            let mut at: Vec<usize> = at.iter().map(|place| place.index(stream.len())).collect();
            at.extend([0, stream.len()]);
            at.sort_unstable();
            let parts: Vec<&[u8]> = at.windows(2).map(|two| &stream[two[0]..two[1]]).collect();
            let heard = all(&parts).unwrap();
            let expected: Vec<_> = payloads.into_iter().map(|one| (Kind::Binary, one)).collect();
            prop_assert_eq!(heard, expected);
        }

        #[test]
        fn any_bytes_are_an_error_or_frames_but_no_panic(bytes in vec(any::<u8>(), 0..200)) {
            let _ = all(&[&bytes]);
        }
    }
}
