use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use http::{HeaderMap, Request};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config,
    tungstenite::{
        Bytes, Error, Message, client::IntoClientRequest, error::ProtocolError,
        protocol::WebSocketConfig,
    },
};

use super::tls;
use crate::{
    codec::{MAX_PACKET, engine::Frame},
    core::{Input, patience},
};

/// How long the server may take to agree to the end.
const FAREWELL: Duration = Duration::from_secs(3);

pub(super) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    sending: bool,
    /// The socket has ended; the core will say so in a moment.
    over: bool,
}

pub(super) async fn connect(url: String, headers: HeaderMap) -> Result<Socket, Input> {
    let stream = open(&url, headers).await.map_err(|error| failed(&error))?;
    Ok(Socket { stream, sending: false, over: false })
}

async fn open(
    url: &str,
    headers: HeaderMap,
) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, Error> {
    let mut request: Request<()> = url.into_client_request()?;
    request.headers_mut().extend(headers);
    let secure = request.uri().scheme_str() == Some("wss");
    let host = request.uri().host().unwrap_or_default().trim_matches(['[', ']']);
    let port = request.uri().port_u16().unwrap_or(if secure { 443 } else { 80 });
    let tcp = TcpStream::connect((host, port)).await?;
    tcp.set_nodelay(true)?;
    let connector = if secure {
        Connector::Rustls(tls::config().map_err(Error::Io)?)
    } else {
        Connector::Plain
    };
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_PACKET))
        .max_frame_size(Some(MAX_PACKET));
    let (stream, _) =
        client_async_tls_with_config(request, tcp, Some(config), Some(connector)).await?;
    Ok(stream)
}

fn failed(error: &Error) -> Input {
    let mut retry_after = None;
    if let Error::Http(response) = error {
        let header = response.headers().get(http::header::RETRY_AFTER);
        let text = header.and_then(|value| value.to_str().ok());
        retry_after = patience::of_header(|| text.map(String::from));
    }
    Input::Failed { message: format!("websocket error: {error}"), retry_after }
}

impl Socket {
    pub(super) fn send(&mut self, frames: Vec<Frame>) {
        for frame in frames {
            let message = match frame {
                Frame::Text(text) => Message::Text(text.into()),
                Frame::Binary(bytes) => Message::Binary(Bytes::from_owner(bytes.0)),
            };
            // What goes wrong here is found again when reading.
            if Pin::new(&mut self.stream).start_send(message).is_err() {
                break;
            }
        }
        self.sending = true;
    }

    /// The answer to a ping comes after all that was sent before was read.
    pub(super) fn ping(&mut self) {
        // What goes wrong here is found again when reading.
        let _ = Pin::new(&mut self.stream).start_send(Message::Ping(Bytes::new()));
        self.sending = true;
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Input> {
        if self.over {
            return Poll::Pending;
        }
        if self.sending
            && let Poll::Ready(result) = Pin::new(&mut self.stream).poll_flush(cx)
        {
            self.sending = false;
            return Poll::Ready(match result {
                Ok(()) => Input::Drained,
                Err(error) => self.end(&error),
            });
        }
        loop {
            match std::task::ready!(Pin::new(&mut self.stream).poll_next(cx)) {
                Some(Ok(Message::Text(text))) => {
                    return Poll::Ready(Input::Frame(Frame::Text(text.as_str().into())));
                }
                Some(Ok(Message::Binary(bytes))) => {
                    return Poll::Ready(Input::Frame(Frame::Binary((&*bytes).into())));
                }
                Some(Ok(Message::Pong(_))) => return Poll::Ready(Input::Settled),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Poll::Ready(self.end(&error)),
                None => {
                    self.over = true;
                    return Poll::Ready(Input::Closed);
                }
            }
        }
    }

    fn end(&mut self, error: &Error) -> Input {
        self.over = true;
        match error {
            Error::ConnectionClosed
            | Error::AlreadyClosed
            | Error::Io(_)
            | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Input::Closed,
            other => failed(other),
        }
    }

    /// Sends what is left and says goodbye.
    pub(super) async fn close(mut self) {
        let goodbye = async {
            if self.stream.flush().await.is_ok() && self.stream.close(None).await.is_ok() {
                while let Some(Ok(_)) = self.stream.next().await {}
            }
        };
        // A server that does not agree is left without its word.
        let _ = tokio::time::timeout(FAREWELL, goodbye).await;
    }
}
