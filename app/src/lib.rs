//! The page of Beseda. It compiles twice: `ssr` renders it on the server, `hydrate` takes it over in
//! the browser (`csr` renders it all there, for Trunk).
//!
//! | file | holds |
//! |---|---|
//! | [`page`] | what a page shows, as the server loads it and the browser begins with it |
//! | [`root`](App) | the page that lives in the browser |
//! | `screens/` | its two screens: signing in, and the chat |
//! | `room/` | the parts of the chat |
//! | [`admin`] | what lives on the admin's page, which is a wasm module of its own |
//! | [`live`] | what the browser knows: pure reducers, and the driver that feeds them from the socket |
//! | [`browser`] | beginning in the browser |
//! | [`forms`] | server functions: what every form posts to |
//! | [`wire`] | reading what the server writes, in little code |
//! | [`words`] | every word that a person reads, in three languages |
//! | [`ssr`] | what only the server does: loading pages, the HTML document, pages that need no script |

#![recursion_limit = "512"]
#![allow(unreachable_pub, reason = "leptos makes the props of every component `pub`")]

pub mod admin;
pub mod answers;
#[cfg(feature = "browser")]
pub mod browser;
pub mod forms;
pub mod live;
pub mod page;
mod room;
mod root;
mod screens;
#[cfg(feature = "ssr")]
pub mod ssr;
mod time;
pub mod wire;
pub mod words;
pub mod zone;

pub use root::App;
