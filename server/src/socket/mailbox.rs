//! What one socket sends is handled in the order sent: its events wait here, and one task takes them.

use super::Session;
use super::event::{Envelope, Unanswered};
use chat::Error;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use protocol::limits::{MAILBOX, UNACKED_WRITES};
use protocol::{ApiError, ErrorCode};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const RETRY_AFTER_MS: u64 = 1_000;

#[derive(Clone)]
pub(super) struct Mailbox {
    letters: mpsc::Sender<Envelope>,
    /// Taken by the one task that serves.
    waiting: Arc<Mutex<Option<mpsc::Receiver<Envelope>>>>,
    gone: CancellationToken,
}

impl Mailbox {
    pub(super) fn new() -> Self {
        let (letters, waiting) = mpsc::channel(MAILBOX);
        Self {
            letters,
            waiting: Arc::new(Mutex::new(Some(waiting))),
            gone: CancellationToken::new(),
        }
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

    /// Handles everything, from CONNECT until the socket has gone.
    pub(super) async fn serve(self, session: Session) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(letters) = waiting else { return };
        // Turned into what would be told, a failure of the store is logged.
        let counted = session.chat.connected(&session.who).await.map_err(ApiError::from);
        let unanswered = handle_all(&session, letters, self.gone).await;
        if counted.is_ok() {
            session.chat.disconnected(session.who.user.id);
        }
        unanswered.collect::<()>().await;
    }
}

async fn handle_all(
    session: &Session,
    mut letters: mpsc::Receiver<Envelope>,
    gone: CancellationToken,
) -> FuturesUnordered<BoxFuture<'static, ()>> {
    let mut unanswered = FuturesUnordered::new();
    loop {
        tokio::select! {
            biased;
            letter = letters.recv(), if unanswered.len() < UNACKED_WRITES => match letter {
                Some(letter) => unanswered.extend(handle(session, letter).await),
                None => return unanswered,
            },
            Some(()) = unanswered.next() => {}
            () = gone.cancelled(), if !letters.is_closed() => letters.close(),
        }
    }
}

async fn handle(session: &Session, letter: Envelope) -> Unanswered {
    let Some(entry) = session.events.iter().find(|entry| entry.name == letter.event) else {
        let told = "there is no such event; the list is in the documentation";
        let error: Error = ApiError::new(ErrorCode::Validation, told).into();
        letter.responder.answer::<()>(Err(error));
        return None;
    };
    (entry.run)(session, letter.payload, letter.responder).await
}
