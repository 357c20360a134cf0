//! Each request has an id: what is logged on its way has it, its answer has it, and a proxy that has given one
//! finds it again.

use super::engine;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue};
use std::time::Instant;
use tracing::{Instrument, error_span};
use uuid::Uuid;

const REQUEST_ID: &str = "x-request-id";
const ID_CHARS: usize = 64;

/// The route that a request took, without what was put into it: an invitation's code is in its address.
#[derive(Clone)]
struct Route(MatchedPath);

/// Around everything.
pub(crate) async fn identify(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = given(request.headers()).unwrap_or_else(|| Uuid::now_v7().to_string());
    // Of the highest level: any line on the way has it.
    let span = error_span!("request", id);
    let method = request.method().clone();
    let engine = request.uri().path().starts_with(engine::PATH);
    let answer = async {
        let response = next.run(request).await;
        let route = response.extensions().get::<Route>().map(|route| route.0.as_str());
        let route = route.unwrap_or(if engine { engine::PATH } else { "-" });
        let (status, ms) = (response.status().as_u16(), began.elapsed().as_millis());
        tracing::debug!(target: "access", %method, route, status, ms, "answered");
        response
    };
    let mut response = answer.instrument(span).await;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Around the routes: no one else knows them.
pub(crate) async fn name_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned().map(Route);
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

/// What a proxy calls it, where that is a name and nothing else.
fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    ((1..=ID_CHARS).contains(&id.len()) && id.bytes().all(plain)).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(id: &str) -> bool {
        given(&HeaderMap::from_iter([(
            http::HeaderName::from_static(REQUEST_ID),
            id.parse().unwrap(),
        )]))
        .is_some()
    }

    #[test]
    fn a_name_is_taken_over_and_nothing_else() {
        assert!(taken("019ab3c4-7e1f.proxy_1"));
        assert!(!taken("") && !taken(&"a".repeat(65)) && !taken("a b") && !taken("a;b=\"c\""));
    }
}
