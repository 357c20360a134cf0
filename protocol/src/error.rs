//! The error object: what every refusal looks like, on a socket, in REST and on the page.

use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    Validation,
    Unauthorized,
    Forbidden,
    NotFound,
    Conflict,
    RateLimited,
    RoomFull,
    TooLarge,
    Unavailable,
    Internal,
}

impl ErrorCode {
    pub fn http_status(self) -> u16 {
        match self {
            Self::Validation => 422,
            Self::Unauthorized => 401,
            Self::Forbidden | Self::RoomFull => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::RateLimited => 429,
            Self::TooLarge => 413,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }
}

/// What is wrong with a value, so that a page can say it in its reader's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    Empty,
    TooShort,
    TooLong,
    Characters,
    Taken,
    Malformed,
    Unknown,
    /// The name or the password; never which of them.
    Wrong,
    /// The invite that is needed is missing, expired or used up.
    Invite,
    /// It is switched off on this server.
    Closed,
    Banned,
    Muted,
    Archived,
}

impl Reason {
    pub const ALL: [Self; 13] = [
        Self::Empty,
        Self::TooShort,
        Self::TooLong,
        Self::Characters,
        Self::Taken,
        Self::Malformed,
        Self::Unknown,
        Self::Wrong,
        Self::Invite,
        Self::Closed,
        Self::Banned,
        Self::Muted,
        Self::Archived,
    ];

    /// The word for it on the wire and in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooShort => "too-short",
            Self::TooLong => "too-long",
            Self::Characters => "characters",
            Self::Taken => "taken",
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
            Self::Wrong => "wrong",
            Self::Invite => "invite",
            Self::Closed => "closed",
            Self::Banned => "banned",
            Self::Muted => "muted",
            Self::Archived => "archived",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Details {
    pub field: String,
    pub reason: Reason,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiError {
    pub code: ErrorCode,
    pub message: String,
    /// Milliseconds until another try makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Details>,
}

impl ApiError {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after: None, details: None }
    }

    pub fn invalid(field: &str, reason: Reason, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Validation, message).because(field, reason)
    }

    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Forbidden, message)
    }

    /// Says what it is about, for a page to say it in its reader's language.
    #[must_use]
    pub fn because(mut self, field: &str, reason: Reason) -> Self {
        self.details = Some(Details { field: field.to_owned(), reason, max: None });
        self
    }

    #[must_use]
    pub fn after(mut self, milliseconds: u64) -> Self {
        self.retry_after = Some(milliseconds);
        self
    }

    pub fn rate_limited(retry_after: u64) -> Self {
        Self::new(ErrorCode::RateLimited, "that was too much at once; wait a little")
            .after(retry_after)
    }

    pub fn too_long(field: &str, max: usize) -> Self {
        let details = Details { field: field.to_owned(), reason: Reason::TooLong, max: Some(max) };
        let message = format!("`{field}` may have at most {max} characters");
        Self { details: Some(details), ..Self::new(ErrorCode::Validation, message) }
    }

    pub fn unauthorized() -> Self {
        Self::new(ErrorCode::Unauthorized, "sign in first")
    }

    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("there is no such {what}"))
    }

    pub fn unavailable(retry_after: u64) -> Self {
        let message = "the server can't take this just now; try again";
        Self { retry_after: Some(retry_after), ..Self::new(ErrorCode::Unavailable, message) }
    }

    pub fn internal() -> Self {
        Self::new(ErrorCode::Internal, "something went wrong on the server; it has been logged")
    }

    pub fn reason(&self) -> Option<Reason> {
        self.details.as_ref().map(|details| details.reason)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_one_name_everywhere() {
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        }
    }
}
