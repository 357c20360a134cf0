use crate::announcement::Announcements;
use crate::presence::Presence;
use crate::queue::Queue;
use crate::store::Store;
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};

/// Announcements that wait for their fan-out. When it is full, commits wait too.
const ANNOUNCEMENTS: usize = 1_024;

/// The chat itself. Cheap to clone: every adapter holds one.
#[derive(Clone)]
pub struct Chat {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) queue: Queue,
    pub(crate) presence: Presence,
    /// One arrival at a time: between taking a name and being here, its bearer would look like a guest
    /// who has gone, and lose it to the next.
    pub(crate) door: Arc<Mutex<()>>,
}

impl Chat {
    /// Must be called inside a tokio runtime: the write queue is a task.
    pub fn open(store: Arc<dyn Store>) -> (Self, Announcements) {
        let (announce, announcements) = mpsc::channel(ANNOUNCEMENTS);
        let queue = Queue::start(Arc::clone(&store), announce.clone());
        let presence = Presence::new(announce);
        (Self { store, queue, presence, door: Arc::default() }, announcements)
    }

    /// Waits until every write that was taken is durable or refused; later ones are refused.
    pub async fn close(&self) {
        self.queue.close().await;
        self.store.close().await;
    }
}
