//! Which clients may speak Engine.IO at all, and how often one was refused.

use crate::telemetry::metrics::{BAD_REQUEST, ENGINE_VERSION, Metrics, ORIGIN};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use std::sync::Arc;

pub(crate) const PATH: &str = "/socket.io/";

/// What Node's server answers, so that a client of Socket.IO 2 says what is wrong.
const UNSUPPORTED: &str = "{\"code\":5,\"message\":\"Unsupported protocol version\"}";

#[derive(Clone)]
pub(crate) struct Gate {
    /// Whether clients of Engine.IO 3 are wanted.
    pub(crate) old_too: bool,
    pub(crate) metrics: Arc<Metrics>,
}

pub(crate) async fn check(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let uri = request.uri();
    if !uri.path().starts_with(PATH) {
        return next.run(request).await;
    }
    let old = uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "EIO=3"));
    if old && !gate.old_too {
        gate.metrics.refused(ENGINE_VERSION);
        let json = [(CONTENT_TYPE, "application/json")];
        return (StatusCode::BAD_REQUEST, json, UNSUPPORTED).into_response();
    }
    let response = next.run(request).await;
    match response.status() {
        StatusCode::FORBIDDEN => gate.metrics.refused(ORIGIN),
        status if status.is_client_error() => gate.metrics.refused(BAD_REQUEST),
        _ => {}
    }
    response
}
