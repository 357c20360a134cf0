use super::{Millis, NsId, Queue};
use crate::codec::{Binary, engine::Frame};

/// A packet that waits for the transport.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) ns: NsId,
    pub(super) text: String,
    pub(super) attachments: Vec<Binary>,
    pub(super) role: Role,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// CONNECT, DISCONNECT and answers: of no use on another connection.
    Control,
    /// A DISCONNECT of this side.
    Farewell,
    /// An event; it goes back to its namespace's buffer when the connection ends first.
    Event { ack: Option<u64>, expires: Option<Millis> },
    /// An event of the retry queue, which keeps its own copy.
    Queued,
}

impl Outgoing {
    pub(super) fn size(&self) -> usize {
        self.text.len() + self.attachments.iter().map(|bytes| bytes.len()).sum::<usize>()
    }

    pub(super) fn polling_len(&self) -> usize {
        let binary = self.attachments.iter().map(|bytes| 2 + bytes.len().div_ceil(3) * 4);
        1 + self.text.len() + binary.sum::<usize>()
    }

    pub(super) fn is_event(&self) -> bool {
        matches!(self.role, Role::Event { .. })
    }

    pub(super) fn expired(&self, now: Millis) -> bool {
        matches!(self.role, Role::Event { expires: Some(expires), .. } if expires <= now)
    }

    pub(super) fn push_frames(self, frames: &mut Queue<Frame>) {
        frames.push_back(Frame::Text(self.text));
        for bytes in self.attachments {
            frames.push_back(Frame::Binary(bytes));
        }
    }
}

/// How much waits, over all namespaces.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) count: usize,
    pub(super) bytes: usize,
}

impl Held {
    pub(super) fn add(&mut self, bytes: usize) {
        self.count += 1;
        self.bytes += bytes;
    }

    pub(super) fn remove(&mut self, bytes: usize) {
        self.count = self.count.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}
