//! The connections below HTTP. Each can be cut from above: a client that no longer reads keeps the task
//! that writes to it waiting, and nothing said to that task would be heard.

use crate::telemetry::metrics::{Metrics, NO_PLACE};
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use bytes::Bytes;
use futures_util::task::AtomicWaker;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};

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
    metrics: Arc<Metrics>,
}

impl Connections {
    pub(crate) fn new(listener: TcpListener, max_sockets: usize, metrics: Arc<Metrics>) -> Self {
        let most = max_sockets.saturating_add(SPARE).min(Semaphore::MAX_PERMITS);
        Self { listener, free: Arc::new(Semaphore::new(most)), metrics }
    }
}

/// Whom a connection leads to, and the way to cut it.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    line: Arc<Line>,
}

/// What a connection shares with those who speak of it. Every connection has one for all its life, so it is small.
#[derive(Debug)]
struct Line {
    cut: AtomicBool,
    // Two tasks may be waiting: one reads, one writes. Each must hear of the cut.
    reader: AtomicWaker,
    writer: AtomicWaker,
    // A std lock: it is held for an assignment and never across an await.
    usage: Mutex<Usage>,
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
        let line = Line {
            cut: AtomicBool::new(false),
            reader: AtomicWaker::new(),
            writer: AtomicWaker::new(),
            usage: Mutex::new(Usage::Idle { until }),
        };
        Self { address, line: Arc::new(line) }
    }

    pub(crate) fn cut(&self) {
        self.line.cut.store(true, Ordering::Release);
        self.line.reader.wake();
        self.line.writer.wake();
    }

    /// A whole request has come.
    pub(crate) fn asks(&self) {
        self.line.set(Usage::Asking);
    }

    pub(crate) fn is_answered(&self) {
        self.line.set(Usage::Idle { until: Instant::now() + NEXT_REQUEST_WITHIN });
    }

    pub(crate) fn is_upgraded(&self) {
        self.line.set(Usage::Upgraded);
    }
}

impl Line {
    fn set(&self, usage: Usage) {
        *self.usage.lock().unwrap_or_else(PoisonError::into_inner) = usage;
    }

    fn check(&self) -> io::Result<()> {
        if self.cut.load(Ordering::Acquire) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }

    /// Has whoever waits woken by a cut, too.
    fn wait(&self, waker: &AtomicWaker, cx: &Context<'_>) -> io::Result<()> {
        waker.register(cx.waker());
        // It may have been cut just before.
        self.check()
    }

    /// When to look again whether a request has come; `None` when that doesn't matter any more.
    fn deadline(&self) -> io::Result<Option<Instant>> {
        let usage = *self.usage.lock().unwrap_or_else(PoisonError::into_inner);
        match usage {
            Usage::Upgraded => Ok(None),
            Usage::Idle { until } if until <= Instant::now() => Err(io::ErrorKind::TimedOut.into()),
            Usage::Idle { until } => Ok(Some(until)),
            Usage::Asking => Ok(Some(Instant::now() + NEXT_REQUEST_WITHIN)),
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
                    let Ok(place) = Arc::clone(&self.free).try_acquire_owned() else {
                        self.metrics.refused(NO_PLACE);
                        continue;
                    };
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
    if let Err(error) = tune(&stream) {
        tracing::debug!(%error, "a connection keeps the system's settings");
    }
    let connection = Connection {
        stream,
        line: Arc::clone(&peer.line),
        alarm: Some(Box::pin(sleep_until(Instant::now() + FIRST_REQUEST_WITHIN))),
        early: Bytes::new(),
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
    line: Arc<Line>,
    /// Rings when it is time to look whether a request has come.
    alarm: Option<Pin<Box<Sleep>>>,
    /// What was read with the request and comes after it.
    early: Bytes,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    /// What comes is no longer HTTP.
    pub(crate) fn upgraded(self, early: &[u8]) -> Self {
        // A copy: what was read is part of a larger buffer.
        Self { alarm: None, early: Bytes::copy_from_slice(early), ..self }
    }

    /// Nothing comes just now. Has it been waited for long enough?
    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        while let Some(alarm) = &mut self.alarm
            && alarm.as_mut().poll(cx).is_ready()
        {
            match self.line.deadline()? {
                Some(deadline) => alarm.as_mut().reset(deadline),
                None => self.alarm = None,
            }
        }
        Ok(())
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.line.check()?;
        if !self.early.is_empty() {
            let length = self.early.len().min(buf.remaining());
            buf.put_slice(&self.early.split_to(length));
            return Poll::Ready(Ok(()));
        }
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if read.is_pending() {
            self.poll_alarm(cx)?;
            self.line.wait(&self.line.reader, cx)?;
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.line.check()?;
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        if written.is_pending() {
            self.poll_alarm(cx)?;
            self.line.wait(&self.line.writer, cx)?;
        }
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.line.check()?;
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        if written.is_pending() {
            self.poll_alarm(cx)?;
            self.line.wait(&self.line.writer, cx)?;
        }
        written
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
