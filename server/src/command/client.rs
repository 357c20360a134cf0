//! What the commands ask a server over HTTP: each request on a connection of its own, so that each shows what a
//! new one meets.

use crate::storage::in_words;
use axum::body::{Body, Bytes, to_bytes};
use http::header::{HOST, HeaderName};
use http::uri::{InvalidUri, Scheme};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::tungstenite::Error as WebSocketError;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// More than the page with a room full of long messages.
const BODY_BYTES: usize = 16 * 1024 * 1024;

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub(super) encrypted: bool,
    /// As it stands in the address, with its port.
    pub(super) authority: String,
    pub(super) host: String,
    port: u16,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    #[error("{}", in_words(.0))]
    Connection(#[from] io::Error),
    #[error("no encrypted connection: {}", in_words(.0))]
    Encryption(io::Error),
    #[error("no answer within {} s", ANSWER_WITHIN.as_secs())]
    Late,
    #[error("no HTTP: {0}")]
    Http(#[from] hyper::Error),
    #[error("the answer can't be read: {0}")]
    Body(axum::Error),
    #[error("the WebSocket is refused: {0}")]
    Refused(StatusCode),
    #[error("the WebSocket fails: {0}")]
    WebSocket(Box<WebSocketError>),
}

impl From<WebSocketError> for AskError {
    fn from(error: WebSocketError) -> Self {
        match error {
            WebSocketError::Http(answer) => Self::Refused(answer.status()),
            error => Self::WebSocket(Box::new(error)),
        }
    }
}

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// This end of the connection.
    pub(super) from: SocketAddr,
}

impl Answer {
    pub(super) fn header(&self, name: HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

pub(super) type WebSocket = WebSocketStream<Box<dyn Stream>>;

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Place {
    /// Where the server listens for everyone it listens for this machine, too.
    pub(super) fn of(mut address: SocketAddr) -> Self {
        if address.ip().is_unspecified() {
            address.set_ip(match address {
                SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
                SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
            });
        }
        let (host, port) = (address.ip().to_string(), address.port());
        Self { encrypted: false, authority: address.to_string(), host, port }
    }

    pub(super) async fn get(
        &self,
        path: &str,
        headers: &[(HeaderName, String)],
    ) -> Result<Answer, AskError> {
        self.ask(Method::GET, path, headers, String::new()).await
    }

    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(HeaderName, String)],
        body: String,
    ) -> Result<Answer, AskError> {
        in_time(self.ask_patiently(method, path, headers, body)).await
    }

    /// However long it takes.
    pub(super) async fn ask_patiently(
        &self,
        method: Method,
        path: &str,
        headers: &[(HeaderName, String)],
        body: String,
    ) -> Result<Answer, AskError> {
        let (stream, from) = in_time(self.connect()).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap_or_default();
        put(request.headers_mut(), &[(HOST, self.authority.clone())]);
        put(request.headers_mut(), headers);
        let answer = sender.send_request(request).await?;
        let (parts, body) = answer.into_parts();
        let body = to_bytes(Body::new(body), BODY_BYTES).await.map_err(AskError::Body)?;
        connection.abort();
        Ok(Answer { status: parts.status, headers: parts.headers, body, from })
    }

    pub(super) async fn websocket(
        &self,
        path: &str,
        headers: &[(HeaderName, String)],
    ) -> Result<WebSocket, AskError> {
        let address = format!("ws://{}{path}", self.authority);
        let mut request = address.into_client_request()?;
        put(request.headers_mut(), headers);
        in_time(async {
            let (stream, _) = self.connect().await?;
            Ok(client_async(request, stream).await?.0)
        })
        .await
    }

    async fn connect(&self) -> Result<(Box<dyn Stream>, SocketAddr), AskError> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        let from = stream.local_addr()?;
        if !self.encrypted {
            return Ok((Box::new(stream), from));
        }
        let name = ServerName::try_from(self.host.clone()).map_err(io::Error::other)?;
        let encrypted = tls().map_err(AskError::Encryption)?.connect(name, stream).await;
        Ok((Box::new(encrypted.map_err(AskError::Encryption)?), from))
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let told =
            || format!("`{text}` is no address of a server; write it as https://chat.example.com");
        let uri: Uri = text.parse().map_err(|_: InvalidUri| told())?;
        let encrypted = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(told()),
        };
        let authority =
            uri.authority().filter(|_| matches!(uri.path(), "" | "/")).ok_or_else(told)?;
        if authority.as_str().contains('@') {
            return Err(told());
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = match authority.port_u16() {
            Some(port) => port,
            None if authority.as_str() != authority.host() => return Err(told()),
            None if encrypted => 443,
            None => 80,
        };
        Ok(Self { encrypted, authority: authority.to_string(), host, port })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http{}://{}", if self.encrypted { "s" } else { "" }, self.authority)
    }
}

/// With the certificates that this machine trusts.
fn tls() -> io::Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn put(headers: &mut HeaderMap, more: &[(HeaderName, String)]) {
    for (name, value) in more {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
}

pub(super) async fn in_time<T>(
    asking: impl Future<Output = Result<T, AskError>>,
) -> Result<T, AskError> {
    timeout(ANSWER_WITHIN, asking).await.unwrap_or(Err(AskError::Late))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_from_an_address_without_a_path() {
        let place: Place = "https://chat.example.com".parse().unwrap();
        assert_eq!((place.encrypted, place.port), (true, 443));
        assert_eq!(place.to_string(), "https://chat.example.com");
        let place: Place = "http://[::1]:3000/".parse().unwrap();
        assert_eq!((place.host.as_str(), place.port), ("::1", 3000));
        for wrong in [
            "chat.example.com",
            "ftp://a",
            "https://a/b",
            "https://user@a",
            "",
            "https://",
            "https://a:84430",
        ] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_listens_everywhere_listens_here() {
        assert_eq!(Place::of("0.0.0.0:80".parse().unwrap()).to_string(), "http://127.0.0.1:80");
        assert_eq!(Place::of("[::]:80".parse().unwrap()).to_string(), "http://[::1]:80");
    }
}
