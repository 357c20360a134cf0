//! Socket.IO v5 packets.

use std::borrow::Cow;

use super::{Binary, MAX_ATTACHMENTS, MAX_PACKET, ParseError, engine::Frame, json};

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
    pub attachments: Vec<Binary>,
}

/// The event names that the JavaScript library keeps for itself.
pub(crate) const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

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
    let mut digits = [0_u8; 20];
    let mut count = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        count += 1;
        if number == 0 {
            break;
        }
    }
    text.extend(digits.iter().skip(20 - count).map(|&digit| char::from(digit)));
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

/// Puts packets together from Engine.IO messages.
#[derive(Debug, Default)]
pub struct Decoder {
    /// The packet whose attachments are still to come, how many, and how many bytes there are.
    partial: Option<(Packet, usize, usize)>,
}

impl Decoder {
    /// Takes a text message.
    ///
    /// # Errors
    /// When it is not a packet, or an attachment was due.
    pub fn text(&mut self, text: String) -> Result<Option<Packet>, ParseError> {
        if self.partial.is_some() {
            return Err(ParseError::Order);
        }
        let size = text.len();
        if size > MAX_PACKET {
            return Err(ParseError::TooLarge);
        }
        let (packet, attachments) = read(text)?;
        if attachments == 0 {
            return Ok(Some(packet));
        }
        self.partial = Some((packet, attachments, size));
        Ok(None)
    }

    /// Takes a binary message.
    ///
    /// # Errors
    /// When no attachment was due, or the packet grows too large.
    pub fn binary(&mut self, bytes: Binary) -> Result<Option<Packet>, ParseError> {
        let (mut packet, due, size) = self.partial.take().ok_or(ParseError::Order)?;
        let size = size.saturating_add(bytes.len());
        if size > MAX_PACKET {
            return Err(ParseError::TooLarge);
        }
        packet.attachments.push(bytes);
        if packet.attachments.len() == due {
            return Ok(Some(packet));
        }
        self.partial = Some((packet, due, size));
        Ok(None)
    }
}

fn read(mut text: String) -> Result<(Packet, usize), ParseError> {
    let mut rest = text.as_str();
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
    let mut attachments = 0;
    if digit > b'4' {
        let (count, after) = rest.split_once('-').ok_or(ParseError::Attachments)?;
        attachments = number(count)
            .and_then(|count| usize::try_from(count).ok())
            .filter(|count| (1..=MAX_ATTACHMENTS).contains(count))
            .ok_or(ParseError::Attachments)?;
        rest = after;
    }
    let mut namespace = Cow::Borrowed("/");
    if rest.starts_with('/') {
        let (name, after) = rest.split_once(',').unwrap_or((rest, ""));
        if name != "/" {
            namespace = Cow::Owned(name.into());
        }
        rest = after;
    }
    let (id, payload) = rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count());
    let id = if id.is_empty() { None } else { Some(number(id).ok_or(ParseError::Id)?) };
    let lone = check(kind, payload, attachments).ok_or(ParseError::Payload)?;
    let start = text.len() - payload.len();
    if !lone.is_empty() {
        text = mend(text, start, &lone).ok_or(ParseError::Payload)?;
    }
    text.drain(..start);
    Ok((Packet { kind, namespace, id, payload: text, attachments: Vec::new() }, attachments))
}

fn number(digits: &str) -> Option<u64> {
    let plain =
        !digits.is_empty() && digits.len() < 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    json::natural(digits.as_bytes()).filter(|_| plain)
}

/// Whether the payload is of the shape that its kind has; then the places of broken surrogates in it.
fn check(kind: Kind, payload: &str, attachments: usize) -> Option<Vec<usize>> {
    let mut reader = if attachments > 0 {
        json::Reader::with_placeholders(payload)
    } else {
        json::Reader::new(payload)
    };
    let first = reader.peek();
    match (kind, first) {
        (Kind::Disconnect | Kind::Connect, None) => return Some(Vec::new()),
        (Kind::Connect | Kind::ConnectError, Some(b'{'))
        | (Kind::ConnectError, Some(b'"'))
        | (Kind::Event | Kind::Ack, Some(b'[')) => {}
        _ => return None,
    }
    reader.value()?;
    if !reader.done() || reader.placeholders().iter().any(|&(_, num)| num >= attachments as u64) {
        return None;
    }
    if kind == Kind::Event && !is_event(payload) {
        return None;
    }
    Some(reader.lone().to_vec())
}

fn is_event(payload: &str) -> bool {
    let Some(first) = json::elements(payload).next() else {
        return false;
    };
    match first.as_bytes().first() {
        // Only a name with an escape in it needs to be unfolded to be compared.
        Some(b'"') if first.contains('\\') => {
            json::string(first).is_none_or(|name| !RESERVED.contains(&name.as_str()))
        }
        Some(b'"') => !RESERVED.contains(&first.trim_matches('"')),
        Some(b'-' | b'0'..=b'9') => true,
        _ => false,
    }
}

/// Puts U+FFFD in the place of each half of a surrogate pair, of the same length.
fn mend(text: String, start: usize, lone: &[usize]) -> Option<String> {
    let mut bytes = text.into_bytes();
    for at in lone {
        bytes.get_mut(start + at..start + at + 4)?.copy_from_slice(b"fffd");
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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
