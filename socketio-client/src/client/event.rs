use std::{borrow::Cow, sync::Arc};

use serde::de::DeserializeOwned;

use super::{Arguments, EmitError, Hub, lock::Lock};
use crate::{
    codec::{Binary, Packet, json, providing},
    core::ReplyTo,
};

/// An event from the server. Clones are cheap.
#[derive(Clone)]
pub struct Event {
    inner: Arc<Inner>,
}

struct Inner {
    hub: Arc<Hub>,
    namespace: Arc<str>,
    packet: Packet,
    reply: Lock<Option<ReplyTo>>,
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Event").field(&self.inner.namespace).field(&self.json()).finish()
    }
}

impl Event {
    pub(super) fn new(
        hub: Arc<Hub>,
        namespace: Arc<str>,
        packet: Packet,
        reply: Option<ReplyTo>,
    ) -> Self {
        #[allow(clippy::arc_with_non_send_sync, reason = "in the browser it stays on its thread")]
        let inner = Arc::new(Inner { hub, namespace, packet, reply: Lock::new(reply) });
        Self { inner }
    }

    /// The namespace that it came to.
    pub fn namespace(&self) -> &str {
        &self.inner.namespace
    }

    /// Its name.
    pub fn name(&self) -> Cow<'_, str> {
        let first = json::elements(self.json()).next().unwrap_or_default();
        match first.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(plain) if !plain.contains('\\') => Cow::Borrowed(plain),
            Some(_) => Cow::Owned(json::string(first).unwrap_or_default()),
            None => Cow::Borrowed(first),
        }
    }

    /// Its argument at this place, the name not counted. One that is missing reads as `null`.
    ///
    /// # Errors
    /// When it is not what `T` expects.
    pub fn get<T: DeserializeOwned>(&self, at: usize) -> Result<T, serde_json::Error> {
        read(&self.inner.packet, at + 1)
    }

    /// Name and arguments as a JSON array; binary stands in it as `{"_placeholder":true,"num":0}`.
    pub fn json(&self) -> &str {
        &self.inner.packet.payload
    }

    /// The binary parts of its arguments, in order.
    pub fn attachments(&self) -> &[Binary] {
        &self.inner.packet.attachments
    }

    /// Whether the server waits for an answer, and none was given yet.
    pub fn wants_reply(&self) -> bool {
        self.inner.reply.lock().is_some()
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
        let to = self.inner.reply.lock().take()?;
        Some(Reply { hub: self.inner.hub.clone(), to })
    }
}

/// The way to answer one event, on the connection that brought it.
pub struct Reply {
    hub: Arc<Hub>,
    to: ReplyTo,
}

impl Reply {
    /// Answers.
    ///
    /// # Errors
    /// When the arguments cannot be written as JSON.
    pub fn send(self, arguments: impl Arguments) -> Result<(), EmitError> {
        let (json, attachments) = arguments.into_list()?.finish(None);
        self.hub.with_core(|core, now| core.reply(now, self.to, &json, attachments));
        Ok(())
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reply")
    }
}

/// The server's answer to an event.
#[derive(Debug, Clone)]
pub struct Answer {
    packet: Packet,
}

impl Answer {
    pub(super) fn new(packet: Packet) -> Self {
        Self { packet }
    }

    /// Its argument at this place. One that is missing reads as `null`.
    ///
    /// # Errors
    /// When it is not what `T` expects.
    pub fn get<T: DeserializeOwned>(&self, at: usize) -> Result<T, serde_json::Error> {
        read(&self.packet, at)
    }

    /// Its arguments as a JSON array; binary stands in it as `{"_placeholder":true,"num":0}`.
    pub fn json(&self) -> &str {
        &self.packet.payload
    }

    /// The binary parts of its arguments, in order.
    pub fn attachments(&self) -> &[Binary] {
        &self.packet.attachments
    }
}

fn read<T: DeserializeOwned>(packet: &Packet, at: usize) -> Result<T, serde_json::Error> {
    let json = json::elements(&packet.payload).nth(at).unwrap_or("null");
    providing(&packet.attachments, || serde_json::from_str(json))
}
