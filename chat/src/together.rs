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

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use std::sync::Mutex;
    use tokio::sync::Semaphore;

    #[tokio::test]
    async fn what_is_asked_while_a_question_is_answered_is_one_question() {
        let (asked, gate) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Semaphore::new(0)));
        let (noting, opened) = (Arc::clone(&asked), Arc::clone(&gate));
        let doubled = Together::start(move |keys: Vec<u32>| {
            noting.lock().unwrap().push(keys.len());
            let opened = Arc::clone(&opened);
            async move {
                opened.acquire().await.unwrap().forget();
                Ok(keys.into_iter().map(|key| key * 2).collect())
            }
        });
        let first = doubled.ask(0);
        let others = join_all((1..=10).map(|key| doubled.ask(key)));
        let open = async {
            while asked.lock().unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
            gate.add_permits(2);
        };
        let (first, others, ()) = tokio::join!(first, others, open);
        assert_eq!(first.unwrap(), 0);
        let answers: Vec<u32> = others.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers, (1..=10).map(|key| key * 2).collect::<Vec<_>>());
        let asked = asked.lock().unwrap();
        assert!(asked.len() <= 2, "{asked:?}");
        assert_eq!(asked.iter().sum::<usize>(), 11);
    }

    #[tokio::test]
    async fn a_failure_is_everyones() {
        let failing = Together::<u32, u32>::start(|_| async { Err(StoreError::Silent) });
        let answers = join_all((0..3).map(|key| failing.ask(key))).await;
        assert!(answers.iter().all(Result::is_err));
    }
}
