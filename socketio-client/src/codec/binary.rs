//! Bytes anywhere inside an argument.

use std::{cell::RefCell, fmt, ops::Deref, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
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

#[cfg(any(feature = "browser", feature = "native"))]
/// Runs `write` and returns the binaries that it serialised, after `attachments`.
pub(crate) fn collecting<T>(attachments: &mut Vec<Binary>, write: impl FnOnce() -> T) -> T {
    let before = ATTACHMENTS.replace(std::mem::take(attachments));
    let written = write();
    *attachments = ATTACHMENTS.replace(before);
    written
}

#[cfg(any(feature = "browser", feature = "native"))]
/// Runs `read` with `attachments` for the binaries that it deserialises.
pub(crate) fn providing<T>(attachments: &[Binary], read: impl FnOnce() -> T) -> T {
    collecting(&mut attachments.to_vec(), read)
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
