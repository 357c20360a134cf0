//! What a request says: who asks, and for what.

use super::answer::Refusal;
use crate::router::BODY_BYTES;
use app::ssr::session::{bearer, cookie};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use chat::{Address, Chat, Identity};
use http::header::{CONTENT_TYPE, HeaderName, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use protocol::event::Send;
use protocol::{ApiError, ErrorCode, Reason};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt::Display;
use uuid::Uuid;

pub(super) static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A key of any shape becomes an id of this family: the same key, the same id.
const KEYS: Uuid = Uuid::from_u128(0xbe5e_da00_6b65_5900_8000_0000_0000_0001);

/// Who asks: `Authorization: Bearer`, or the session cookie.
pub(super) struct Asker(pub(super) Identity);

impl FromRequestParts<Chat> for Asker {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, chat: &Chat) -> Result<Self, Refusal> {
        let token = bearer(&parts.headers).or_else(|| cookie(&parts.headers));
        let token = token.ok_or_else(ApiError::unauthorized)?;
        let who = chat.authenticate(&token, address(parts)).await?;
        chat.may_ask(&who)?;
        Ok(Self(who))
    }
}

/// Someone who may not be known yet: where they come from, and what they call themselves.
pub(super) struct Caller {
    pub(super) address: Address,
    pub(super) agent: String,
}

impl FromRequestParts<Chat> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Chat) -> Result<Self, Self::Rejection> {
        let agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self { address: address(parts), agent: agent.unwrap_or_default().to_owned() })
    }
}

fn address(parts: &Parts) -> Address {
    parts.extensions.get().copied().unwrap_or(Address::LOCAL)
}

/// The payload that a socket's event would carry, put together from the path and the body, or from the
/// path and the query where there is no body.
pub(super) struct Ask<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Chat> for Ask<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, chat: &Chat) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let named = named(&mut parts, chat).await?;
        if has_body(&parts.method) {
            let mut asked = object(Request::from_parts(parts, body), chat).await?;
            asked.extend(named.into_iter().map(|(name, value)| (name, value.into())));
            return read(asked).map(Self);
        }
        let mut pairs = query(&parts)?;
        pairs.extend(named);
        // As a query again: numbers are read where numbers are wanted.
        let all = serde_urlencoded::to_string(pairs).map_err(|error| malformed(&error))?;
        Ok(Self(serde_urlencoded::from_str(&all).map_err(|error| malformed(&error))?))
    }
}

/// A message to send. Its id may come as `Idempotency-Key`.
pub(super) struct Said(pub(super) Send);

impl FromRequest<Chat> for Said {
    type Rejection = Refusal;

    async fn from_request(request: Request, chat: &Chat) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let named = named(&mut parts, chat).await?;
        let key = parts.headers.get(&IDEMPOTENCY_KEY).filter(|key| !key.is_empty());
        let key = key.map(|key| id_of(key.as_bytes()));
        let mut asked = object(Request::from_parts(parts, body), chat).await?;
        asked.extend(named.into_iter().map(|(name, value)| (name, value.into())));
        match key {
            Some(key) => _ = asked.entry("id").or_insert_with(|| key.to_string().into()),
            None if !asked.contains_key("id") => {
                let told = "give the message an `id`, or send an Idempotency-Key header";
                return Err(ApiError::invalid("id", Reason::Empty, told).into());
            }
            None => {}
        }
        read(asked).map(Self)
    }
}

/// A UUID is taken as it is, so that a message begun on a socket can be sent again here.
fn id_of(key: &[u8]) -> Uuid {
    Uuid::try_parse_ascii(key).unwrap_or_else(|_| Uuid::new_v5(&KEYS, key))
}

pub(super) fn has_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PATCH)
}

async fn named(parts: &mut Parts, chat: &Chat) -> Result<Vec<(String, String)>, Refusal> {
    let named = RawPathParams::from_request_parts(parts, chat).await;
    let named = named.map_err(|_| ApiError::not_found("address"))?;
    Ok(named.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

fn query(parts: &Parts) -> Result<Vec<(String, String)>, Refusal> {
    let query = parts.uri.query().unwrap_or_default();
    serde_urlencoded::from_str(query).map_err(|error| malformed(&error))
}

/// No body at all is an empty object: some ask nothing more than their path says.
async fn object(request: Request, chat: &Chat) -> Result<Map<String, Value>, Refusal> {
    let json = is_json(request.headers());
    let body = Bytes::from_request(request, chat).await.map_err(|refused| {
        if refused.status() == StatusCode::PAYLOAD_TOO_LARGE {
            let told = format!("a request's body has at most {BODY_BYTES} bytes");
            return Refusal(ApiError::new(ErrorCode::TooLarge, told));
        }
        malformed(&"the body ended too early")
    })?;
    if body.is_empty() {
        return Ok(Map::new());
    }
    if !json {
        return Err(malformed(&"the body's Content-Type must be application/json"));
    }
    serde_json::from_slice(&body).map_err(|error| malformed(&error))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

fn read<T: DeserializeOwned>(asked: Map<String, Value>) -> Result<T, Refusal> {
    serde_json::from_value(Value::Object(asked)).map_err(|error| malformed(&error))
}

fn malformed(error: &dyn Display) -> Refusal {
    let told = format!("the request can't be read: {error}");
    ApiError::invalid("payload", Reason::Malformed, told).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_id_and_a_uuid_is_itself() {
        assert_eq!(id_of(b"order 7"), id_of(b"order 7"));
        assert_ne!(id_of(b"order 7"), id_of(b"order 8"));
        let id = Uuid::now_v7();
        assert_eq!(id_of(id.to_string().as_bytes()), id);
    }
}
