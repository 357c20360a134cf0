//! What is said, and whom it concerns.

use super::StoreError;
use async_trait::async_trait;
use protocol::event::Notification;
use protocol::{
    ClientId, Message, MessageId, MessageKind, MessageText, NotificationId, Quote, RoomId, User,
    UserId,
};

#[async_trait]
pub trait Messages: Send + Sync {
    /// Writes all of them in one transaction, in order; the outcomes are in the same order.
    async fn write(&self, batch: &[Change]) -> Result<Vec<Written>, StoreError>;
    async fn message(
        &self,
        room: RoomId,
        message: MessageId,
    ) -> Result<Option<Message>, StoreError>;
    /// In ascending `seq`, whichever end the range is counted from.
    async fn history(
        &self,
        room: RoomId,
        range: Range,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError>;
    async fn latest(&self, room: RoomId, limit: usize) -> Result<Vec<Message>, StoreError> {
        self.history(room, Range::Before(u64::MAX), limit).await
    }
    /// Messages with a later `rev`, in the order of `rev`.
    async fn changes(
        &self,
        room: RoomId,
        since: u64,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError>;
    /// The number of a message, as [`Search::candidates`](super::Search::candidates) counts.
    async fn number_of(&self, message: MessageId) -> Result<Option<u64>, StoreError>;
    /// Deletes some messages older than that; true when there may be more.
    async fn purge_messages(&self, before: i64) -> Result<bool, StoreError>;

    async fn add_notification(
        &self,
        user: UserId,
        notification: &Notification,
    ) -> Result<(), StoreError>;
    /// From new to old.
    async fn notifications(
        &self,
        user: UserId,
        limit: usize,
    ) -> Result<Vec<Notification>, StoreError>;
    async fn dismiss(&self, user: UserId, id: NotificationId) -> Result<bool, StoreError>;
}

/// A change that takes the next `rev` of its room.
pub enum Change {
    Send(NewMessage),
    Edit(Edited),
    Delete { room: RoomId, message: MessageId, at: i64 },
}

impl Change {
    pub fn room(&self) -> RoomId {
        match self {
            Self::Send(message) => message.room,
            Self::Edit(edited) => edited.room,
            Self::Delete { room, .. } => *room,
        }
    }

    /// Whom to tell of it.
    pub fn calls(&self) -> &[Call] {
        match self {
            Self::Send(message) => &message.calls,
            Self::Edit(edited) => &edited.calls,
            Self::Delete { .. } => &[],
        }
    }
}

pub struct NewMessage {
    pub id: MessageId,
    pub room: RoomId,
    pub client_id: ClientId,
    pub author: User,
    pub kind: MessageKind,
    pub text: MessageText,
    pub at: i64,
    pub reply_to: Option<MessageId>,
    pub calls: Vec<Call>,
}

impl NewMessage {
    /// As it is when it is written.
    pub(crate) fn as_message(&self, rev: u64, quote: Option<Quote>) -> Message {
        Message {
            id: self.id,
            room: self.room,
            seq: rev,
            rev,
            client_id: self.client_id,
            user: self.author.clone(),
            kind: self.kind,
            text: self.text.as_str().to_owned(),
            at: self.at,
            edited_at: None,
            deleted_at: None,
            reply_to: self.reply_to,
            quote,
        }
    }
}

pub struct Edited {
    pub room: RoomId,
    pub message: MessageId,
    pub text: MessageText,
    pub at: i64,
    /// Those whom it did not call before.
    pub calls: Vec<Call>,
    /// Those whom it calls no longer.
    pub uncalled: Vec<UserId>,
}

/// Someone whom a message concerns by name or directly.
pub struct Call {
    pub user: UserId,
    pub notification: Notification,
}

#[derive(Debug, Clone)]
pub enum Written {
    New(Message),
    /// Nothing to do: a retry, or an edit that changes nothing.
    Again(Message),
    /// Another message bears this author's client id.
    Conflict,
    /// The room or the message has gone meanwhile.
    Gone,
}

/// Exclusive bounds on `seq`.
#[derive(Debug, Clone, Copy)]
pub enum Range {
    Before(u64),
    After(u64),
}
