//! How a request comes to the sockets. What it brings is kept as long as its socket lives, so it brings no more
//! than is asked for later; and the connection of a WebSocket is taken out of hyper's hands, which wrap it thrice.

use super::connections::{Connection, Peer};
use super::engine;
use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse, Response};
use chat::Address;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, SEC_WEBSOCKET_KEY};
use http::request::Parts;
use http::{Extensions, HeaderName, HeaderValue, StatusCode};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade::downcast;
use socketioxide::service::SocketIoService;
use tower::Service;

/// The sockets, and the routes inside.
pub(crate) type Sockets = SocketIoService<Router>;

/// What Engine.IO reads, and we when a socket says whose it is.
const KEPT: [HeaderName; 4] = [AUTHORIZATION, CONTENT_TYPE, COOKIE, SEC_WEBSOCKET_KEY];

pub(crate) async fn enter(State(sockets): State<Sockets>, request: Request) -> Response {
    if !request.uri().path().starts_with(engine::PATH) {
        return ask(sockets, request).await;
    }
    let (mut parts, body) = request.into_parts();
    lighten(&mut parts);
    // One that has polled before stays with Engine.IO, which ends its session when the change fails.
    let upgrade = if has_session(&parts) { None } else { parts.extensions.remove::<OnUpgrade>() };
    let again = upgrade.map(|upgrade| (http::Request::from_parts(parts.clone(), ()), upgrade));
    let response = ask(sockets.clone(), Request::from_parts(parts, body)).await;
    if let Some((again, upgrade)) = again
        && response.status() == StatusCode::SWITCHING_PROTOCOLS
    {
        tokio::spawn(open(sockets, again, upgrade));
    }
    response
}

async fn ask(mut sockets: Sockets, request: Request) -> Response {
    match sockets.call(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}

/// All that hyper has read of a request is one buffer, which stays whole as long as a word of it does.
fn lighten(parts: &mut Parts) {
    if let Ok(uri) = parts.uri.to_string().parse() {
        parts.uri = uri;
    }
    let brought = std::mem::take(&mut parts.headers);
    for name in KEPT {
        for value in brought.get_all(&name) {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                parts.headers.append(&name, value);
            }
        }
    }
    let mut brought = std::mem::take(&mut parts.extensions);
    keep::<Address>(&mut brought, &mut parts.extensions);
    keep::<ConnectInfo<Peer>>(&mut brought, &mut parts.extensions);
    keep::<OnUpgrade>(&mut brought, &mut parts.extensions);
}

fn keep<T: Clone + Send + Sync + 'static>(from: &mut Extensions, to: &mut Extensions) {
    if let Some(kept) = from.remove::<T>() {
        to.insert(kept);
    }
}

fn has_session(parts: &Parts) -> bool {
    parts.uri.query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("sid=")))
}

/// Engine.IO has agreed to a WebSocket.
async fn open(mut sockets: Sockets, request: http::Request<()>, upgrade: OnUpgrade) {
    let Ok(upgraded) = upgrade.await else { return };
    let opened = match downcast::<TokioIo<Connection>>(upgraded) {
        Ok(parts) => {
            let connection = parts.io.into_inner().upgraded(&parts.read_buf);
            sockets.call((connection, request)).await
        }
        Err(upgraded) => sockets.call((TokioIo::new(upgraded), request)).await,
    };
    if let Err(error) = opened {
        tracing::debug!(%error, "a WebSocket was not opened");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::Uri;

    #[test]
    fn of_what_hyper_has_read_nothing_is_kept() {
        let read = Bytes::from(b"/socket.io/?EIO=4 beseda_session=abc Firefox".to_vec());
        let (mut parts, ()) = http::Request::new(()).into_parts();
        parts.uri = Uri::from_maybe_shared(read.slice(..17)).unwrap();
        let header = |range| HeaderValue::from_maybe_shared(read.slice(range)).unwrap();
        parts.headers.insert(COOKIE, header(18..36));
        parts.headers.insert("user-agent", header(37..44));
        parts.extensions.insert(Address::LOCAL);
        parts.extensions.insert(read.slice(..));
        lighten(&mut parts);
        assert!(read.is_unique(), "{parts:?}");
        assert_eq!(parts.uri, "/socket.io/?EIO=4");
        assert_eq!(parts.headers[COOKIE], "beseda_session=abc");
        assert_eq!(parts.headers.len(), 1);
        assert_eq!(parts.extensions.get(), Some(&Address::LOCAL));
    }
}
