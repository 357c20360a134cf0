//! The write queue: everything that is waiting goes into one transaction, because the price of
//! durability is the fsync, not the row.

use crate::announcement::{Announcement, Announcer};
use crate::error::Error;
use crate::store::messages::{Call, Change, Written};
use crate::store::{Store, StoreError};
use protocol::event::MessageChanged;
use protocol::limits::{WRITE_BATCH, WRITE_QUEUE};
use protocol::{ApiError, Message};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio::task::yield_now;

const RETRY_AFTER_MS: u64 = 500;
const BUSY: usize = 16;
/// From the network to this queue a message passes through so many tasks.
const ROUNDS: usize = 3;

#[derive(Clone)]
pub(crate) struct Queue {
    jobs: mpsc::Sender<Job>,
}

enum Job {
    Write(Change, oneshot::Sender<Result<Written, Arc<StoreError>>>),
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
    pub(crate) fn start(store: Arc<dyn Store>, announcer: Announcer) -> Self {
        let (jobs, waiting) = mpsc::channel(WRITE_QUEUE);
        tokio::spawn(run(store, waiting, announcer));
        Self { jobs }
    }

    pub(crate) fn push(&self, change: Change) -> Result<Receipt, Error> {
        let (done, receipt) = oneshot::channel();
        self.jobs.try_send(Job::Write(change, done)).map_err(|_| closed())?;
        Ok(Receipt(receipt))
    }

    /// Whether so many wait for the writer that what needs it, too, had better wait.
    pub(crate) fn is_busy(&self) -> bool {
        self.waiting() > BUSY
    }

    /// Changes that wait for their commit.
    pub(crate) fn waiting(&self) -> usize {
        WRITE_QUEUE - self.jobs.capacity()
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

async fn run(store: Arc<dyn Store>, mut waiting: mpsc::Receiver<Job>, announcer: Announcer) {
    let mut jobs = Vec::with_capacity(WRITE_BATCH);
    let mut closing = Vec::new();
    while waiting.recv_many(&mut jobs, WRITE_BATCH).await > 0 {
        gather(&mut waiting, &mut jobs).await;
        let (mut batch, mut receipts) = (Vec::new(), Vec::new());
        for job in jobs.drain(..) {
            match job {
                Job::Write(change, receipt) => {
                    batch.push(change);
                    receipts.push(receipt);
                }
                Job::Close(done) => {
                    waiting.close();
                    closing.push(done);
                }
            }
        }
        commit(&*store, &batch, receipts, &announcer).await;
    }
    // What came in before the door was shut has been written, too.
    for done in closing {
        let _ = done.send(());
    }
}

/// Lets whatever has arrived by now come this far: the more share a commit, the less each costs. It takes no time when
/// nothing has.
async fn gather(waiting: &mut mpsc::Receiver<Job>, jobs: &mut Vec<Job>) {
    for _ in 0..ROUNDS {
        yield_now().await;
        while jobs.len() < WRITE_BATCH
            && let Ok(job) = waiting.try_recv()
        {
            jobs.push(job);
        }
    }
}

async fn commit(
    store: &dyn Store,
    batch: &[Change],
    receipts: Vec<oneshot::Sender<Result<Written, Arc<StoreError>>>>,
    announcer: &Announcer,
) {
    if batch.is_empty() {
        return;
    }
    match store.write(batch).await {
        Ok(outcomes) => {
            let mut news = Vec::new();
            for ((written, receipt), change) in outcomes.into_iter().zip(receipts).zip(batch) {
                if let Written::New(message) = &written {
                    news.push((message.clone(), change.calls()));
                }
                // A sender who has gone needs no receipt.
                let _ = receipt.send(Ok(written));
            }
            // After all receipts: no sender waits for a fan-out that is behind.
            for (message, calls) in news {
                tell(announcer, message, calls).await;
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

async fn tell(announcer: &Announcer, message: Message, calls: &[Call]) {
    let (room, rev) = (message.room, message.rev);
    let changed = MessageChanged { room, rev, message };
    announcer.tell(Announcement::Message(changed)).await;
    for Call { user, notification } in calls {
        announcer.tell(Announcement::Notification(*user, notification.clone())).await;
    }
}
