//! One namespace: entering, buffers, acks.

use std::sync::Arc;

use super::{
    AckToken, Auth, Millis, NEVER, Reason, delivery::Retrying, early::Early, recovery::Recovery,
    replies::Epoch,
};

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Idle,
    /// For a connection.
    Waiting,
    /// For the user's auth.
    #[cfg(feature = "auth")]
    Asking,
    /// CONNECT is on its way.
    Connecting,
    Connected,
    /// CONNECT is on its way, but it is not wanted any more. A DISCONNECT before the answer would cost
    /// the whole connection.
    Leaving,
    /// The same, but then it was wanted once more.
    Returning,
    /// The server refused and said when to come back.
    Resting,
}

#[derive(Debug)]
pub(super) struct PendingAck {
    pub(super) id: u64,
    pub(super) token: Option<AckToken>,
    pub(super) deadline: Millis,
}

#[derive(Debug)]
pub(super) struct Namespace {
    pub(super) name: Arc<str>,
    pub(super) auth: Auth,
    pub(super) stage: Stage,
    /// The socket's id, as long as it is connected.
    pub(super) id: Option<Arc<str>>,
    pub(super) recovered: bool,
    /// When a rest ends.
    pub(super) until: Millis,
    pub(super) epoch: Epoch,
    pub(super) next_ack: u64,
    /// In the order of their ids.
    pub(super) acks: Vec<PendingAck>,
    pub(super) retrying: Retrying,
    /// Events that overtook the CONNECT.
    pub(super) early: Early,
    pub(super) recovery: Recovery,
}

impl Namespace {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            auth: Auth::default(),
            stage: Stage::Idle,
            id: None,
            recovered: false,
            until: NEVER,
            epoch: Epoch::default(),
            next_ack: 0,
            acks: Vec::new(),
            retrying: Retrying::default(),
            early: Early::default(),
            recovery: Recovery::default(),
        }
    }

    pub(super) fn connected(&self) -> bool {
        self.stage == Stage::Connected
    }

    /// Whether it wants a connection.
    pub(super) fn active(&self) -> bool {
        !matches!(self.stage, Stage::Idle | Stage::Leaving)
    }

    pub(super) fn status(&self) -> Status {
        match &self.id {
            Some(id) if self.connected() => {
                Status::Connected { id: id.clone(), recovered: self.recovered }
            }
            _ if self.active() => Status::Connecting,
            _ => Status::Disconnected,
        }
    }

    pub(super) fn take_ack(&mut self, id: u64) -> Option<PendingAck> {
        let at = self.acks.iter().position(|ack| ack.id == id)?;
        Some(self.acks.remove(at))
    }

    pub(super) fn register_ack(&mut self, token: Option<AckToken>, deadline: Millis) -> u64 {
        let id = self.next_ack;
        self.next_ack += 1;
        self.acks.push(PendingAck { id, token, deadline });
        id
    }
}

impl Reason {
    /// Whether the namespace is entered again by itself when there is a connection.
    pub fn returns(self) -> bool {
        !matches!(self, Reason::ServerDisconnect | Reason::ClientDisconnect | Reason::ForcedClose)
    }
}
