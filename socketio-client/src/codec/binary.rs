//! Bytes anywhere inside an argument, and the packets that bring them. Without the feature `binary`,
//! `without/binary.rs` stands here.

use std::{cell::RefCell, fmt, ops::Deref, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

use super::{
    MAX_ATTACHMENTS, MAX_PACKET, ParseError, base64, json,
    packet::{self, Packet},
};

/// Bytes, anywhere inside an event's arguments: they travel as they are, beside the JSON.
///
/// ```
/// # use socketio_client::Binary;
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Upload {
///     name: String,
///     bytes: Binary,
/// }
/// let upload = Upload { name: "cat.png".into(), bytes: vec![0x89, 0x50].into() };
/// assert_eq!(upload.bytes[0], 0x89);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Binary(pub Arc<[u8]>);

/// What goes with a packet's text.
pub type Attachments = Vec<Binary>;

impl Binary {
    /// What a transport received: nothing where no binary can be received.
    #[cfg(feature = "page")]
    #[allow(clippy::unnecessary_wraps, reason = "without `binary` there is none")]
    pub(crate) fn received(bytes: impl FnOnce() -> Vec<u8>) -> Option<Self> {
        Some(bytes().into())
    }

    /// Does what has to be done before binary comes.
    #[cfg(feature = "page")]
    pub(crate) fn prepare(prepare: impl FnOnce()) {
        prepare();
    }

    pub(super) fn from_base64(text: &str) -> Result<Self, ParseError> {
        base64::decode(text).map(Self::from).ok_or(ParseError::Base64)
    }

    pub(super) fn push_base64(&self, out: &mut String) {
        out.push('b');
        base64::encode(self, out);
    }
}

impl Deref for Binary {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Binary {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl From<&[u8]> for Binary {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Debug for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Binary").field(&self.0.len()).finish()
    }
}

thread_local! {
    /// The attachments of the packet that is being written or read on this thread: serde has no
    /// other way to hand them past the types of the user.
    static ATTACHMENTS: RefCell<Vec<Binary>> = const { RefCell::new(Vec::new()) };
}

#[cfg(any(feature = "page", feature = "native"))]
/// Runs `write` and returns the binaries that it serialised, after `attachments`.
pub(crate) fn collecting<T>(attachments: &mut Attachments, write: impl FnOnce() -> T) -> T {
    let before = ATTACHMENTS.replace(std::mem::take(attachments));
    let written = write();
    *attachments = ATTACHMENTS.replace(before);
    written
}

#[cfg(any(feature = "page", feature = "native"))]
/// Runs `read` with `attachments` for the binaries that it deserialises.
pub(crate) fn providing<T>(attachments: &Attachments, read: impl FnOnce() -> T) -> T {
    collecting(&mut attachments.clone(), read)
}

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let num = ATTACHMENTS.with_borrow_mut(|list| {
            list.push(self.clone());
            list.len() - 1
        });
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("_placeholder", &true)?;
        map.serialize_entry("num", &num)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Placeholder)
    }
}

struct Placeholder;

impl<'de> Visitor<'de> for Placeholder {
    type Value = Binary;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("binary")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Binary, A::Error> {
        let mut flagged = false;
        let mut num = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "_placeholder" => flagged = map.next_value()?,
                "num" => num = Some(map.next_value::<usize>()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        num.filter(|_| flagged)
            .and_then(|num| ATTACHMENTS.with_borrow(|list| list.get(num).cloned()))
            .ok_or_else(|| A::Error::custom("no such attachment"))
    }
}

/// Reads how many attachments a packet announces, and the dash.
pub(super) fn announced(rest: &mut &str) -> Result<usize, ParseError> {
    let (count, after) = rest.split_once('-').ok_or(ParseError::Attachments)?;
    *rest = after;
    json::natural(count.as_bytes())
        .and_then(|count| usize::try_from(count).ok())
        .filter(|at| (1..=MAX_ATTACHMENTS).contains(at))
        .filter(|_| count.bytes().all(|byte| byte.is_ascii_digit()))
        .ok_or(ParseError::Attachments)
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
    #[allow(clippy::needless_pass_by_value, reason = "callers have no use for it any more")]
    pub fn text(&mut self, text: String) -> Result<Option<Packet>, ParseError> {
        if self.partial.is_some() {
            return Err(ParseError::Order);
        }
        let size = text.len();
        if size > MAX_PACKET {
            return Err(ParseError::TooLarge);
        }
        let (packet, attachments) = packet::read(&text)?;
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
