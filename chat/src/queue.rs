//! The write queue: everything that is waiting goes into one transaction, because the price of
//! durability is the fsync, not the row.

use crate::announcement::Announcement;
use crate::error::Error;
use crate::store::{NewMessage, Store, StoreError, Written};
use protocol::ApiError;
use protocol::event::MessageChanged;
use protocol::limits::{WRITE_BATCH, WRITE_QUEUE};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

const RETRY_AFTER_MS: u64 = 500;

#[derive(Clone)]
pub(crate) struct Queue {
    jobs: mpsc::Sender<Job>,
}

enum Job {
    Write(NewMessage, oneshot::Sender<Result<Written, Arc<StoreError>>>),
    Close(oneshot::Sender<()>),
}

pub(crate) struct Receipt(oneshot::Receiver<Result<Written, Arc<StoreError>>>);

impl Receipt {
    pub(crate) async fn wait(self) -> Result<Written, Error> {
        match self.0.await {
            Ok(Ok(written)) => Ok(written),
            Ok(Err(error)) => Err(StoreError::Shared(error).into()),
            Err(_) => Err(closed()),
        }
    }
}

impl Queue {
    pub(crate) fn start(store: Arc<dyn Store>, announce: mpsc::Sender<Announcement>) -> Self {
        let (jobs, waiting) = mpsc::channel(WRITE_QUEUE);
        tokio::spawn(run(store, waiting, announce));
        Self { jobs }
    }

    pub(crate) fn push(&self, message: NewMessage) -> Result<Receipt, Error> {
        let (done, receipt) = oneshot::channel();
        self.jobs.try_send(Job::Write(message, done)).map_err(|_| closed())?;
        Ok(Receipt(receipt))
    }

    pub(crate) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.jobs.send(Job::Close(done)).await.is_ok() {
            // An error means that the queue has already gone: closed all the same.
            let _ = closed.await;
        }
    }
}

fn closed() -> Error {
    ApiError::unavailable(RETRY_AFTER_MS).into()
}

async fn run(
    store: Arc<dyn Store>,
    mut waiting: mpsc::Receiver<Job>,
    announce: mpsc::Sender<Announcement>,
) {
    let mut jobs = Vec::with_capacity(WRITE_BATCH);
    while waiting.recv_many(&mut jobs, WRITE_BATCH).await > 0 {
        let (mut batch, mut receipts, mut closing) = (Vec::new(), Vec::new(), None);
        for job in jobs.drain(..) {
            match job {
                Job::Write(message, receipt) => {
                    batch.push(message);
                    receipts.push(receipt);
                }
                Job::Close(done) => {
                    waiting.close();
                    closing = Some(done);
                }
            }
        }
        commit(&*store, &batch, receipts, &announce).await;
        if let Some(done) = closing {
            let _ = done.send(());
        }
    }
}

async fn commit(
    store: &dyn Store,
    batch: &[NewMessage],
    receipts: Vec<oneshot::Sender<Result<Written, Arc<StoreError>>>>,
    announce: &mpsc::Sender<Announcement>,
) {
    if batch.is_empty() {
        return;
    }
    match store.write(batch).await {
        Ok(outcomes) => {
            for (written, receipt) in outcomes.into_iter().zip(receipts) {
                let news = match &written {
                    Written::New(message) => Some(message.clone()),
                    Written::Again(_) | Written::Conflict => None,
                };
                // A sender who has gone needs no receipt.
                let _ = receipt.send(Ok(written));
                if let Some(message) = news {
                    let (room, rev) = (message.room, message.rev);
                    let changed = MessageChanged { room, rev, message };
                    let _ = announce.send(Announcement::Message(changed)).await;
                }
            }
        }
        Err(error) => {
            let error = Arc::new(error);
            for receipt in receipts {
                let _ = receipt.send(Err(Arc::clone(&error)));
            }
        }
    }
}
