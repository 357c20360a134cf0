//! Answers to the server's events. Without the feature `replies`, `without/replier.rs` stands here.

use std::sync::Arc;

use super::{Arguments, EmitError, Event, Hub, List, lock::Lock};
use crate::{codec::Attachments, core::ReplyTo};

/// What an event is answered with.
pub(super) struct Replier {
    hub: Arc<Hub>,
    to: Lock<Option<ReplyTo>>,
}

impl Replier {
    pub(super) fn new(hub: &Arc<Hub>, to: Option<ReplyTo>) -> Self {
        Self { hub: hub.clone(), to: Lock::new(to) }
    }
}

impl Event {
    /// Whether the server waits for an answer, and none was given yet.
    pub fn wants_reply(&self) -> bool {
        self.inner.replier.to.lock().is_some()
    }

    /// Answers it, once: later answers, and those after the connection that asked is gone, go nowhere.
    ///
    /// # Errors
    /// When the arguments cannot be written as JSON.
    pub fn reply(&self, arguments: impl Arguments) -> Result<(), EmitError> {
        match self.take_reply() {
            Some(reply) => reply.send(arguments),
            None => Ok(()),
        }
    }

    /// The way to answer it later, without holding on to the event; there is only one.
    pub fn take_reply(&self) -> Option<Reply> {
        let to = self.inner.replier.to.lock().take()?;
        Some(Reply { hub: self.inner.replier.hub.clone(), to })
    }
}

/// The way to answer one event, on the connection that brought it.
pub struct Reply {
    hub: Arc<Hub>,
    to: ReplyTo,
}

impl List {
    /// The JSON array of an answer, and the attachments.
    fn into_answer(self) -> (String, Attachments) {
        let mut json = String::from("[");
        json.push_str(self.json.get(1..).unwrap_or_default());
        json.push(']');
        (json, self.attachments)
    }
}

impl Reply {
    /// Answers.
    ///
    /// # Errors
    /// When the arguments cannot be written as JSON.
    pub fn send(self, arguments: impl Arguments) -> Result<(), EmitError> {
        let (json, attachments) = arguments.into_list()?.into_answer();
        self.hub.with_core(|core, now| core.reply(now, self.to, &json, attachments));
        Ok(())
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reply")
    }
}
