//! Cookies.

use crate::room::address::escape;
use chat::Token;
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use http::header::{AUTHORIZATION, COOKIE, SET_COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderValue};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

const SESSION: &str = "beseda_session";
pub(crate) const LANGUAGE: &str = "beseda_language";
pub(crate) const THEME: &str = "beseda_theme";
pub(crate) const MOTION: &str = "beseda_motion";
pub(crate) const SOUNDS: &str = "beseda_sounds";
pub(crate) const NOTIFY: &str = "beseda_notify";
/// Whoever was here last, for the next time they come in.
pub(crate) const NAME: &str = "beseda_name";
/// Written by the browser: it alone knows.
pub(crate) const ZONE: &str = "beseda_zone";
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

/// The header that has a browser keep its session.
pub fn kept(token: &Token) -> Option<HeaderValue> {
    header(Cookie::build((SESSION, token.as_str())).http_only(true).max_age(KEPT))
}

/// The header that has a browser forget its session.
pub fn forgotten() -> Option<HeaderValue> {
    header(Cookie::build((SESSION, "")).http_only(true).max_age(Duration::ZERO))
}

pub(crate) fn remember(token: &Token, name: &str) {
    set(kept(token));
    set(header(Cookie::build((NAME, escape(name))).max_age(KEPT)));
}

pub(crate) fn forget() {
    set(forgotten());
}

/// A choice of how the page looks or behaves in this browser.
pub(crate) fn choose(name: &'static str, value: &'static str) {
    set(header(Cookie::build((name, value)).max_age(KEPT)));
}

/// What a browser calls itself, as far as its owner would know it again: `Firefox, Linux`.
pub(crate) fn label(headers: &HeaderMap) -> String {
    // Each also claims to be some of those after it.
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chromium/", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let known = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let known = [known(&BROWSERS), known(&SYSTEMS)];
    known.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn header(cookie: cookie::CookieBuilder<'_>) -> Option<HeaderValue> {
    let cookie = cookie.path("/").same_site(SameSite::Lax).build();
    HeaderValue::from_str(&cookie.to_string()).ok()
}

fn set(cookie: Option<HeaderValue>) {
    if let (Some(response), Some(cookie)) = (use_context::<ResponseOptions>(), cookie) {
        response.append_header(SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_by_what_it_calls_itself() {
        let label = |agent: &str| {
            label(&HeaderMap::from_iter([(USER_AGENT, HeaderValue::from_str(agent).unwrap())]))
        };
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let edge = "Mozilla/5.0 (Windows NT 10.0) WEBKIT Chrome/143.0 Safari/537.36 Edg/143.0";
        assert_eq!(label(&edge.replace("WEBKIT", webkit)), "Edge, Windows");
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
        assert_eq!(label(firefox), "Firefox, Linux");
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604";
        assert_eq!(label(phone), "Safari, iPhone");
        assert_eq!(label("curl/8.0"), "");
    }

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
