//! What one socket sends is handled in the order sent: its events wait here, and one task takes them.

use super::event::{Envelope, Unanswered};
use super::patience::Patience;
use super::{Session, cut};
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
    /// Its client no longer reads.
    abandoned: CancellationToken,
}

impl Mailbox {
    pub(super) fn new() -> Self {
        let (letters, waiting) = mpsc::channel(MAILBOX);
        Self {
            letters,
            waiting: Arc::new(Mutex::new(Some(waiting))),
            gone: CancellationToken::new(),
            abandoned: CancellationToken::new(),
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

    /// The same, and no one waits for its owner.
    pub(super) fn abandon(&self) {
        self.abandoned.cancel();
        self.close();
    }

    /// Handles everything, from CONNECT until the socket has gone.
    pub(super) async fn serve(self, session: Session) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(letters) = waiting else { return };
        let counted = session.namespace.presence && arrive(&session).await;
        (session.namespace.greet)(&session).await;
        let unanswered = handle_all(&session, letters, self.gone).await;
        if counted && self.abandoned.is_cancelled() {
            session.chat.dropped(session.who.user.id).await;
        } else if counted {
            session.chat.disconnected(session.who.user.id).await;
        }
        unanswered.collect::<()>().await;
    }
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

async fn handle_all(
    session: &Session,
    mut letters: mpsc::Receiver<Envelope>,
    gone: CancellationToken,
) -> FuturesUnordered<BoxFuture<'static, ()>> {
    let mut unanswered = FuturesUnordered::new();
    let mut patience = Patience::new();
    loop {
        tokio::select! {
            biased;
            letter = letters.recv(), if unanswered.len() < UNACKED_WRITES => match letter {
                Some(letter) => unanswered.extend(handle(session, letter, &mut patience).await),
                None => return unanswered,
            },
            Some(()) = unanswered.next() => {}
            () = gone.cancelled(), if !letters.is_closed() => letters.close(),
        }
    }
}

async fn handle(session: &Session, letter: Envelope, patience: &mut Patience) -> Unanswered {
    let known = session.namespace.events.iter().find(|entry| entry.name == letter.event);
    let Some(entry) = known else {
        let told = "there is no such event; the list is in the documentation";
        let error: Error = ApiError::new(ErrorCode::Validation, told).into();
        letter.responder.answer::<()>(Err(error));
        lose(session, patience);
        return None;
    };
    if let Err(error) = session.chat.may_ask(&session.who) {
        letter.responder.answer::<()>(Err(error));
        lose(session, patience);
        return None;
    }
    (entry.run)(session, letter.payload, letter.responder).await
}

fn lose(session: &Session, patience: &mut Patience) {
    if !patience.suffer() {
        tracing::info!(user = %session.who.user.id, "a client sends nothing but nonsense; it is cut off");
        let _ = session.socket.clone().disconnect();
        cut(&session.socket);
    }
}
