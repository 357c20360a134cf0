//! The connections below HTTP. Each can be cut from above: a client that no longer reads keeps the task
//! that writes to it waiting, and nothing said to that task would be heard.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard, WaitForCancellationFutureOwned};

/// Whoever has connected and asked for nothing by then is in no hurry.
const FIRST_REQUEST_WITHIN: Duration = Duration::from_secs(15);
/// Between two requests of one connection.
const NEXT_REQUEST_WITHIN: Duration = Duration::from_mins(1);
/// Unanswered data closes a connection after this, whatever the other end's machine does.
const UNANSWERED: Duration = Duration::from_secs(30);
/// Pages, files and requests need connections too, beside the sockets.
pub(crate) const SPARE: usize = 1_000;
const BREATH: Duration = Duration::from_millis(100);

pub(crate) struct Connections {
    listener: TcpListener,
    free: Arc<Semaphore>,
}

impl Connections {
    pub(crate) fn new(listener: TcpListener, max_sockets: usize) -> Self {
        let most = max_sockets.saturating_add(SPARE).min(Semaphore::MAX_PERMITS);
        Self { listener, free: Arc::new(Semaphore::new(most)) }
    }
}

/// Whom a connection leads to, and the way to cut it.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    cut: CancellationToken,
    // A std lock: it is held for an assignment and never across an await.
    usage: Arc<Mutex<Usage>>,
}

#[derive(Debug, Clone, Copy)]
enum Usage {
    /// No request has come since the connection was opened, or since the last one was answered.
    Idle {
        until: Instant,
    },
    Asking,
    /// It is a WebSocket, which has its own ways to find out.
    Upgraded,
}

impl Peer {
    fn new(address: SocketAddr) -> Self {
        let until = Instant::now() + FIRST_REQUEST_WITHIN;
        let usage = Arc::new(Mutex::new(Usage::Idle { until }));
        Self { address, cut: CancellationToken::new(), usage }
    }

    pub(crate) fn cut(&self) {
        self.cut.cancel();
    }

    /// A whole request has come.
    pub(crate) fn asks(&self) {
        self.set(Usage::Asking);
    }

    pub(crate) fn is_answered(&self) {
        self.set(Usage::Idle { until: Instant::now() + NEXT_REQUEST_WITHIN });
    }

    pub(crate) fn is_upgraded(&self) {
        self.set(Usage::Upgraded);
    }

    fn set(&self, usage: Usage) {
        *self.usage.lock().unwrap_or_else(PoisonError::into_inner) = usage;
    }

    async fn watch(self) {
        loop {
            let usage = *self.usage.lock().unwrap_or_else(PoisonError::into_inner);
            let look_again = match usage {
                Usage::Upgraded => return,
                Usage::Idle { until } if until <= Instant::now() => return self.cut(),
                Usage::Idle { until } => until,
                Usage::Asking => Instant::now() + NEXT_REQUEST_WITHIN,
            };
            tokio::select! {
                () = self.cut.cancelled() => return,
                () = tokio::time::sleep_until(look_again) => {}
            }
        }
    }
}

impl Listener for Connections {
    type Io = Connection;
    type Addr = Peer;

    async fn accept(&mut self) -> (Connection, Peer) {
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => {
                    // Without a place the connection is closed at once.
                    let Ok(place) = Arc::clone(&self.free).try_acquire_owned() else { continue };
                    return open(stream, address, place);
                }
                Err(error) => {
                    // Out of file handles, mostly: some will come back.
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Peer> {
        self.listener.local_addr().map(Peer::new)
    }
}

impl Connected<IncomingStream<'_, Connections>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Connections>) -> Self {
        stream.remote_addr().clone()
    }
}

fn open(stream: TcpStream, address: SocketAddr, place: OwnedSemaphorePermit) -> (Connection, Peer) {
    let peer = Peer::new(address);
    let cut = peer.cut.clone();
    if let Err(error) = tune(&stream) {
        tracing::debug!(%error, "a connection keeps the system's settings");
    }
    tokio::spawn(peer.clone().watch());
    let connection = Connection {
        stream,
        reading: Box::pin(cut.clone().cancelled_owned()),
        writing: Box::pin(cut.clone().cancelled_owned()),
        _end: cut.drop_guard(),
        _place: place,
    };
    (connection, peer)
}

fn tune(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(stream).set_tcp_user_timeout(Some(UNANSWERED))?;
    Ok(())
}

pub(crate) struct Connection {
    stream: TcpStream,
    // Two tasks may be waiting: one reads, one writes. Each must hear of the cut.
    reading: Pin<Box<WaitForCancellationFutureOwned>>,
    writing: Pin<Box<WaitForCancellationFutureOwned>>,
    // Ends the watch with the connection.
    _end: DropGuard,
    _place: OwnedSemaphorePermit,
}

fn check(
    cut: &mut Pin<Box<WaitForCancellationFutureOwned>>,
    cx: &mut Context<'_>,
) -> io::Result<()> {
    match cut.as_mut().poll(cx) {
        Poll::Ready(()) => Err(io::ErrorKind::ConnectionAborted.into()),
        Poll::Pending => Ok(()),
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        check(&mut self.reading, cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        check(&mut self.writing, cx)?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        check(&mut self.writing, cx)?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
