//! Socket.IO v5 packets.

use std::borrow::Cow;

use super::{Attachments, ParseError, binary, check, engine::Frame, json};

/// What a packet is for. Binary events and acks are events and acks with attachments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Asks for a namespace, or grants it.
    Connect,
    /// Leaves a namespace, or puts the client out of it.
    Disconnect,
    /// An event: a name and its arguments.
    Event,
    /// The answer to an event.
    Ack,
    /// A namespace refused.
    ConnectError,
}

/// One packet. Its payload stays JSON text, checked, until somebody asks for a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// What it is for.
    pub kind: Kind,
    /// The namespace, with its leading slash.
    pub namespace: Cow<'static, str>,
    /// The number by which an event and its answer find each other.
    pub id: Option<u64>,
    /// JSON, or nothing. Attachments stand in it as `{"_placeholder":true,"num":0}`.
    pub payload: String,
    /// The attachments, in order.
    pub attachments: Attachments,
}

/// Writes a packet as the text of an Engine.IO message; its attachments follow as frames of their own.
pub fn encode(
    kind: Kind,
    namespace: &str,
    id: Option<u64>,
    payload: &str,
    attachments: usize,
) -> String {
    let mut text = String::with_capacity(namespace.len() + payload.len() + 16);
    text.push('4');
    text.push(match kind {
        Kind::Connect => '0',
        Kind::Disconnect => '1',
        Kind::Event if attachments > 0 => '5',
        Kind::Event => '2',
        Kind::Ack if attachments > 0 => '6',
        Kind::Ack => '3',
        Kind::ConnectError => '4',
    });
    if attachments > 0 {
        push_number(attachments as u64, &mut text);
        text.push('-');
    }
    if namespace != "/" {
        text.push_str(namespace);
        text.push(',');
    }
    if let Some(id) = id {
        push_number(id, &mut text);
    }
    text.push_str(payload);
    text
}

/// Digits without the formatting machinery, which a page need not otherwise carry.
pub(crate) fn push_number(mut number: u64, text: &mut String) {
    let mut unit = 1_u64;
    while number / unit >= 10 {
        unit *= 10;
    }
    while unit > 0 {
        text.push(char::from(b'0' + (number / unit % 10) as u8));
        number %= unit;
        unit /= 10;
    }
}

impl Packet {
    /// The packet as Engine.IO frames.
    pub fn encode(&self) -> Vec<Frame> {
        let count = self.attachments.len();
        let text = encode(self.kind, &self.namespace, self.id, &self.payload, count);
        let attachments = self.attachments.iter().cloned().map(Frame::Binary);
        std::iter::once(Frame::Text(text)).chain(attachments).collect()
    }
}

pub(super) fn read(text: &str) -> Result<(Packet, usize), ParseError> {
    let mut rest = text;
    let digit = rest.as_bytes().first().copied().unwrap_or(0);
    let kind = match digit {
        b'0' => Kind::Connect,
        b'1' => Kind::Disconnect,
        b'2' | b'5' => Kind::Event,
        b'3' | b'6' => Kind::Ack,
        b'4' => Kind::ConnectError,
        _ => return Err(ParseError::PacketType),
    };
    rest = rest.get(1..).unwrap_or_default();
    let attachments = if digit > b'4' { binary::announced(&mut rest)? } else { 0 };
    let mut namespace = Cow::Borrowed("/");
    if rest.starts_with('/') {
        let name = until(rest, |byte| byte == b',');
        if name != "/" {
            namespace = Cow::Owned(name.into());
        }
        rest = rest.get(name.len() + 1..).unwrap_or_default();
    }
    let digits = until(rest, |byte| !byte.is_ascii_digit());
    let payload = rest.get(digits.len()..).unwrap_or_default();
    if digits.len() > 19 {
        return Err(ParseError::Id);
    }
    let id = json::natural(digits.as_bytes());
    let payload = check::payload(kind, payload, attachments).ok_or(ParseError::Payload)?;
    let packet = Packet { kind, namespace, id, payload, attachments: Attachments::default() };
    Ok((packet, attachments))
}

