//! What the API answers: the bodies of the sockets' acks, with the HTTP status that matches.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use protocol::reply::Reply;
use protocol::{ApiError, ErrorCode};
use serde::Serialize;

pub(super) type Answer<T> = Result<Granted<T>, Refusal>;

/// `{"ok": true, …}`
pub(super) struct Granted<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Granted<T> {
    fn into_response(self) -> Response {
        Json(Reply(Ok(self.0))).into_response()
    }
}

/// `{"ok": false, "error": …}`
pub(crate) struct Refusal(pub(crate) ApiError);

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl From<chat::Error> for Refusal {
    fn from(error: chat::Error) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(error) = self;
        let status = StatusCode::from_u16(error.code.http_status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let wait = error.retry_after.map(|milliseconds| milliseconds.div_ceil(1_000));
        let unauthorized = error.code == ErrorCode::Unauthorized;
        let mut response = (status, Json(Reply::<()>(Err(error)))).into_response();
        if let Some(seconds) = wait {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        if unauthorized {
            let how = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(WWW_AUTHENTICATE, how);
        }
        response
    }
}
