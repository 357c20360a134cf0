use super::PATIENCE;
use chat::{Announcement, Announcements};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;
use tokio::time::timeout;

/// Everything that a house has announced.
#[derive(Clone, Default)]
pub(crate) struct Heard {
    all: Arc<Mutex<Vec<Announcement>>>,
    more: Arc<Notify>,
}

impl Heard {
    pub(crate) fn listen(mut announcements: Announcements) -> Self {
        let heard = Self::default();
        let listener = heard.clone();
        tokio::spawn(async move {
            while let Some(announcement) = announcements.recv().await {
                listener.all.lock().unwrap().push(announcement);
                listener.more.notify_waiters();
            }
        });
        heard
    }

    /// Those of a kind, as far as they have come.
    pub(crate) fn so_far<T>(&self, pick: impl FnMut(&Announcement) -> Option<T>) -> Vec<T> {
        self.all.lock().unwrap().iter().filter_map(pick).collect()
    }

    /// The first of a kind, as soon as it has come.
    pub(crate) async fn first<T>(&self, pick: impl Fn(&Announcement) -> Option<T>) -> T {
        self.several(1, pick).await.remove(0)
    }

    /// Those of a kind, as soon as there are so many.
    pub(crate) async fn several<T>(
        &self,
        count: usize,
        pick: impl Fn(&Announcement) -> Option<T>,
    ) -> Vec<T> {
        let waiting = async {
            loop {
                let more = self.more.notified();
                let picked = self.so_far(&pick);
                if picked.len() >= count {
                    return picked;
                }
                more.await;
            }
        };
        timeout(PATIENCE, waiting).await.expect("it was never announced")
    }
}
