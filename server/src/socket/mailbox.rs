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
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tracing::{Instrument, Span, debug_span};

const RETRY_AFTER_MS: u64 = 1_000;

/// Every socket has one for all its life, and most are empty: without letters it takes hardly any memory.
#[derive(Clone)]
pub(crate) struct Mailbox {
    shared: Arc<Shared>,
}

struct Shared {
    // A std lock: it is held for a push or a pop and never across an await.
    letters: Mutex<Letters>,
    /// Wakes the one task that serves.
    changed: Notify,
    /// What the log says of its owner.
    log: Span,
    metrics: Arc<Metrics>,
}

#[derive(Default)]
struct Letters {
    waiting: VecDeque<Envelope>,
    owner: Owner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Owner {
    #[default]
    Here,
    Gone,
    /// Its client no longer reads.
    Stalled,
}

impl Mailbox {
    pub(crate) fn new(log: Span, metrics: &Arc<Metrics>) -> Self {
        let metrics = Arc::clone(metrics);
        let shared = Shared { letters: Mutex::default(), changed: Notify::new(), log, metrics };
        Self { shared: Arc::new(shared) }
    }

    pub(crate) fn log(&self) -> &Span {
        &self.shared.log
    }

    pub(super) fn deliver(&self, envelope: Envelope) {
        let mut letters = self.lock();
        if letters.owner == Owner::Here && letters.waiting.len() < MAILBOX {
            letters.waiting.push_back(envelope);
            drop(letters);
            self.shared.changed.notify_one();
        } else {
            drop(letters);
            let error: Error = ApiError::unavailable(RETRY_AFTER_MS).into();
            envelope.responder.answer::<()>(Err(error));
        }
    }

    /// What has arrived is still handled.
    pub(super) fn close(&self) {
        self.end(Owner::Gone);
    }

    /// The same, and no one waits for its owner.
    pub(super) fn abandon(&self) {
        if self.is_abandoned() {
            return;
        }
        self.shared.log.in_scope(|| tracing::info!("a client no longer reads; it is dropped"));
        self.shared.metrics.slow_readers.inc();
        self.end(Owner::Stalled);
    }

    fn end(&self, owner: Owner) {
        let mut letters = self.lock();
        // Whoever stalled is not gone by their own will, whatever is heard of them afterwards.
        if letters.owner != Owner::Stalled {
            letters.owner = owner;
        }
        drop(letters);
        self.shared.changed.notify_one();
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
        let mut unanswered = FuturesUnordered::new();
        tracing::debug!("a socket came in");
        loop {
            tokio::select! {
                biased;
                letter = self.next(), if unanswered.len() < UNACKED_WRITES => match letter {
                    Some(letter) => unanswered.extend(reader.read(letter).await),
                    None => {
                        tracing::debug!("a socket has gone");
                        return unanswered;
                    }
                },
                Some(()) = unanswered.next() => {}
            }
        }
    }

    /// The letter that came first; `None` when the socket has gone and all are read.
    async fn next(&self) -> Option<Envelope> {
        loop {
            match self.lock().take() {
                Taken::Letter(letter) => return Some(letter),
                Taken::Last => return None,
                Taken::Nothing => {}
            }
            self.shared.changed.notified().await;
        }
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.lock().owner == Owner::Stalled
    }

    fn lock(&self) -> MutexGuard<'_, Letters> {
        self.shared.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Letters {
    fn take(&mut self) -> Taken {
        let letter = self.waiting.pop_front();
        if self.waiting.is_empty() {
            // Gives back what a busy moment took.
            self.waiting = VecDeque::new();
        }
        match letter {
            Some(letter) => Taken::Letter(letter),
            None if self.owner == Owner::Here => Taken::Nothing,
            None => Taken::Last,
        }
    }
}

enum Taken {
    Letter(Envelope),
    /// More may come.
    Nothing,
    /// The last one has gone before.
    Last,
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
        // It would hear nothing of its rooms. Its client comes again by itself.
        Err(_) => {
            super::cut(&session.socket);
            let _ = session.socket.clone().disconnect();
            false
        }
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
