//! The official JavaScript client, as Node's server serves it: any page may load it.

use super::assets::content_type;
use axum::response::{AppendHeaders, IntoResponse, Response};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};

/// Name, tag, bytes.
pub(crate) type File = (&'static str, &'static str, &'static [u8]);

pub(crate) static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/client.rs"));

/// Its name doesn't change with its version; an older one works as well.
const A_WEEK: &str = "public, max-age=604800";

pub(crate) fn serve((name, tag, bytes): &File, request: &HeaderMap) -> Response {
    let headers = AppendHeaders([
        (CONTENT_TYPE, content_type(name)),
        (CACHE_CONTROL, A_WEEK),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ETAG, *tag),
    ]);
    let known = request.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|one| one.trim() == *tag)) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let mut response = bytes.into_response();
    response.headers_mut().remove(CONTENT_TYPE);
    (headers, response).into_response()
}
