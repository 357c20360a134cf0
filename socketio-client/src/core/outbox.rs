use super::{NsId, delivery::Expiry};
use crate::codec::{Attachments, engine::Frame};

/// A packet that waits for the transport.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) ns: NsId,
    pub(super) text: String,
    pub(super) attachments: Attachments,
    pub(super) role: Role,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// CONNECT, DISCONNECT and answers: of no use on another connection.
    Control,
    /// A DISCONNECT of this side.
    Farewell,
    /// An event; it waits until its namespace is connected, and stays when the connection ends first.
    Event { ack: Option<u64>, expiry: Expiry },
}

impl Outgoing {
    pub(super) fn size(&self) -> usize {
        self.text.len() + self.attachments.iter().map(|bytes| bytes.len()).sum::<usize>()
    }

    pub(super) fn polling_len(&self) -> usize {
        let binary = self.attachments.iter().map(|bytes| 2 + bytes.len().div_ceil(3) * 4);
        1 + self.text.len() + binary.sum::<usize>()
    }

    pub(super) fn ack(&self) -> Option<u64> {
        match self.role {
            Role::Event { ack, .. } => ack,
            _ => None,
        }
    }

    pub(super) fn is_event(&self) -> bool {
        matches!(self.role, Role::Event { .. })
    }

    /// Moves what it consists of to `frames`.
    pub(super) fn push_frames(&mut self, frames: &mut Vec<Frame>) {
        frames.push(Frame::Text(std::mem::take(&mut self.text)));
        for bytes in std::mem::take(&mut self.attachments) {
            frames.push(Frame::Binary(bytes));
        }
    }
}

/// Goes through what waits and keeps what is wanted. It exists once, whatever is asked.
pub(super) fn sift(outbox: &mut Vec<Outgoing>, keep: &mut dyn FnMut(&mut Outgoing) -> bool) {
    outbox.retain_mut(keep);
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
