//! One namespace: entering, buffers, acks, retries.

use std::sync::Arc;

use super::{AckToken, Millis, Queue, Reason, outbox::Outgoing};
use crate::codec::{Binary, Packet};

/// What a namespace shows the server when it is entered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Auth {
    /// Nothing.
    #[default]
    None,
    /// A JSON object, as text.
    Value(String),
    /// Asked for anew each time, with [`Notice::AskAuth`](super::Notice::AskAuth).
    Ask,
}

/// How a namespace stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Not entered, and nothing is under way: never asked for, left, or refused.
    Disconnected,
    /// On its way in, or waiting for a connection.
    Connecting,
    /// Entered.
    Connected {
        /// The socket's id.
        id: Arc<str>,
        /// Whether the server restored the session.
        recovered: bool,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    Idle,
    /// For a connection.
    Waiting,
    /// For the user's auth.
    Asking,
    /// CONNECT is on its way.
    Connecting,
    Connected {
        id: Arc<str>,
        recovered: bool,
    },
    /// CONNECT is on its way, but it is not wanted any more. A DISCONNECT before the answer would cost
    /// the whole connection.
    Leaving {
        again: bool,
    },
    /// The server refused and said when to come back.
    Resting {
        until: Millis,
    },
}

#[derive(Debug)]
pub(super) struct PendingAck {
    pub(super) id: u64,
    pub(super) token: Option<AckToken>,
    pub(super) deadline: Option<Millis>,
}

/// An event that is sent until it is answered.
#[derive(Debug)]
pub(super) struct Queued {
    pub(super) payload: String,
    pub(super) attachments: Vec<Binary>,
    pub(super) token: Option<AckToken>,
    pub(super) timeout: Option<Millis>,
    pub(super) expires: Option<Millis>,
    pub(super) tries: u32,
    /// The ack of the try that is under way.
    pub(super) trying: Option<u64>,
}

impl Queued {
    pub(super) fn size(&self) -> usize {
        self.payload.len() + self.attachments.iter().map(|bytes| bytes.len()).sum::<usize>()
    }
}

#[derive(Debug)]
pub(super) struct Namespace {
    pub(super) name: Arc<str>,
    pub(super) auth: Auth,
    pub(super) stage: Stage,
    /// Counts the times that it was entered, so that no answer goes to another connection.
    pub(super) epoch: u32,
    pub(super) next_ack: u64,
    /// In the order of their ids.
    pub(super) acks: Vec<PendingAck>,
    pub(super) buffer: Queue<Outgoing>,
    pub(super) queue: Queue<Queued>,
    /// Events that overtook the CONNECT.
    pub(super) early: Vec<Packet>,
    /// What connection state recovery needs.
    pub(super) pid: Option<String>,
    pub(super) offset: Option<String>,
}

impl Namespace {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            auth: Auth::None,
            stage: Stage::Idle,
            epoch: 0,
            next_ack: 0,
            acks: Vec::new(),
            buffer: Queue::default(),
            queue: Queue::default(),
            early: Vec::new(),
            pid: None,
            offset: None,
        }
    }

    pub(super) fn connected(&self) -> bool {
        matches!(self.stage, Stage::Connected { .. })
    }

    /// Whether it wants a connection.
    pub(super) fn active(&self) -> bool {
        !matches!(self.stage, Stage::Idle | Stage::Leaving { again: false })
    }

    pub(super) fn status(&self) -> Status {
        match &self.stage {
            Stage::Connected { id, recovered } => {
                Status::Connected { id: id.clone(), recovered: *recovered }
            }
            _ if self.active() => Status::Connecting,
            _ => Status::Disconnected,
        }
    }

    pub(super) fn take_ack(&mut self, id: u64) -> Option<PendingAck> {
        let at = self.acks.binary_search_by_key(&id, |ack| ack.id).ok()?;
        (at < self.acks.len()).then(|| self.acks.remove(at))
    }

    pub(super) fn register_ack(
        &mut self,
        token: Option<AckToken>,
        deadline: Option<Millis>,
    ) -> u64 {
        let id = self.next_ack;
        self.next_ack += 1;
        self.acks.push(PendingAck { id, token, deadline });
        id
    }

    /// The acks that cannot come any more: all but those whose events still wait here.
    pub(super) fn orphans(&mut self) -> Vec<PendingAck> {
        let waiting: Vec<u64> = self.buffer.iter().filter_map(Outgoing::ack).collect();
        let mut lost = Vec::new();
        for ack in std::mem::take(&mut self.acks) {
            let kept = waiting.binary_search(&ack.id).is_ok();
            if kept { &mut self.acks } else { &mut lost }.push(ack);
        }
        lost
    }

    /// The CONNECT's payload: what the user shows, and what recovery needs.
    pub(super) fn connect_payload(&self, auth: &str) -> String {
        let Some(pid) = &self.pid else {
            return auth.into();
        };
        let mut payload = String::from("{\"pid\":");
        crate::codec::json::push_string(pid, &mut payload);
        if let Some(offset) = &self.offset {
            payload.push_str(",\"offset\":");
            crate::codec::json::push_string(offset, &mut payload);
        }
        let members = auth.trim().strip_prefix('{').unwrap_or("}").trim_start();
        if members != "}" {
            payload.push(',');
        }
        payload.push_str(members);
        payload
    }
}

impl Outgoing {
    fn ack(&self) -> Option<u64> {
        match self.role {
            super::outbox::Role::Event { ack, .. } => ack,
            _ => None,
        }
    }
}

impl Reason {
    /// Whether the namespace is entered again by itself when there is a connection.
    pub fn returns(self) -> bool {
        !matches!(self, Reason::ServerDisconnect | Reason::ClientDisconnect | Reason::ForcedClose)
    }
}
