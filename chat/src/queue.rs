//! The write queue: everything that is waiting goes into one transaction, because the price of
//! durability is the fsync, not the row.

use crate::announcement::{Announcement, Announcer};
use crate::error::Error;
use crate::meters::Meters;
use crate::store::messages::{Call, Change, Written};
use crate::store::{Store, StoreError};
use crate::traces::Traces;
use protocol::event::MessageChanged;
use protocol::limits::{WRITE_BATCH, WRITE_QUEUE};
use protocol::{ApiError, Message};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};
use tokio::task::yield_now;
use tracing::{Span, debug_span};

const RETRY_AFTER_MS: u64 = 500;
const BUSY: usize = 16;
/// From the network to this queue a message passes through so many tasks.
const ROUNDS: usize = 3;

#[derive(Clone)]
pub(crate) struct Queue {
    jobs: mpsc::Sender<Job>,
}

#[allow(
    clippy::large_enum_variant,
    reason = "nearly all are writes, and a box would be one for each"
)]
enum Job {
    Write(Change, Sender),
    Close(oneshot::Sender<()>),
}

/// Whoever waits to hear that their change is durable.
struct Sender {
    receipt: oneshot::Sender<Result<Written, Arc<StoreError>>>,
    /// From its place in line until it is taken out.
    span: Span,
}

/// Whoever takes changes out and writes them.
pub(crate) struct Desk {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) announcer: Announcer,
    pub(crate) meters: Meters,
    pub(crate) traces: Traces,
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
    pub(crate) fn start(desk: Desk) -> Self {
        let (jobs, waiting) = mpsc::channel(WRITE_QUEUE);
        tokio::spawn(desk.run(waiting));
        Self { jobs }
    }

    pub(crate) fn push(&self, change: Change) -> Result<Receipt, Error> {
        let (done, receipt) = oneshot::channel();
        let sender = Sender { receipt: done, span: debug_span!("queue") };
        self.jobs.try_send(Job::Write(change, sender)).map_err(|_| closed())?;
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

impl Desk {
    async fn run(self, mut waiting: mpsc::Receiver<Job>) {
        let mut jobs = Vec::with_capacity(WRITE_BATCH);
        let mut closing = Vec::new();
        while waiting.recv_many(&mut jobs, WRITE_BATCH).await > 0 {
            gather(&mut waiting, &mut jobs).await;
            let (mut batch, mut senders) = (Vec::new(), Vec::new());
            for job in jobs.drain(..) {
                match job {
                    Job::Write(change, sender) => {
                        batch.push(change);
                        senders.push(sender);
                    }
                    Job::Close(done) => {
                        waiting.close();
                        closing.push(done);
                    }
                }
            }
            self.commit(&batch, senders).await;
        }
        // What came in before the door was shut has been written, too.
        for done in closing {
            let _ = done.send(());
        }
    }

    async fn commit(&self, batch: &[Change], senders: Vec<Sender>) {
        if batch.is_empty() {
            return;
        }
        // One commit is a step in the trace of each change that is in it.
        let in_traces = |sender: Sender| {
            let commit = debug_span!(parent: &sender.span, "commit", batch = batch.len());
            (sender.receipt, commit)
        };
        let senders: Vec<_> = senders.into_iter().map(in_traces).collect();
        match self.write(batch).await {
            Ok(outcomes) => {
                let mut news = Vec::new();
                for ((written, (receipt, commit)), change) in
                    outcomes.into_iter().zip(senders).zip(batch)
                {
                    if let Written::New(message) = &written {
                        self.traces.keep(message.room, message.rev, &commit);
                        news.push((message.clone(), change.calls()));
                    }
                    // A sender who has gone needs no receipt.
                    let _ = receipt.send(Ok(written));
                }
                // After all receipts: no sender waits for a fan-out that is behind.
                for (message, calls) in news {
                    tell(&self.announcer, message, calls).await;
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                for (receipt, _) in senders {
                    let _ = receipt.send(Err(Arc::clone(&error)));
                }
            }
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "a batch is small")]
    async fn write(&self, batch: &[Change]) -> Result<Vec<Written>, StoreError> {
        self.meters.batch.observe(batch.len() as f64);
        let began = Instant::now();
        let written = self.store.write(batch).await;
        self.meters.commit.observe(began.elapsed().as_secs_f64());
        if written.is_err() {
            self.meters.failed_commits.inc();
        }
        written
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

async fn tell(announcer: &Announcer, message: Message, calls: &[Call]) {
    let (room, rev) = (message.room, message.rev);
    let changed = MessageChanged { room, rev, message };
    announcer.tell(Announcement::Message(changed)).await;
    for Call { user, notification } in calls {
        announcer.tell(Announcement::Notification(*user, notification.clone())).await;
    }
}
