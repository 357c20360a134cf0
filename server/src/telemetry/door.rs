//! Who may read the metrics: on a listener of their own whoever reaches it, on the main address whoever holds a
//! token. That a request comes from this machine says nothing: a proxy's do, too.

use super::scrape::Scrape;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use std::sync::Arc;

const PATH: &str = "/metrics";
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const CLOSED: &str = "metrics are for whoever holds their token: start Beseda with --metrics-token, \
                      or with --metrics-address for a listener of their own\n";
const NO_TOKEN: &str = "this takes the token that Beseda was given with --metrics-token, \
                        as `Authorization: Bearer TOKEN`\n";

#[derive(Clone)]
pub(crate) enum Admits {
    Everyone,
    Bearer(Arc<str>),
    NoOne,
}

impl Admits {
    /// Whoever holds the token, where there is one.
    pub(crate) fn bearer_of(token: Option<&str>, otherwise: Self) -> Self {
        token.map_or(otherwise, |token| Self::Bearer(token.into()))
    }
}

#[derive(Clone)]
struct Door {
    admits: Admits,
    scrape: Arc<Scrape>,
}

pub(crate) fn router<S: Clone + Send + Sync + 'static>(
    scrape: Arc<Scrape>,
    admits: Admits,
) -> Router<S> {
    Router::new().route(PATH, get(show)).with_state(Door { admits, scrape })
}

async fn show(State(door): State<Door>, headers: HeaderMap) -> Response {
    match &door.admits {
        Admits::NoOne => return (StatusCode::FORBIDDEN, CLOSED).into_response(),
        Admits::Bearer(token) if !holds(&headers, token) => {
            let asks = [(WWW_AUTHENTICATE, "Bearer")];
            return (StatusCode::UNAUTHORIZED, asks, NO_TOKEN).into_response();
        }
        Admits::Bearer(_) | Admits::Everyone => {}
    }
    let headers = [(CONTENT_TYPE, OPENMETRICS), (CACHE_CONTROL, "no-store")];
    (headers, door.scrape.text().await).into_response()
}

/// Takes as long for a token that is nearly right as for one that isn't.
fn holds(headers: &HeaderMap, token: &str) -> bool {
    let given =
        headers.get(AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    let differs = |given: &[u8]| {
        given.iter().zip(token.as_bytes()).fold(0, |differs, (one, other)| differs | (one ^ other))
    };
    given.is_some_and(|given| given.len() == token.len() && differs(given) == 0)
}
