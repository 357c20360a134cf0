//! Engine.IO v4: packets, polling payloads and the opening handshake.

use super::{Binary, ParseError, base64, json};

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

/// Reads a packet from a WebSocket message or a part of a polling payload.
///
/// # Errors
/// When its type is none of the protocol's.
pub fn decode(frame: Frame) -> Result<Packet, ParseError> {
    let mut text = match frame {
        Frame::Binary(bytes) => return Ok(Packet::Binary(bytes)),
        Frame::Text(text) => text,
    };
    let kind = text.bytes().next().ok_or(ParseError::EnginePacket)?;
    if !kind.is_ascii() {
        return Err(ParseError::EnginePacket);
    }
    text.drain(..1);
    Ok(match kind {
        b'0' => Packet::Open(text),
        b'1' => Packet::Close,
        b'2' => Packet::Ping,
        b'3' => Packet::Pong(text),
        b'4' => Packet::Message(text),
        b'5' => Packet::Upgrade,
        b'6' => Packet::Noop,
        b'b' => Packet::Binary(base64::decode(&text).ok_or(ParseError::Base64)?.into()),
        _ => return Err(ParseError::EnginePacket),
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
            Frame::Binary(bytes) => {
                body.push('b');
                base64::encode(bytes, &mut body);
            }
        }
    }
    body
}

/// The packets of a GET's body, one by one.
pub fn decode_payload(body: &str) -> impl Iterator<Item = Result<Packet, ParseError>> {
    body.split(SEPARATOR).map(|part| decode(Frame::Text(part.into())))
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
        let mut reader = json::Reader::new(text);
        reader.value()?;
        if !reader.done() {
            return None;
        }
        let sid = json::string(json::member(text, "sid")?)?;
        let number = |name| json::natural(json::member(text, name)?.as_bytes());
        let max_payload = number("maxPayload").filter(|&max| max > 0);
        let mut upgrades = json::elements(json::member(text, "upgrades").unwrap_or_default());
        Some(Self {
            websocket: upgrades.any(|name| name == "\"websocket\""),
            ping_interval: number("pingInterval")?.min(MAX_TIMER / 2),
            ping_timeout: number("pingTimeout")?.min(MAX_TIMER / 2),
            max_payload: max_payload.and_then(|max| usize::try_from(max).ok()),
            sid: Some(sid).filter(|sid| !sid.is_empty())?,
        })
    }
}

#[cfg(test)]
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
