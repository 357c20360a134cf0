//! Which clients may speak Engine.IO at all.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;

pub(crate) const PATH: &str = "/socket.io/";

/// What Node's server answers, so that a client of Socket.IO 2 says what is wrong.
const UNSUPPORTED: &str = "{\"code\":5,\"message\":\"Unsupported protocol version\"}";

/// Refuses clients of Engine.IO 3, unless they are wanted.
pub(crate) async fn check(State(old_too): State<bool>, request: Request, next: Next) -> Response {
    let uri = request.uri();
    let old = uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "EIO=3"));
    if old && !old_too && uri.path().starts_with(PATH) {
        let json = [(CONTENT_TYPE, "application/json")];
        return (StatusCode::BAD_REQUEST, json, UNSUPPORTED).into_response();
    }
    next.run(request).await
}
