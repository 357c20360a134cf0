//! What a crowd counts together while it is measured.

use super::heard::Came;
use crate::failure::Failure;
use crate::measure::latency::Latencies;
use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::time::timeout;

pub(crate) struct Tally {
    began: Instant,
    deliveries: Cell<u64>,
    expected: Cell<u64>,
    late: Cell<u64>,
    again: Cell<u64>,
    answers: Cell<u64>,
    asked: Cell<u64>,
    /// When the latest delivery came, in microseconds.
    last: Cell<u64>,
    delivered_within: RefCell<Latencies>,
    answered_within: RefCell<Latencies>,
    refusal: RefCell<Option<String>>,
    /// Everything that was expected has come.
    all: Notify,
}

/// What was counted since the last time.
pub(crate) struct Counted {
    pub(crate) messages: u64,
    /// Messages that were never acknowledged.
    pub(crate) unanswered: u64,
    pub(crate) expected: u64,
    pub(crate) received: u64,
    pub(crate) again: u64,
    pub(crate) late: u64,
    pub(crate) delivered_within: Latencies,
    pub(crate) answered_within: Latencies,
}

impl Counted {
    /// What comes twice must not hide what never came.
    pub(crate) fn lost(&self) -> u64 {
        self.expected.saturating_sub(self.received - self.again)
    }
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self {
            began: Instant::now(),
            deliveries: Cell::default(),
            expected: Cell::default(),
            late: Cell::default(),
            again: Cell::default(),
            answers: Cell::default(),
            asked: Cell::default(),
            last: Cell::default(),
            delivered_within: RefCell::default(),
            answered_within: RefCell::default(),
            refusal: RefCell::default(),
            all: Notify::new(),
        }
    }

    /// The clock of everything here, in microseconds.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    pub(crate) fn expect(&self, deliveries: u64) {
        self.asked.set(self.asked.get() + 1);
        self.expected.set(self.expected.get() + deliveries);
    }

    pub(crate) fn delivered(&self, sent_at: u64, came: Came) {
        let now = self.now();
        self.deliveries.set(self.deliveries.get() + 1);
        self.last.set(now);
        match came {
            Came::InOrder => {}
            Came::Late => self.late.set(self.late.get() + 1),
            Came::Again => self.again.set(self.again.get() + 1),
        }
        self.delivered_within.borrow_mut().add(now.saturating_sub(sent_at));
        self.look();
    }

    pub(crate) fn answered(&self, asked_at: u64) {
        self.answers.set(self.answers.get() + 1);
        self.answered_within.borrow_mut().add(self.now().saturating_sub(asked_at));
        self.look();
    }

    pub(crate) fn refused(&self, answer: &[u8]) {
        let answer = String::from_utf8_lossy(&answer[..answer.len().min(200)]).into_owned();
        self.refusal.borrow_mut().get_or_insert(answer);
        self.all.notify_one();
    }

    fn look(&self) {
        if self.is_complete() {
            self.all.notify_one();
        }
    }

    fn is_complete(&self) -> bool {
        self.deliveries.get() - self.again.get() >= self.expected.get()
            && self.answers.get() >= self.asked.get()
    }

    /// Until everything has come, or for so long: the rest is lost.
    pub(crate) async fn all(&self, patience: Duration) -> Result<(), Failure> {
        let complete = async {
            while !self.is_complete() && self.refusal.borrow().is_none() {
                self.all.notified().await;
            }
        };
        let _ = timeout(patience, complete).await;
        match self.refusal.borrow_mut().take() {
            Some(answer) => Err(Failure::Refused { asked: "a message".into(), answer }),
            None => Ok(()),
        }
    }

    pub(crate) fn last_delivery(&self) -> u64 {
        self.last.get()
    }

    /// Begins anew.
    pub(crate) fn take(&self) -> Counted {
        let (messages, answers) = (self.asked.take(), self.answers.take());
        Counted {
            messages,
            unanswered: messages.saturating_sub(answers),
            expected: self.expected.take(),
            received: self.deliveries.take(),
            again: self.again.take(),
            late: self.late.take(),
            delivered_within: self.delivered_within.take(),
            answered_within: self.answered_within.take(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_twice_does_not_hide_a_loss() {
        let tally = Tally::new();
        tally.expect(3);
        for came in [Came::InOrder, Came::InOrder, Came::Again] {
            tally.delivered(0, came);
        }
        assert!(!tally.is_complete());
        let counted = tally.take();
        assert_eq!((counted.received, counted.lost(), counted.again), (3, 1, 1));
        assert_eq!(tally.take().expected, 0);
    }

    #[tokio::test]
    async fn all_is_there_when_the_last_has_come() {
        let tally = Tally::new();
        tally.expect(1);
        tally.delivered(0, Came::InOrder);
        assert!(!tally.is_complete(), "the answer is missing");
        tally.answered(0);
        tally.all(Duration::from_secs(20)).await.unwrap();
        assert!(tally.is_complete());
    }

    #[tokio::test]
    async fn a_refusal_is_an_error() {
        let tally = Tally::new();
        tally.expect(1);
        tally.refused(b"[{\"ok\":false}]");
        let failed = tally.all(Duration::from_secs(20)).await.unwrap_err();
        assert!(failed.to_string().contains("\"ok\":false"), "{failed}");
    }
}
