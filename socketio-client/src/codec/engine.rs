//! Engine.IO v4: packets, polling payloads and the opening handshake.

use super::{Binary, ParseError, check, json, packet::until};

/// What one WebSocket message carries, or one part of a polling payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A packet as text, its type first.
    Text(String),
    /// A binary message: it has no type of its own.
    Binary(Binary),
}

impl Frame {
    /// How many bytes it takes in a polling payload.
    pub fn polling_len(&self) -> usize {
        match self {
            Frame::Text(text) => text.len(),
            Frame::Binary(bytes) => 1 + bytes.len().div_ceil(3) * 4,
        }
    }
}

/// A packet from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    /// The handshake, still as JSON.
    Open(String),
    /// The server is going.
    Close,
    /// The server asks for a sign of life.
    Ping,
    /// The answer to a probe, when its text is `probe`.
    Pong(String),
    /// A Socket.IO packet.
    Message(String),
    /// A binary attachment.
    Binary(Binary),
    /// Sent by clients only; servers that echo it are forgiven.
    Upgrade,
    /// Nothing: it only ends a poll.
    Noop,
}

/// The same as [`Packet`], but its text is only borrowed.
pub(crate) enum Part<'a> {
    Open(&'a str),
    Close,
    Ping,
    Pong(&'a str),
    Message(&'a str),
    Binary(Binary),
    Upgrade,
    Noop,
}

/// Reads a text packet.
pub(crate) fn read(text: &str) -> Result<Part<'_>, ParseError> {
    let rest = text.get(1..).ok_or(ParseError::EnginePacket)?;
    Ok(match text.as_bytes().first() {
        Some(b'0') => Part::Open(rest),
        Some(b'1') => Part::Close,
        Some(b'2') => Part::Ping,
        Some(b'3') => Part::Pong(rest),
        Some(b'4') => Part::Message(rest),
        Some(b'5') => Part::Upgrade,
        Some(b'6') => Part::Noop,
        Some(b'b') => Part::Binary(Binary::from_base64(rest)?),
        _ => return Err(ParseError::EnginePacket),
    })
}

/// Reads a packet from a WebSocket message or a part of a polling payload.
///
/// # Errors
/// When its type is none of the protocol's.
pub fn decode(frame: Frame) -> Result<Packet, ParseError> {
    let text = match frame {
        Frame::Binary(bytes) => return Ok(Packet::Binary(bytes)),
        Frame::Text(text) => text,
    };
    Ok(match read(&text)? {
        Part::Open(text) => Packet::Open(text.into()),
        Part::Close => Packet::Close,
        Part::Ping => Packet::Ping,
        Part::Pong(text) => Packet::Pong(text.into()),
        Part::Message(text) => Packet::Message(text.into()),
        Part::Binary(bytes) => Packet::Binary(bytes),
        Part::Upgrade => Packet::Upgrade,
        Part::Noop => Packet::Noop,
    })
}

const SEPARATOR: char = '\x1e';

/// Joins packets to the body of a POST.
pub fn encode_payload<'a>(frames: impl IntoIterator<Item = &'a Frame>) -> String {
    let mut body = String::new();
    for (at, frame) in frames.into_iter().enumerate() {
        if at > 0 {
            body.push(SEPARATOR);
        }
        match frame {
            Frame::Text(text) => body.push_str(text),
            Frame::Binary(bytes) => bytes.push_base64(&mut body),
        }
    }
    body
}

/// The packets of a GET's body, one by one.
pub fn decode_payload(body: &str) -> impl Iterator<Item = Result<Packet, ParseError>> {
    let mut rest = Some(body);
    std::iter::from_fn(move || {
        let part = next_part(&mut rest)?;
        Some(decode(Frame::Text(part.into())))
    })
}

