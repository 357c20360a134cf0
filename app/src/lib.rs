//! The page of Beseda. It compiles twice: `ssr` renders it on the server, `hydrate` takes it over in
//! the browser (`csr` renders it all there, for Trunk).
//!
//! | file | holds |
//! |---|---|
//! | [`root`](App) | the routes |
//! | `pages/` | a file for each route |
//! | `room/` | the parts of the room page |
//! | [`live`] | what the browser knows: pure reducers, and the driver that feeds them from the socket |
//! | [`forms`] | server functions: the forms that work without wasm; [`answers`] is what they return |
//! | [`words`] | every word that a person reads, in three languages |
//! | [`ssr`] | what only the server does: the HTML document, cookies |

#![recursion_limit = "256"]
#![allow(unreachable_pub, reason = "leptos makes the props of every component `pub`")]

pub mod answers;
pub mod forms;
mod language;
pub mod live;
mod pages;
mod room;
mod root;
#[cfg(feature = "ssr")]
pub mod ssr;
mod time;
pub mod words;

pub use root::App;
#[cfg(feature = "ssr")]
pub use ssr::document::{Page, shell};
