//! Whose page asks? A browser sends a person's cookie with whatever any page asks for; so what changes
//! something with a cookie must come from our own page, and a socket from one that is allowed.

use super::engine;
use crate::api::Refusal;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, AUTHORIZATION, COOKIE, HOST, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use protocol::ApiError;
use std::sync::Arc;

const SEC_FETCH_SITE: &str = "sec-fetch-site";
const A_DAY: HeaderValue = HeaderValue::from_static("86400");
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PATCH, DELETE");
const HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, idempotency-key");

/// Origins beside our own, as `--allowed-origins` names them.
pub(crate) type Allowed = Arc<[String]>;

pub(crate) async fn check(
    State(allowed): State<Allowed>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let origin = Origin::of(headers, &allowed);
    let preflight = request.method() == Method::OPTIONS && headers.contains_key(ORIGIN);
    let socket = request.uri().path().starts_with(engine::PATH);
    let refused = match &origin {
        // Without a cookie too: no other page signs anyone in here.
        Origin::Foreign => socket || !preflight && changes(request.method()),
        Origin::Unknown => !socket && with_cookie(headers) && changes(request.method()),
        Origin::Own | Origin::Allowed(_) => false,
    };
    if refused {
        let told = "this page may not ask that; --allowed-origins names those that may";
        return Refusal(ApiError::forbidden(told)).into_response();
    }
    let mut response =
        if preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    if let Origin::Allowed(origin) = origin {
        permit(response.headers_mut(), origin, preflight);
    }
    response
}

enum Origin {
    Own,
    Allowed(HeaderValue),
    Foreign,
    /// No browser, or one that doesn't say.
    Unknown,
}

impl Origin {
    fn of(headers: &HeaderMap, allowed: &[String]) -> Self {
        let site = headers.get(SEC_FETCH_SITE).and_then(|site| site.to_str().ok());
        if site == Some("same-origin") {
            return Self::Own;
        }
        let Some(origin) = headers.get(ORIGIN) else {
            return match site {
                // Typed into the address bar.
                Some("none") => Self::Own,
                Some(_) => Self::Foreign,
                None => Self::Unknown,
            };
        };
        let Ok(text) = origin.to_str() else { return Self::Foreign };
        if allowed.iter().any(|one| one == "*" || one.eq_ignore_ascii_case(text)) {
            return Self::Allowed(origin.clone());
        }
        // A proxy in front speaks https where we hear http: the host decides.
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        let own = text.split_once("://").map(|(_, host)| host);
        match (own, host) {
            (Some(own), Some(host)) if own.eq_ignore_ascii_case(host) => Self::Own,
            _ => Self::Foreign,
        }
    }
}

fn with_cookie(headers: &HeaderMap) -> bool {
    headers.contains_key(COOKIE) && !headers.contains_key(AUTHORIZATION)
}

fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn permit(headers: &mut HeaderMap, origin: HeaderValue, preflight: bool) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.append(VARY, HeaderValue::from_static("origin"));
    if preflight {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
        headers.insert(ACCESS_CONTROL_MAX_AGE, A_DAY);
    }
}
