use std::{
    collections::VecDeque,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use super::{MaybeSend, Subscription, lock::Lock};

/// So many items wait for a slow reader; then the oldest give way.
const CAPACITY: usize = 4096;

/// Events or changes as a stream. It does not end by itself; dropping it unsubscribes.
///
/// Nothing is sent or received while nobody reads: a reader that falls more than 4,096 items behind loses
/// the oldest, and [`missed`](Self::missed) counts them. Handlers see everything.
#[must_use = "streams do nothing unless polled"]
pub struct Stream<T> {
    queue: Arc<Lock<Queue<T>>>,
    _subscription: Subscription,
}

struct Queue<T> {
    items: VecDeque<T>,
    missed: u64,
    reader: Option<Waker>,
}

impl<T: MaybeSend + 'static> Stream<T> {
    pub(super) fn new(subscribe: impl FnOnce(Push<T>) -> Subscription) -> Self {
        let queue = Queue { items: VecDeque::new(), missed: 0, reader: None };
        #[allow(clippy::arc_with_non_send_sync, reason = "in the browser it stays on its thread")]
        let queue = Arc::new(Lock::new(queue));
        let into = queue.clone();
        let subscription = subscribe(Box::new(move |item| push(&into, item)));
        Self { queue, _subscription: subscription }
    }
}

#[cfg(feature = "native")]
pub(super) type Push<T> = Box<dyn FnMut(T) + Send>;
#[cfg(not(feature = "native"))]
pub(super) type Push<T> = Box<dyn FnMut(T)>;

fn push<T>(queue: &Lock<Queue<T>>, item: T) {
    let mut queue = queue.lock();
    if queue.items.len() == CAPACITY {
        queue.items.pop_front();
        queue.missed += 1;
    }
    queue.items.push_back(item);
    if let Some(reader) = queue.reader.take() {
        reader.wake();
    }
}

impl<T> Stream<T> {
    /// The next item.
    pub async fn next(&mut self) -> T {
        std::future::poll_fn(|cx| self.poll_item(cx)).await
    }

    /// An item that is there already.
    pub fn try_next(&mut self) -> Option<T> {
        self.queue.lock().items.pop_front()
    }

    /// How many items were lost because nobody read them in time.
    pub fn missed(&self) -> u64 {
        self.queue.lock().missed
    }

    fn poll_item(&self, cx: &mut Context<'_>) -> Poll<T> {
        let mut queue = self.queue.lock();
        if let Some(item) = queue.items.pop_front() {
            return Poll::Ready(item);
        }
        queue.reader = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl<T> std::fmt::Debug for Stream<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stream")
    }
}

impl<T> futures_core::Stream for Stream<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.poll_item(cx).map(Some)
    }
}
