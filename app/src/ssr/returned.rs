//! What a form without JavaScript sent and the server refused: kept until the next page shows it to
//! its writer again, so that nothing written is lost.

use crate::answers::Returned;
use protocol::SessionId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// More writers than this are not waited for: the oldest would have come back long ago.
const KEPT: usize = 1_000;

#[derive(Clone, Default)]
pub(super) struct ReturnedTexts(Arc<Mutex<HashMap<SessionId, Returned>>>);

impl ReturnedTexts {
    pub(super) fn put(&self, session: SessionId, returned: Returned) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(session, returned);
    }

    pub(super) fn take(&self, session: SessionId) -> Option<Returned> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&session)
    }
}
