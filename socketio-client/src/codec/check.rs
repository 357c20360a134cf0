//! Whether a payload is what its packet's kind promises, to the last byte. Without the feature `strict`,
//! `without/strict.rs` stands here.

use super::{Kind, json, reader::Reader};

/// The event names that the JavaScript library keeps for itself.
const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// Whether an event may not be called so.
#[cfg(any(feature = "page", feature = "native"))]
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// What the JavaScript client says to a CONNECT without an id.
pub(crate) const OTHER_VERSION: &str = "It seems you are trying to reach a Socket.IO server in v2.x with a v3.x client, but they are not compatible (more information here: https://socket.io/docs/v3/migrating-from-2-x-to-3-0/)";

/// Whether a namespace may be called so.
#[cfg(any(feature = "page", feature = "native"))]
pub(crate) fn is_namespace(name: &str) -> bool {
    name.starts_with('/') && !name.bytes().any(|byte| byte == b',' || byte < b' ')
}

/// Appends `text` as a JSON string.
pub(crate) fn push_string(text: &str, out: &mut String) {
    if let Ok(json) = serde_json::to_string(text) {
        out.push_str(&json);
    }
}

/// JSON without the space around it.
pub(super) fn trim(json: &str) -> &str {
    json.trim_ascii()
}

/// A JSON string's characters.
pub(crate) fn string(json: &str) -> Option<String> {
    serde_json::from_str(json).ok()
}

/// Whether this is one JSON value and nothing else.
pub(super) fn is_json(text: &str) -> bool {
    let mut reader = Reader::new(text);
    reader.value().is_some() && reader.done()
}

/// The payload, if it is of the shape that its kind has; halves of surrogate pairs are mended.
pub(super) fn payload(kind: Kind, payload: &str, attachments: usize) -> Option<String> {
    let mut reader =
        if attachments > 0 { Reader::with_placeholders(payload) } else { Reader::new(payload) };
    let first = reader.peek();
    match (kind, first) {
        (Kind::Disconnect | Kind::Connect, None) => return Some(payload.into()),
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
    mend(payload, reader.lone())
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
fn mend(text: &str, lone: &[usize]) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    for &at in lone {
        bytes.get_mut(at..at + 4)?.copy_from_slice(b"fffd");
    }
    String::from_utf8(bytes).ok()
}
