use crate::chat::Chat;
use crate::error::Error;
use crate::identity::Identity;
use crate::queue::Receipt;
use crate::store::{NewMessage, Range, RoomRef, RoomRow, Written};
use crate::time::now;
use protocol::error::ErrorCode;
use protocol::event::{self, Changes, Page, Sent, Synced};
use protocol::limits::{PAGE, PAGE_MAX, SYNC_CHANGES, SYNC_ROOMS};
use protocol::{ApiError, Message, MessageId, MessageKind, MessageText, Reason};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A message that has its place in line. Waiting for it means waiting until it is durable.
#[must_use = "a message isn't safe before its receipt"]
pub struct Pending(Receipt);

impl Pending {
    pub async fn durable(self) -> Result<Sent, Error> {
        match self.0.wait().await? {
            Written::New(message) | Written::Again(message) => Ok(Sent { message }),
            Written::Conflict => {
                let message = "another message was sent with this id";
                Err(ApiError::new(ErrorCode::Conflict, message).into())
            }
        }
    }
}

impl Chat {
    /// Decides whether the message may be said and puts it in line. Messages are written in the
    /// order in which these calls return, so one may begin the next before this one is durable.
    pub async fn send(&self, who: &Identity, message: event::Send) -> Result<Pending, Error> {
        let text = MessageText::parse(&message.text)?;
        if message.kind != MessageKind::Text {
            let told = "only `text` can be sent";
            return Err(ApiError::invalid("kind", Reason::Unknown, told).into());
        }
        let room = self.member_room(who, &RoomRef::parse(&message.room)).await?;
        let receipt = self.queue.push(NewMessage {
            id: MessageId(Uuid::now_v7()),
            room: room.id,
            client_id: message.id,
            author: who.user.clone(),
            kind: message.kind,
            text,
            at: now(),
        })?;
        Ok(Pending(receipt))
    }

    pub async fn history(&self, who: &Identity, ask: &event::History) -> Result<Page, Error> {
        let limit = ask.limit.unwrap_or(PAGE);
        if !(1..=PAGE_MAX).contains(&limit) {
            let told = format!("`limit` is a number from 1 to {PAGE_MAX}");
            return Err(ApiError::invalid("limit", Reason::Malformed, told).into());
        }
        let range = match (ask.before, ask.after) {
            (None, None) => Range::Before(u64::MAX),
            (Some(seq), None) => Range::Before(seq),
            (None, Some(seq)) => Range::After(seq),
            (Some(_), Some(_)) => {
                let told = "give `before` or `after`, not both";
                return Err(ApiError::invalid("before", Reason::Malformed, told).into());
            }
        };
        let room = self.member_room(who, &RoomRef::parse(&ask.room)).await?;
        let mut messages = self.store.history(room.id, range, limit + 1).await?;
        let more = messages.len() > limit;
        if more {
            let extra = if matches!(range, Range::Before(_)) { 0 } else { limit };
            messages.remove(extra);
        }
        Ok(Page { messages, more })
    }

    /// Everything that changed in these rooms since the asker's `rev`s. Rooms that one may not see
    /// are left out of the answer.
    pub async fn sync(&self, who: &Identity, ask: &event::Sync) -> Result<Synced, Error> {
        if ask.rooms.len() > SYNC_ROOMS {
            return Err(ApiError::too_long("rooms", SYNC_ROOMS).into());
        }
        let mut rooms = BTreeMap::new();
        for (id, rev) in &ask.rooms {
            match self.member_room(who, &RoomRef::Id(*id)).await {
                Ok(room) => rooms.insert(*id, self.changes(&room, *rev).await?),
                Err(Error::Refused(_)) => None,
                Err(error) => return Err(error),
            };
        }
        Ok(Synced { rooms })
    }

    async fn changes(&self, room: &RoomRow, since: u64) -> Result<Changes, Error> {
        let mut messages = self.store.changes(room.id, since, SYNC_CHANGES + 1).await?;
        let complete = messages.len() <= SYNC_CHANGES;
        messages.truncate(SYNC_CHANGES);
        let latest = messages.last().map(|message: &Message| message.rev);
        // Nothing between the last change and the room's own rev is missing: the row was read first.
        let rev =
            if complete { latest.unwrap_or(since).max(room.rev) } else { latest.unwrap_or(since) };
        Ok(Changes { messages, rev, complete })
    }
}
