//! What one socket sends is handled in the order sent: its events wait here, and one task takes them.

use super::event::{Envelope, Unanswered};
use super::{Session, find};
use chat::Error;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use protocol::ApiError;
use protocol::limits::{MAILBOX, UNACKED_WRITES};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const RETRY_AFTER_MS: u64 = 1_000;

#[derive(Clone)]
pub(super) struct Mailbox {
    letters: mpsc::Sender<Envelope>,
    gone: CancellationToken,
}

impl Mailbox {
    pub(super) fn open(session: Session) -> Self {
        let (letters, waiting) = mpsc::channel(MAILBOX);
        let gone = CancellationToken::new();
        tokio::spawn(serve(session, waiting, gone.clone()));
        Self { letters, gone }
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
}

async fn serve(session: Session, mut letters: mpsc::Receiver<Envelope>, gone: CancellationToken) {
    if let Err(error) = session.chat.connected(&session.who).await {
        tracing::error!(%error, "a socket's presence is unknown");
    }
    let mut unanswered = FuturesUnordered::new();
    loop {
        tokio::select! {
            biased;
            letter = letters.recv(), if unanswered.len() < UNACKED_WRITES => match letter {
                Some(letter) => unanswered.extend(handle(&session, letter).await),
                None => break,
            },
            Some(()) = unanswered.next() => {}
            () = gone.cancelled(), if !letters.is_closed() => letters.close(),
        }
    }
    session.chat.disconnected(session.who.user.id);
    while unanswered.next().await.is_some() {}
}

async fn handle(session: &Session, letter: Envelope) -> Unanswered {
    match find(&letter.event) {
        Ok(entry) => (entry.run)(session, letter.payload, letter.responder).await,
        Err(error) => {
            letter.responder.answer::<()>(Err(error));
            None
        }
    }
}
