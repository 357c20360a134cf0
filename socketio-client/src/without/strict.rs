//! What the server and the program say is taken as it is. Of packets only the outermost brackets are looked at:
//! what is wrong between them is found by who reads it.

use super::Kind;

/// What is said to a CONNECT without an id.
pub(crate) const OTHER_VERSION: &str = "the server speaks another version";

/// Whether an event may not be called so: who leaves `strict` out knows.
#[cfg(any(feature = "page", feature = "native"))]
pub(crate) fn is_reserved(_: &str) -> bool {
    false
}

/// Whether a namespace may be called so.
#[cfg(any(feature = "page", feature = "native"))]
pub(crate) fn is_namespace(_: &str) -> bool {
    true
}

/// Appends `text` as a JSON string, as it is.
pub(crate) fn push_string(text: &str, out: &mut String) {
    out.push('"');
    out.push_str(text);
    out.push('"');
}

/// There is no space in what servers write.
pub(super) fn trim(json: &str) -> &str {
    json
}

/// A JSON string's characters; escapes stay as they are.
pub(crate) fn string(json: &str) -> Option<String> {
    json.strip_prefix('"')?.strip_suffix('"').map(String::from)
}

pub(super) fn is_json(_: &str) -> bool {
    true
}

pub(super) fn payload(kind: Kind, payload: &str, _: usize) -> Option<String> {
    let ends = (payload.as_bytes().first(), payload.as_bytes().last());
    match (kind, ends) {
        (Kind::Disconnect | Kind::Connect, (None, None))
        | (Kind::Connect | Kind::ConnectError, (Some(b'{'), Some(b'}')))
        | (Kind::ConnectError, (Some(b'"'), Some(b'"')))
        | (Kind::Event | Kind::Ack, (Some(b'['), Some(b']'))) => Some(payload.into()),
        _ => None,
    }
}
