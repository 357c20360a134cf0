use std::{borrow::Cow, sync::Arc};

use serde::de::DeserializeOwned;

use super::{AckError, replies::Replier};
use crate::codec::{Binary, Packet, json, providing};

/// An event from the server. Clones are cheap.
#[derive(Clone)]
pub struct Event {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    namespace: Arc<str>,
    packet: Packet,
    pub(super) replier: Replier,
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Event").field(&self.inner.namespace).field(&self.json()).finish()
    }
}

impl Event {
    pub(super) fn new(namespace: Arc<str>, packet: Packet, replier: Replier) -> Self {
        #[allow(clippy::arc_with_non_send_sync, reason = "in the browser it stays on its thread")]
        let inner = Arc::new(Inner { namespace, packet, replier });
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

    /// The same, made in the way that costs a page least.
    pub(super) fn plain_name(&self) -> String {
        let first = json::elements(self.json()).next().unwrap_or_default();
        json::string(first).unwrap_or_else(|| first.into())
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

/// What one can wait for as an answer: anything that serde reads from its first argument, or the whole
/// [`Answer`], for who reads it in another way.
pub trait FromAnswer: Sized {
    /// Takes what it wants from the answer.
    ///
    /// # Errors
    /// When it isn't there.
    fn from_answer(answer: Answer) -> Result<Self, AckError>;
}

impl<T: DeserializeOwned> FromAnswer for T {
    fn from_answer(answer: Answer) -> Result<Self, AckError> {
        answer.get(0).map_err(AckError::Decode)
    }
}

impl FromAnswer for Answer {
    fn from_answer(answer: Answer) -> Result<Self, AckError> {
        Ok(answer)
    }
}

fn read<T: DeserializeOwned>(packet: &Packet, at: usize) -> Result<T, serde_json::Error> {
    let json = json::elements(&packet.payload).nth(at).unwrap_or("null");
    providing(&packet.attachments, || serde_json::from_str(json))
}
