//! Words that have passed their rules. Holding a [`Name`] or a [`MessageText`] means that no one
//! needs to look again.

use crate::error::{ApiError, Reason};
use crate::limits::{
    MESSAGE_CHARS, NAME_CHARS, PASSWORD_CHARS, QUERY_CHARS, ROOM_NAME_CHARS, TITLE_CHARS,
    TOPIC_CHARS,
};
use serde::Serialize;
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    pub fn parse(input: &str) -> Result<Self, ApiError> {
        visible("name", trimmed("name", input, NAME_CHARS)?).map(|text| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct MessageText(String);

impl MessageText {
    pub fn parse(input: &str) -> Result<Self, ApiError> {
        trimmed("text", input, MESSAGE_CHARS).map(|text| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a room is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct RoomName(String);

impl RoomName {
    pub fn parse(input: &str) -> Result<Self, ApiError> {
        visible("name", trimmed("name", input, ROOM_NAME_CHARS)?).map(|text| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a room is about; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Topic(String);

impl Topic {
    pub fn parse(input: &str) -> Result<Self, ApiError> {
        if input.trim().is_empty() {
            return Ok(Self::default());
        }
        visible("topic", trimmed("topic", input, TOPIC_CHARS)?).map(|text| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Title(String);

impl Title {
    pub fn parse(input: &str) -> Result<Self, ApiError> {
        trimmed("title", input, TITLE_CHARS).map(|text| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Words to search for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query(String);

impl Query {
    pub fn parse(input: &str) -> Result<Self, ApiError> {
        trimmed("query", input, QUERY_CHARS).map(|text| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Kept as it is typed, spaces at its ends too. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    pub fn parse(input: &str) -> Result<Self, ApiError> {
        let length = input.chars().count();
        if length < *PASSWORD_CHARS.start() {
            let message = format!("a password has at least {} characters", PASSWORD_CHARS.start());
            return Err(ApiError::invalid("password", Reason::TooShort, message));
        }
        if length > *PASSWORD_CHARS.end() {
            return Err(ApiError::too_long("password", *PASSWORD_CHARS.end()));
        }
        Ok(Self(input.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

fn visible<'a>(field: &str, text: &'a str) -> Result<&'a str, ApiError> {
    if text.chars().any(|c| c.is_control() || is_invisible(c)) {
        let message = format!("`{field}` can't hold control characters or invisible ones");
        return Err(ApiError::invalid(field, Reason::Characters, message));
    }
    Ok(text)
}

fn trimmed<'a>(field: &str, input: &'a str, max: usize) -> Result<&'a str, ApiError> {
    let text = input.trim();
    if text.is_empty() {
        return Err(ApiError::invalid(field, Reason::Empty, format!("`{field}` is empty")));
    }
    // PostgreSQL has no way to keep a NUL in a text.
    if text.contains('\0') {
        let message = format!("`{field}` holds a NUL character");
        return Err(ApiError::invalid(field, Reason::Characters, message));
    }
    if text.chars().count() > max {
        return Err(ApiError::too_long(field, max));
    }
    Ok(text)
}

/// Characters that a reader doesn't see, or that turn the text around them: bidi controls, zero
/// widths, fillers, tags. With them one name could pass for another.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(result: Result<Name, ApiError>) -> Option<Reason> {
        result.err().and_then(|error| error.reason())
    }

    #[test]
    fn a_name_is_trimmed_and_has_1_to_20_characters() {
        assert_eq!(Name::parse("  Анна \n").unwrap().as_str(), "Анна");
        assert!(Name::parse(&"я".repeat(20)).is_ok());
        assert_eq!(reason(Name::parse(&"я".repeat(21))), Some(Reason::TooLong));
        assert_eq!(reason(Name::parse(" \t ")), Some(Reason::Empty));
    }

    #[test]
    fn a_name_holds_nothing_that_hides() {
        for hidden in ["a\u{202e}b", "a\u{200b}b", "a\u{0}b", "a\u{7}b", "\u{3164}", "a\u{2066}b"] {
            assert_eq!(reason(Name::parse(hidden)), Some(Reason::Characters), "{hidden:?}");
        }
    }

    #[test]
    fn a_text_has_1_to_5000_characters_and_keeps_its_lines() {
        assert_eq!(MessageText::parse(" a\nb ").unwrap().as_str(), "a\nb");
        assert!(MessageText::parse(&"字".repeat(5_000)).is_ok());
        let error = MessageText::parse(&"字".repeat(5_001)).unwrap_err();
        assert_eq!(error.details.and_then(|details| details.max), Some(5_000));
        assert!(MessageText::parse("").is_err());
    }
}