/// Takes the first part off a GET's body.
pub(crate) fn next_part<'a>(body: &mut Option<&'a str>) -> Option<&'a str> {
    let whole = (*body)?;
    let part = until(whole, |byte| byte == SEPARATOR as u8);
    *body = whole.get(part.len() + 1..);
    Some(part)
}

/// What the server says when a connection opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// The session's id.
    pub sid: String,
    /// Whether the server offers a WebSocket for this polling session.
    pub websocket: bool,
    /// Milliseconds from one ping to the next.
    pub ping_interval: u64,
    /// Milliseconds that a ping may be late.
    pub ping_timeout: u64,
    /// How large a POST may be, where the server says so.
    pub max_payload: Option<usize>,
}

/// The longest time that a browser's timer can count.
pub(crate) const MAX_TIMER: u64 = i32::MAX as u64;

impl Handshake {
    /// Reads the JSON of an [`Packet::Open`].
    ///
    /// # Errors
    /// When it is not an object with a session id and both heartbeat times.
    pub fn decode(text: &str) -> Result<Self, ParseError> {
        Self::read(text).ok_or(ParseError::Handshake)
    }

    fn read(text: &str) -> Option<Self> {
        if !check::is_json(text) {
            return None;
        }
        let sid = json::string(json::member(text, "sid")?)?;
        let number = |name| json::natural(json::member(text, name)?.as_bytes());
        // What only a feature asks for is not looked for without it.
        let max_payload = if cfg!(feature = "linger") { number("maxPayload") } else { None };
        let max_payload = max_payload.filter(|&max| max > 0);
        let upgrades =
            if cfg!(feature = "upgrade") { json::member(text, "upgrades") } else { None };
        Some(Self {
            websocket: upgrades
                .is_some_and(|list| json::elements(list).any(|name| name == "\"websocket\"")),
            ping_interval: number("pingInterval")?.min(MAX_TIMER / 2),
            ping_timeout: number("pingTimeout")?.min(MAX_TIMER / 2),
            max_payload: max_payload.and_then(|max| usize::try_from(max).ok()),
            sid: Some(sid).filter(|sid| !sid.is_empty())?,
        })
    }
}

#[cfg(all(test, feature = "full"))]
mod tests {
    use super::*;

    #[test]
    fn handshake() {
        let text = r#"{"sid":"a","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;
        assert_eq!(
            Handshake::decode(text),
            Ok(Handshake {
                sid: "a".into(),
                websocket: true,
                ping_interval: 25_000,
                ping_timeout: 20_000,
                max_payload: Some(1_000_000)
            })
        );
        let huge = r#"{"sid":"a","pingInterval":1e308,"pingTimeout":99999999999999999999999}"#;
        assert_eq!(Handshake::decode(huge).unwrap().ping_interval, MAX_TIMER / 2);
        for text in [
            "",
            "{}",
            "[]",
            r#"{"sid":1,"pingInterval":1,"pingTimeout":1}"#,
            "{\"sid\":\"a\"",
            r#"{"sid":"a","pingInterval":-1,"pingTimeout":1}"#,
        ] {
            assert_eq!(Handshake::decode(text), Err(ParseError::Handshake), "{text}");
        }
    }

    #[test]
    fn payload() {
        let frames = [Frame::Text("4a".into()), Frame::Binary(vec![1, 2, 3, 4].into())];
        let body = encode_payload(&frames);
        assert_eq!(body, "4a\x1ebAQIDBA==");
        assert_eq!(body.len(), frames.iter().map(Frame::polling_len).sum::<usize>() + 1);
        assert_eq!(
            decode_payload(&body).collect::<Vec<_>>(),
            [Ok(Packet::Message("a".into())), Ok(Packet::Binary(vec![1, 2, 3, 4].into()))]
        );
        assert_eq!(decode_payload("").collect::<Vec<_>>(), [Err(ParseError::EnginePacket)]);
        assert_eq!(decode(Frame::Text("é".into())), Err(ParseError::EnginePacket));
    }
}
