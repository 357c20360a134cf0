//! No binary: a server that sends some breaks off with `parse error`.

use std::ops::Deref;

use super::{
    ParseError,
    packet::{self, Packet},
};

/// There are none without the feature `binary`; so the compiler drops all code that would take one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Binary {}

/// What goes with a packet's text: nothing.
pub type Attachments = [Binary; 0];

impl Binary {
    #[cfg(feature = "page")]
    pub(crate) fn received(_: impl FnOnce() -> Vec<u8>) -> Option<Self> {
        None
    }

    #[cfg(feature = "page")]
    pub(crate) fn prepare(_: impl FnOnce()) {}

    pub(super) fn from_base64(_: &str) -> Result<Self, ParseError> {
        Err(ParseError::Base64)
    }

    pub(super) fn push_base64(&self, _: &mut String) {
        match *self {}
    }
}

impl Deref for Binary {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match *self {}
    }
}

#[cfg(any(feature = "page", feature = "native"))]
#[allow(clippy::inline_always, reason = "a page pays for what is not inlined")]
#[inline(always)]
pub(crate) fn collecting<T>(_: &mut Attachments, write: impl FnOnce() -> T) -> T {
    write()
}

#[cfg(any(feature = "page", feature = "native"))]
#[allow(clippy::inline_always, reason = "a page pays for what is not inlined")]
#[inline(always)]
pub(crate) fn providing<T>(_: &Attachments, read: impl FnOnce() -> T) -> T {
    read()
}

pub(super) fn announced(_: &mut &str) -> Result<usize, ParseError> {
    Err(ParseError::Attachments)
}

/// Reads packets from Engine.IO messages.
#[derive(Debug, Default)]
pub struct Decoder;

#[allow(clippy::unused_self, reason = "with binary there is something to remember")]
impl Decoder {
    /// Takes a text message.
    ///
    /// # Errors
    /// When it is not a packet, or one with attachments.
    #[allow(clippy::needless_pass_by_value, reason = "as with binary")]
    pub fn text(&mut self, text: String) -> Result<Option<Packet>, ParseError> {
        packet::read(&text).map(|(packet, _)| Some(packet))
    }

    /// Takes what does not exist.
    ///
    /// # Errors
    /// None.
    pub fn binary(&mut self, bytes: Binary) -> Result<Option<Packet>, ParseError> {
        match bytes {}
    }
}
