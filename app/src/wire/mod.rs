//! Reading in the browser. What serde derives for the same types would be a tenth of the whole page, so
//! the page takes a text apart once ([`json`]) and picks from that what it knows ([`types`], [`sync`]).
//!
//! It reads what serde writes. What it doesn't know there it passes over, and what serde leaves out is
//! `None`; all else must be as it should, or nothing at all is read.

mod json;
mod plain;
mod sync;
#[cfg(test)]
mod tests;
mod types;

pub use json::Json;
pub use sync::{Synced, since};

use protocol::{ApiError, reply};
use uuid::Uuid;

/// Something that can be read.
pub trait Read: Sized {
    /// What doesn't fit is noted in `bad`, and anything at all stands in its place: to look after each
    /// part whether there is one would be most of the code.
    fn read(json: &Json, bad: &mut bool) -> Self;

    /// Reads what a map holds under this name. On its own because there are many fields, of few types.
    #[inline(never)]
    fn member(json: &Json, name: &str, bad: &mut bool) -> Self {
        Self::read(json.member(name), bad)
    }
}

/// Reads a text.
pub fn from_str<T: Read>(text: &str) -> Option<T> {
    of(&Json::parse(text)?)
}

/// Reads what an event carries: the text is `["name", {…}]`.
pub fn from_event<T: Read>(text: &str) -> Option<T> {
    of(Json::parse(text)?.item(1))
}

/// Reads the server's answer, in the shape that [`reply`] describes: the text is `[{…}]`.
pub fn from_answer<T: Read>(text: &str) -> Result<T, ApiError> {
    let parts = Json::parse(text).unwrap_or(Json::Null);
    let answer = parts.item(0);
    match refused(answer) {
        Some(error) => Err(error),
        None => of(answer).ok_or_else(reply::unreadable),
    }
}

fn refused(answer: &Json) -> Option<ApiError> {
    match answer.member("ok") {
        Json::Bool(true) => None,
        Json::Bool(false) => of(answer.member("error")).or_else(|| Some(reply::unreadable())),
        _ => Some(reply::unreadable()),
    }
}

fn of<T: Read>(json: &Json) -> Option<T> {
    let mut bad = false;
    let value = T::read(json, &mut bad);
    (!bad).then_some(value)
}

/// Only as ids are written here: with hyphens.
pub fn uuid(text: &str) -> Option<Uuid> {
    let mut number = 0;
    for (at, byte) in text.bytes().enumerate() {
        if let 8 | 13 | 18 | 23 = at {
            if byte != b'-' {
                return None;
            }
        } else {
            number = number << 4 | u128::from(char::from(byte).to_digit(16)?);
        }
    }
    (text.len() == 36).then_some(Uuid::from_u128(number))
}
