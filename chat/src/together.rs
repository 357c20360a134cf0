//! What many ask at the same moment is read at once: a query's price is the way to the store and back, not its rows.
//! Whoever asks alone is answered as soon as without.

use crate::error::Error;
use crate::store::StoreError;
use protocol::ApiError;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Together, at most.
const MANY: usize = 64;
const RETRY_AFTER_MS: u64 = 500;

/// One question about each key, such as: whose session is this?
pub(crate) struct Together<K, A> {
    asked: mpsc::UnboundedSender<Question<K, A>>,
}

struct Question<K, A> {
    key: K,
    answer: oneshot::Sender<Result<A, Arc<StoreError>>>,
}

impl<K: Clone + Send + 'static, A: Send + 'static> Together<K, A> {
    /// `read` answers keys in the order given.
    pub(crate) fn start<F>(read: impl Fn(Vec<K>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<Vec<A>, StoreError>> + Send + 'static,
    {
        let (asked, mut waiting) = mpsc::unbounded_channel::<Question<K, A>>();
        tokio::spawn(async move {
            let mut questions = Vec::new();
            while waiting.recv_many(&mut questions, MANY).await > 0 {
                let keys = questions.iter().map(|question| question.key.clone()).collect();
                let found = read(keys).await.map_err(Arc::new);
                // Whoever asked may have gone.
                match found {
                    Ok(found) => questions.drain(..).zip(found).for_each(|(question, found)| {
                        let _ = question.answer.send(Ok(found));
                    }),
                    Err(error) => questions.drain(..).for_each(|question| {
                        let _ = question.answer.send(Err(Arc::clone(&error)));
                    }),
                }
            }
        });
        Self { asked }
    }

    pub(crate) async fn ask(&self, key: K) -> Result<A, Error> {
        let closed = || ApiError::unavailable(RETRY_AFTER_MS);
        let (answer, answered) = oneshot::channel();
        self.asked.send(Question { key, answer }).map_err(|_| closed())?;
        let found = answered.await.map_err(|_| closed())?;
        Ok(found.map_err(StoreError::Shared)?)
    }
}
