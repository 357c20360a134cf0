//! Headers that every answer carries. A page's Content-Security-Policy comes with its nonce from
//! `app::shell`.

use super::address::Encrypted;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::{Entry, REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use http::{HeaderMap, HeaderValue};

pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let encrypted = request.extensions().get::<Encrypted>().copied();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if encrypted == Some(Encrypted(true)) {
        keep_encrypted(headers);
    }
    response
}

/// What a browser was given by HTTPS it must not tell without.
fn keep_encrypted(headers: &mut HeaderMap) {
    let Entry::Occupied(mut cookies) = headers.entry(SET_COOKIE) else { return };
    for cookie in cookies.iter_mut() {
        let secure = [cookie.as_bytes(), b"; Secure"].concat();
        if let Ok(secure) = HeaderValue::from_bytes(&secure) {
            *cookie = secure;
        }
    }
}
