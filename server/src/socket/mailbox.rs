//! What one socket sends is handled in the order sent: its events wait here, and one task takes them.

use super::Session;
use super::event::{Envelope, Unanswered};
use super::patience::Patience;
use crate::telemetry::metrics::Metrics;
use chat::Error;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use protocol::limits::{MAILBOX, UNACKED_WRITES};
use protocol::{ApiError, ErrorCode};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span, debug_span};

const RETRY_AFTER_MS: u64 = 1_000;

#[derive(Clone)]
pub(crate) struct Mailbox {
    letters: mpsc::Sender<Envelope>,
    /// Taken by the one task that serves.
    waiting: Arc<Mutex<Option<mpsc::Receiver<Envelope>>>>,
    gone: CancellationToken,
    /// Its client no longer reads.
    abandoned: CancellationToken,
    /// What the log says of its owner.
    log: Span,
    metrics: Arc<Metrics>,
}

impl Mailbox {
    pub(crate) fn new(log: Span, metrics: &Arc<Metrics>) -> Self {
        let (letters, waiting) = mpsc::channel(MAILBOX);
        Self {
            letters,
            waiting: Arc::new(Mutex::new(Some(waiting))),
            gone: CancellationToken::new(),
            abandoned: CancellationToken::new(),
            log,
            metrics: Arc::clone(metrics),
        }
    }

    pub(crate) fn log(&self) -> &Span {
        &self.log
    }

    pub(super) fn deliver(&self, envelope: Envelope) {
        if let Err(refused) = self.letters.try_send(envelope) {
            let error: Error = ApiError::unavailable(RETRY_AFTER_MS).into();
            refused.into_inner().responder.answer::<()>(Err(error));
        }
    }

    /// What has arrived is still handled.
    pub(super) fn close(&self) {
        self.gone.cancel();
    }

    /// The same, and no one waits for its owner.
    pub(super) fn abandon(&self) {
        if self.is_abandoned() {
            return;
        }
        self.log.in_scope(|| tracing::info!("a client no longer reads; it is dropped"));
        self.metrics.slow_readers.inc();
        self.abandoned.cancel();
        self.close();
    }

    /// Handles everything, from CONNECT until the socket has gone.
    pub(super) async fn serve(self, session: Session) {
        let counted = session.namespace.presence && arrive(&session).await;
        (session.namespace.greet)(&session).await;
        let mut desk = Desk { session: &session, patience: Patience::new() };
        let unanswered = self.empty_into(&mut desk).await;
        if counted && self.is_abandoned() {
            session.chat.dropped(session.who.user.id).await;
        } else if counted {
            session.chat.disconnected(session.who.user.id).await;
        }
        unanswered.collect::<()>().await;
    }

    /// Has every letter read in the order of arrival, until the socket has gone. What is left is to be
    /// waited for.
    pub(crate) async fn empty_into(
        &self,
        reader: &mut impl Reader,
    ) -> FuturesUnordered<BoxFuture<'static, ()>> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut unanswered = FuturesUnordered::new();
        let Some(mut letters) = waiting else { return unanswered };
        tracing::debug!("a socket came in");
        loop {
            tokio::select! {
                biased;
                letter = letters.recv(), if unanswered.len() < UNACKED_WRITES => match letter {
                    Some(letter) => unanswered.extend(reader.read(letter).await),
                    None => {
                        tracing::debug!("a socket has gone");
                        return unanswered;
                    }
                },
                Some(()) = unanswered.next() => {}
                () = self.gone.cancelled(), if !letters.is_closed() => letters.close(),
            }
        }
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned.is_cancelled()
    }
}

/// Whoever takes the letters out, one at a time.
pub(crate) trait Reader: Send {
    fn read(&mut self, letter: Envelope) -> impl Future<Output = Unanswered> + Send;
}

struct Desk<'a> {
    session: &'a Session,
    patience: Patience,
}

/// Is seen by others from now on, and hears the rooms that they are a member of.
async fn arrive(session: &Session) -> bool {
    // Turned into what would be told, a failure of the store is logged.
    match session.chat.connected(&session.who).await.map_err(ApiError::from) {
        Ok(rooms) => {
            session.socket.join(rooms.into_iter().map(super::room).collect::<Vec<_>>());
            true
        }
        Err(_) => false,
    }
}

impl Reader for Desk<'_> {
    async fn read(&mut self, mut letter: Envelope) -> Unanswered {
        let session = self.session;
        letter.responder.begin(session.metrics.begin(&letter.event));
        let known = session.namespace.events.iter().find(|entry| entry.name == letter.event);
        let Some(entry) = known else {
            letter.responder.answer::<()>(Err(unknown_event().into()));
            self.patience.lose(&session.socket);
            return None;
        };
        if let Err(error) = session.chat.may_ask(&session.who) {
            letter.responder.answer::<()>(Err(error));
            self.patience.lose(&session.socket);
            return None;
        }
        let turn = debug_span!("event", event = entry.name);
        (entry.run)(session, letter.payload, letter.responder).instrument(turn).await
    }
}

pub(crate) fn unknown_event() -> ApiError {
    let told = "there is no such event; the list is in the documentation";
    ApiError::new(ErrorCode::Validation, told)
}
