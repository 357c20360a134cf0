//! Which clients may speak Engine.IO at all, and how often one was refused.

use crate::telemetry::metrics::{BAD_REQUEST, ENGINE_VERSION, Metrics, ORIGIN};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_TYPE, UPGRADE};
use std::sync::Arc;

pub(crate) const PATH: &str = "/socket.io/";

/// What Node's server answers, so that a client of Socket.IO 2 says what is wrong.
const UNSUPPORTED: &str = "{\"code\":5,\"message\":\"Unsupported protocol version\"}";

/// The same, where a proxy has left out what makes a WebSocket of a request: the library would agree to it all the
/// same, and the connection break.
const NO_UPGRADE: &str = "{\"code\":3,\"message\":\"Bad request\"}";

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
    let asks = |what| uri.query().is_some_and(|query| query.split('&').any(|pair| pair == what));
    if asks("EIO=3") && !gate.old_too {
        return gate.refuse(ENGINE_VERSION, UNSUPPORTED);
    }
    if asks("transport=websocket") && !request.headers().contains_key(UPGRADE) {
        return gate.refuse(BAD_REQUEST, NO_UPGRADE);
    }
    let response = next.run(request).await;
    match response.status() {
        StatusCode::FORBIDDEN => gate.metrics.refused(ORIGIN),
        status if status.is_client_error() => gate.metrics.refused(BAD_REQUEST),
        _ => {}
    }
    response
}

impl Gate {
    fn refuse(&self, reason: &'static str, told: &'static str) -> Response {
        self.metrics.refused(reason);
        (StatusCode::BAD_REQUEST, [(CONTENT_TYPE, "application/json")], told).into_response()
    }
}