/// The text before the first byte that is such an end.
pub(super) fn until(text: &str, end: fn(u8) -> bool) -> &str {
    let len = text.bytes().position(end).unwrap_or(text.len());
    text.get(..len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Decoder;

    fn decode(text: &str) -> Result<Option<Packet>, ParseError> {
        Decoder::default().text(text.into())
    }

    #[test]
    fn reads_what_the_documentation_shows() {
        let packet = decode(r#"2/admin,456["project:delete",123]"#).unwrap().unwrap();
        assert_eq!(
            (packet.kind, &*packet.namespace, packet.id),
            (Kind::Event, "/admin", Some(456))
        );
        assert_eq!(packet.payload, r#"["project:delete",123]"#);
        assert_eq!(packet.encode(), [Frame::Text(r#"42/admin,456["project:delete",123]"#.into())]);
        let packet = decode(r#"0{"sid":"x"}"#).unwrap().unwrap();
        assert_eq!((packet.kind, &*packet.namespace), (Kind::Connect, "/"));
        assert_eq!(&*decode("1/admin,").unwrap().unwrap().namespace, "/admin");
        assert_eq!(&*decode("1/admin").unwrap().unwrap().namespace, "/admin");
        assert_eq!(decode(r#"4"Not authorized""#).unwrap().unwrap().kind, Kind::ConnectError);
        assert!(decode("2[7]").is_ok());
    }

    #[cfg(feature = "binary")]
    #[test]
    fn attachments_come_after() {
        let mut decoder = Decoder::default();
        let text = r#"51-/n,1["x",{"_placeholder":true,"num":0}]"#;
        assert_eq!(decoder.text(text.into()), Ok(None));
        assert_eq!(decoder.text("2[\"y\"]".into()), Err(ParseError::Order));
        let packet = decoder.binary(vec![7].into()).unwrap().unwrap();
        assert_eq!(packet.encode()[0], Frame::Text(format!("4{text}")));
        assert_eq!(decoder.binary(vec![7].into()), Err(ParseError::Order));
    }

    #[cfg(feature = "strict")]
    #[test]
    fn refuses_what_is_malformed() {
        for (text, error) in [
            ("", ParseError::PacketType),
            ("7", ParseError::PacketType),
            ("é", ParseError::PacketType),
            ("2", ParseError::Payload),
            ("2[]", ParseError::Payload),
            ("2{}", ParseError::Payload),
            ("2[null]", ParseError::Payload),
            ("2[\"a\"", ParseError::Payload),
            ("2[\"a\"]x", ParseError::Payload),
            ("2[\"disconnect\"]", ParseError::Payload),
            (r#"2["\u0063onnect"]"#, ParseError::Payload),
            ("3", ParseError::Payload),
            ("1{}", ParseError::Payload),
            ("0[]", ParseError::Payload),
            ("4", ParseError::Payload),
            ("299999999999999999999999[\"a\"]", ParseError::Id),
            ("5[\"a\"]", ParseError::Attachments),
            ("50-[\"a\"]", ParseError::Attachments),
            ("5-[\"a\"]", ParseError::Attachments),
            ("5257-[\"a\"]", ParseError::Attachments),
            ("5+1-[\"a\"]", ParseError::Attachments),
            (r#"51-["a",{"_placeholder":true,"num":1}]"#, ParseError::Payload),
            (r#"51-["a",{"_placeholder":true,"num":-1}]"#, ParseError::Payload),
        ] {
            assert_eq!(decode(text), Err(error), "{text}");
        }
    }

    #[cfg(feature = "strict")]
    #[test]
    fn half_a_surrogate_pair_becomes_readable() {
        let packet = decode(r#"2["a","\ud83d"]"#).unwrap().unwrap();
        assert_eq!(packet.payload, r#"["a","\ufffd"]"#);
    }

    #[test]
    fn numbers() {
        for number in [0, 9, 10, 1234, u64::MAX] {
            let mut text = String::from("x");
            push_number(number, &mut text);
            assert_eq!(text, format!("x{number}"));
        }
    }
}
