//! Where a change's trace goes on after its commit. Between commit and fan-out a change is put in order, may be
//! dropped and read from the store again, and is told to other nodes: its span can't go with it, and waits here.

use crate::chat::Chat;
use protocol::RoomId;
use std::collections::HashMap;
// A std lock: it is held for a few map operations and never across an await.
use std::sync::{Arc, Mutex, PoisonError};
use tracing::Span;

/// Whatever waits when there are more was lost on the way.
const WAITING: usize = 4_096;

#[derive(Clone, Default)]
pub(crate) struct Traces(Arc<Mutex<HashMap<(RoomId, u64), Span>>>);

impl Traces {
    /// Nothing, unless someone follows traces.
    pub(crate) fn keep(&self, room: RoomId, rev: u64, span: &Span) {
        if span.is_disabled() {
            return;
        }
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING {
            waiting.clear();
        }
        waiting.insert((room, rev), span.clone());
    }

    fn take(&self, room: RoomId, rev: u64) -> Option<Span> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&(room, rev))
    }
}

impl Chat {
    /// The span of the commit that made a change, once, where this node made it and someone follows traces.
    pub fn trace(&self, room: RoomId, rev: u64) -> Option<Span> {
        self.house.traces.take(room, rev)
    }
}
