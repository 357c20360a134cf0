//! Engine.IO 4 and Socket.IO 5, as far as text frames go, for one namespace.

use memchr::memmem;

/// What a server says in one text frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Packet<'a> {
    /// The connection is there: now the namespace may be asked for.
    Open,
    Ping,
    /// The namespace lets one in.
    Connected,
    Refused(&'a [u8]),
    /// The array of an event's name and payload.
    Event(&'a [u8]),
    /// The array of an answer.
    Ack(u32, &'a [u8]),
    Disconnected,
    /// Nothing that matters here.
    Other,
}

/// The frame that answers a ping: `3`.
pub(crate) const PONG: [u8; 7] = [0x81, 0x81, 0, 0, 0, 0, b'3'];

impl<'a> Packet<'a> {
    pub(crate) fn read(frame: &'a [u8], namespace: &str) -> Self {
        match frame {
            b"2" => return Self::Ping,
            [b'0', ..] => return Self::Open,
            b"1" => return Self::Disconnected,
            _ => {}
        }
        let Some((kind, rest)) = of_namespace(frame, namespace) else { return Self::Other };
        match kind {
            b'0' => Self::Connected,
            b'1' => Self::Disconnected,
            b'2' => Self::Event(rest),
            b'3' => ack(rest).unwrap_or(Self::Other),
            b'4' => Self::Refused(rest),
            _ => Self::Other,
        }
    }
}

/// A message's kind, and what follows the namespace. The main one isn't named.
fn of_namespace<'a>(frame: &'a [u8], namespace: &str) -> Option<(u8, &'a [u8])> {
    let [b'4', kind, rest @ ..] = frame else { return None };
    if namespace == "/" {
        return (rest.first() != Some(&b'/')).then_some((*kind, rest));
    }
    let rest = rest.strip_prefix(namespace.as_bytes())?;
    // A CONNECT's and a DISCONNECT's may end there.
    if rest.is_empty() { Some((*kind, rest)) } else { Some((*kind, rest.strip_prefix(b",")?)) }
}

fn ack(rest: &[u8]) -> Option<Packet<'_>> {
    let (id, answer) = number(rest)?;
    Some(Packet::Ack(u32::try_from(id).ok()?, answer))
}

/// The digits at the beginning, and what follows them.
pub(crate) fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = str::from_utf8(&text[..digits]).ok()?.parse().ok()?;
    Some((number, &text[digits..]))
}

/// Who said a message, the how manieth of theirs it is, and when they said it (in microseconds, by the
/// generator's clock). It stands at the beginning of the text, where every server leaves it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) sender: u32,
    pub(crate) number: u32,
    pub(crate) at: u64,
}

/// What no one here says as many of.
const MOST: u64 = 10_000_000;

impl Mark {
    pub(crate) fn text(self) -> String {
        // As long as what people say, and not only ASCII. An `@` would call someone.
        format!("#{}.{}.{} чай is tea is 茶", self.sender, self.number, self.at)
    }

    /// Looks for the text in a message as JSON.
    pub(crate) fn find(payload: &[u8]) -> Option<Self> {
        const TEXT: &[u8] = b"\"text\":\"#";
        let rest = &payload[memmem::find(payload, TEXT)? + TEXT.len()..];
        Self::parse(rest)
    }

    /// Of a text, without the `#`.
    pub(crate) fn parse(rest: &[u8]) -> Option<Self> {
        let (sender, rest) = number(rest)?;
        let (number_, rest) = number(rest.strip_prefix(b".")?)?;
        let (at, _) = number(rest.strip_prefix(b".")?)?;
        if number_ > MOST {
            return None;
        }
        Some(Self { sender: u32::try_from(sender).ok()?, number: u32::try_from(number_).ok()?, at })
    }
}

/// The first number of that name in an object: `"rev":17`.
pub(crate) fn field(payload: &[u8], quoted: &[u8]) -> Option<u64> {
    let rest = &payload[memmem::find(payload, quoted)? + quoted.len()..];
    Some(number(rest)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn packets_of_a_namespace_are_told_apart() {
        let cases: [(&str, Packet<'_>); 10] = [
            ("0{\"sid\":\"x\"}", Packet::Open),
            ("2", Packet::Ping),
            ("40/chat,{\"sid\":\"y\"}", Packet::Connected),
            ("44/chat,{\"message\":\"banned\"}", Packet::Refused(b"{\"message\":\"banned\"}")),
            ("42/chat,[\"message\",{}]", Packet::Event(b"[\"message\",{}]")),
            ("43/chat,17[{\"ok\":true}]", Packet::Ack(17, b"[{\"ok\":true}]")),
            ("41/chat", Packet::Disconnected),
            ("1", Packet::Disconnected),
            ("42[\"message\",{}]", Packet::Other),
            ("42/chatter,[\"message\",{}]", Packet::Other),
        ];
        for (frame, packet) in cases {
            assert_eq!(Packet::read(frame.as_bytes(), "/chat"), packet, "{frame}");
        }
        assert_eq!(Packet::read(b"42[\"message\"]", "/"), Packet::Event(b"[\"message\"]"));
        assert_eq!(Packet::read(b"42/chat,[\"message\"]", "/"), Packet::Other);
    }

    #[test]
    fn a_broken_ack_is_nothing() {
        for frame in ["43/chat,[1]", "43/chat,99999999999[1]", "43/chat,x[1]", "43/chat"] {
            assert_eq!(Packet::read(frame.as_bytes(), "/chat"), Packet::Other, "{frame}");
        }
    }

    #[test]
    fn a_mark_is_found_again() {
        let mark = Mark { sender: 7, number: 42, at: 1_234_567 };
        let payload = format!("[\"message\",{{\"message\":{{\"text\":\"{}\"}}}}]", mark.text());
        assert_eq!(Mark::find(payload.as_bytes()), Some(mark));
    }

    #[test]
    fn a_broken_mark_is_none() {
        for text in [
            "",
            "#",
            "#1",
            "#1.2",
            "#1.2.",
            "#1.-2.3",
            "#1.99999999.3",
            "#99999999999.1.3",
            "hello",
        ] {
            let payload = format!("{{\"text\":\"{text}\"}}");
            assert_eq!(Mark::find(payload.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_field_is_a_number() {
        assert_eq!(field(br#"{"room":"r","rev":17,"message":{"rev":18}}"#, b"\"rev\":"), Some(17));
        assert_eq!(field(br#"{"rev":null}"#, b"\"rev\":"), None);
    }

    proptest! {
        #[test]
        fn any_frame_is_read_without_panic(frame in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = Packet::read(&frame, "/chat");
            let _ = Mark::find(&frame);
        }
    }
}
