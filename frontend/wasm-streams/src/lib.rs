//! Stands in for the crate of this name. Leptos' server functions can send and read streams through it, and those of
//! the page do neither; but it exports three classes to JavaScript, which no linker may leave out, with all that
//! they need. `Cargo.toml` puts this in its place.

#![allow(clippy::panic, reason = "who would need it is told so at once")]

use futures_util::stream::{Empty, Stream};
use wasm_bindgen::JsValue;

const LEFT_OUT: &str = "streams are left out of the page: see frontend/wasm-streams";

pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// # Panics
    ///
    /// Always: nothing on the page sends a stream.
    pub fn from_stream(_: impl Stream<Item = Result<JsValue, JsValue>>) -> Self {
        panic!("{LEFT_OUT}");
    }

    #[must_use]
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    #[must_use]
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// # Panics
    ///
    /// Always: nothing on the page reads one.
    pub fn into_stream(self) -> Empty<Result<JsValue, JsValue>> {
        panic!("{LEFT_OUT}");
    }
}
