//! What waits for the next page of the one who has sent a form, and is shown there once: a text that was
//! refused, so that nothing written is lost; a secret that was made, for which an address is no place.

use crate::page::Returned;
use protocol::SessionId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// More people than this are not waited for: the oldest would have come back long ago.
const KEPT: usize = 1_000;

#[derive(Clone)]
pub(super) struct Waiting<T>(Arc<Mutex<HashMap<SessionId, T>>>);

pub(super) type ReturnedTexts = Waiting<Returned>;

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Waiting<T> {
    pub(super) fn put(&self, session: SessionId, thing: T) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(session, thing);
    }

    pub(super) fn take(&self, session: SessionId) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&session)
    }
}
