use crate::chat::Chat;
use crate::error::Error;
use crate::people::Identity;
use crate::permissions::{self, Action};
use crate::store::messages::Range;
use crate::store::rooms::{RoomRef, RoomRow};
use protocol::event::{self, Changes, Page, Synced};
use protocol::limits::{PAGE, PAGE_MAX, SYNC_CHANGES, SYNC_ROOMS};
use protocol::{ApiError, Message, Reason};
use std::collections::BTreeMap;

impl Chat {
    pub async fn history(&self, who: &Identity, ask: &event::History) -> Result<Page, Error> {
        let limit = page_size(ask.limit)?;
        let range = match (ask.before, ask.after) {
            (None, None) => Range::Before(u64::MAX),
            (Some(seq), None) => Range::Before(seq),
            (None, Some(seq)) => Range::After(seq),
            (Some(_), Some(_)) => {
                let told = "give `before` or `after`, not both";
                return Err(ApiError::invalid("before", Reason::Malformed, told).into());
            }
        };
        let room = self.allowed(who, &ask.room, Action::Look).await?.room;
        let mut messages = self.house.store.history(room.id, range, limit + 1).await?;
        let more = messages.len() > limit;
        if more {
            let extra = if matches!(range, Range::Before(_)) { 0 } else { limit };
            messages.remove(extra);
        }
        Ok(Page { messages, more })
    }

    /// Everything that changed in these rooms since the asker's `rev`s. Rooms that one may not see
    /// are left out of the answer.
    #[allow(clippy::cast_precision_loss, reason = "an answer holds no such number of messages")]
    pub async fn sync(&self, who: &Identity, ask: &event::Sync) -> Result<Synced, Error> {
        if ask.rooms.len() > SYNC_ROOMS {
            return Err(ApiError::too_long("rooms", SYNC_ROOMS).into());
        }
        self.person(who).await?;
        let mut rooms = BTreeMap::new();
        for (id, rev) in &ask.rooms {
            let place = match self.place(who, &RoomRef::Id(*id)).await {
                Ok(place) if permissions::may(Action::Look, &place).is_ok() => place,
                Ok(_) | Err(Error::Refused(_)) => continue,
                Err(error) => return Err(error),
            };
            // Read anew: the room's own rev must not be older than what is asked for.
            if let Some(room) = self.house.store.room(&RoomRef::Id(place.room.id)).await? {
                rooms.insert(*id, self.changes(&room, *rev).await?);
            }
        }
        let messages: usize = rooms.values().map(|changes| changes.messages.len()).sum();
        self.house.meters.synced.observe(messages as f64);
        Ok(Synced { rooms })
    }

    async fn changes(&self, room: &RoomRow, since: u64) -> Result<Changes, Error> {
        if since > room.rev {
            // What the asker has is of a time that a restored backup has undone. A `rev` below the one
            // asked about tells them.
            return Ok(Changes { messages: Vec::new(), rev: room.rev, complete: true });
        }
        let mut messages = self.house.store.changes(room.id, since, SYNC_CHANGES + 1).await?;
        let complete = messages.len() <= SYNC_CHANGES;
        messages.truncate(SYNC_CHANGES);
        let latest = messages.last().map(|message: &Message| message.rev);
        // Nothing between the last change and the room's own rev is missing: the row was read first.
        let rev =
            if complete { latest.unwrap_or(since).max(room.rev) } else { latest.unwrap_or(since) };
        Ok(Changes { messages, rev, complete })
    }
}

pub(super) fn page_size(limit: Option<usize>) -> Result<usize, ApiError> {
    let limit = limit.unwrap_or(PAGE);
    if (1..=PAGE_MAX).contains(&limit) {
        return Ok(limit);
    }
    let told = format!("`limit` is a number from 1 to {PAGE_MAX}");
    Err(ApiError::invalid("limit", Reason::Malformed, told))
}
