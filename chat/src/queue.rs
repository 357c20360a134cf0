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
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
use tracing::{Span, debug_span};

const RETRY_AFTER_MS: u64 = 500;
const BUSY: usize = 16;
/// Commits of few begin so far apart at least: those who write at the same time share one.
const APART: Duration = Duration::from_millis(2);
/// Whoever waited so often and stayed alone waits no more.
const PATIENCE: u32 = 4;
/// So many are written at once, whenever that is.
const ENOUGH: usize = 16;

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
        let mut pace = Pace::default();
        while waiting.recv_many(&mut jobs, WRITE_BATCH).await > 0 {
            gather(&mut waiting, &mut jobs, pace.next()).await;
            pace.begins(jobs.len());
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
            ends(&sender.span);
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
                    ends(&commit);
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

/// A trace has it end where it was left last, however long what comes of it still lasts.
fn ends(span: &Span) {
    span.in_scope(|| ());
}

/// When a commit had better begin. One program that sends the next message when the last is acked never has company.
#[derive(Default)]
struct Pace {
    last: Option<Instant>,
    waits: bool,
    /// How often no one came while one waited.
    alone: u32,
}

impl Pace {
    fn next(&mut self) -> Instant {
        let (now, due) = (Instant::now(), self.last.map(|last| last + APART));
        let due = due.filter(|due| *due > now && self.alone < PATIENCE);
        self.waits = due.is_some();
        due.unwrap_or(now)
    }

    /// A commit of so many begins.
    fn begins(&mut self, count: usize) {
        if count > 1 {
            self.alone = 0;
        } else if self.waits {
            self.alone += 1;
        }
        self.last = Some(Instant::now());
    }
}

/// Until there are enough, or it is time. A timer whose time has come rings within a millisecond, and not at once.
async fn gather(waiting: &mut mpsc::Receiver<Job>, jobs: &mut Vec<Job>, until: Instant) {
    loop {
        while jobs.len() < WRITE_BATCH
            && let Ok(job) = waiting.try_recv()
        {
            jobs.push(job);
        }
        if jobs.len() >= ENOUGH || until <= Instant::now() {
            return;
        }
        let more = waiting.recv_many(jobs, WRITE_BATCH - jobs.len());
        if !matches!(timeout_at(until, more).await, Ok(1..)) {
            return;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> (mpsc::Sender<Job>, mpsc::Receiver<Job>) {
        mpsc::channel(WRITE_QUEUE)
    }

    fn job() -> Job {
        Job::Close(oneshot::channel().0)
    }

    #[tokio::test(start_paused = true)]
    async fn few_wait_for_those_who_come_soon() {
        let (jobs, mut waiting) = line();
        let (began, mut taken) = (Instant::now(), vec![job()]);
        let others = async {
            tokio::time::sleep(APART / 2).await;
            assert!(jobs.try_send(job()).is_ok());
        };
        tokio::join!(gather(&mut waiting, &mut taken, began + APART), others);
        assert_eq!((taken.len(), began.elapsed()), (2, APART));
    }

    #[tokio::test(start_paused = true)]
    async fn one_who_never_has_company_soon_waits_no_more() {
        let mut pace = Pace::default();
        let mut waits = async |count: usize| {
            let began = Instant::now();
            tokio::time::sleep_until(pace.next()).await;
            pace.begins(count);
            !began.elapsed().is_zero()
        };
        assert!(!waits(1).await, "the first is in no one's way");
        for _ in 0..PATIENCE {
            assert!(waits(1).await);
        }
        assert!(!waits(1).await && !waits(1).await);
        assert!(!waits(2).await, "two came while the one before was written");
        assert!(waits(1).await);
        tokio::time::sleep(APART * 2).await;
        assert!(!waits(1).await);
    }

    #[tokio::test(start_paused = true)]
    async fn when_it_is_time_no_one_waits() {
        let (_jobs, mut waiting) = line();
        tokio::time::advance(Duration::from_micros(300)).await;
        let (began, mut taken) = (Instant::now(), vec![job()]);
        gather(&mut waiting, &mut taken, began).await;
        assert_eq!((taken.len(), began.elapsed()), (1, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn many_never_wait() {
        let (jobs, mut waiting) = line();
        let (began, mut taken) = (Instant::now(), vec![job()]);
        for _ in 0..ENOUGH {
            assert!(jobs.try_send(job()).is_ok());
        }
        gather(&mut waiting, &mut taken, began + APART).await;
        assert_eq!((taken.len(), began.elapsed()), (1 + ENOUGH, Duration::ZERO));
    }
}
