//! Cookies.

use chat::Token;
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use http::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

const SESSION: &str = "beseda_session";
pub(crate) const LANGUAGE: &str = "beseda_language";
/// Browsers keep no cookie longer.
const KEPT: Duration = Duration::days(400);

/// The session of a browser.
pub fn cookie(headers: &HeaderMap) -> Option<Token> {
    value(headers, SESSION).map(|token| Token::from_text(&token))
}

/// The session of a program: `Authorization: Bearer …`.
pub fn bearer(headers: &HeaderMap) -> Option<Token> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    header.strip_prefix("Bearer ").map(Token::from_text)
}

pub(crate) fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    let texts = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let mut cookies = texts.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

pub(crate) fn remember(token: &Token) {
    set(Cookie::build((SESSION, token.as_str())).http_only(true).max_age(KEPT));
}

pub(crate) fn forget() {
    set(Cookie::build((SESSION, "")).http_only(true).max_age(Duration::ZERO));
}

pub(crate) fn remember_language(code: &'static str) {
    set(Cookie::build((LANGUAGE, code)).max_age(KEPT));
}

fn set(cookie: cookie::CookieBuilder<'_>) {
    let cookie = cookie.path("/").same_site(SameSite::Lax).build();
    let header = HeaderValue::from_str(&cookie.to_string());
    if let (Some(response), Ok(header)) = (use_context::<ResponseOptions>(), header) {
        response.append_header(SET_COOKIE, header);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let headers = HeaderMap::from_iter([(
            COOKIE,
            HeaderValue::from_static("a=b; beseda_session=abc; ;;=x"),
        )]);
        assert_eq!(cookie(&headers).map(|token| token.as_str().to_owned()).as_deref(), Some("abc"));
        assert!(cookie(&HeaderMap::new()).is_none());
    }
}
