//! A Socket.IO client for the browser and for everything else: one API, the wire protocol of Socket.IO 3
//! and 4 (Engine.IO v4, Socket.IO v5), and the JavaScript client's words for what happens.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use serde::{Deserialize, Serialize};
//! use socketio_client::Client;
//!
//! #[derive(Serialize)]
//! struct Say<'a> {
//!     text: &'a str,
//! }
//!
//! #[derive(Deserialize)]
//! struct Said {
//!     id: u64,
//! }
//!
//! # #[cfg(any(feature = "native", feature = "browser"))]
//! async fn talk() -> Result<(), Box<dyn std::error::Error>> {
//!     let client = Client::builder("https://chat.example.org").build()?;
//!     let chat = client.namespace("/chat")?;
//!     chat.set_auth(&serde_json::json!({"token": "…"}))?;
//!     let messages = chat.on("message", |event| {
//!         if let Ok(text) = event.get::<String>(0) {
//!             println!("{text}");
//!         }
//!     });
//!     chat.connect();
//!
//!     // Waits in a buffer until the namespace is connected.
//!     chat.emit("typing", &true)?;
//!     let said: Said =
//!         chat.emit_with_ack("say", &Say { text: "hello" }).timeout(Duration::from_secs(5)).await?;
//!     println!("said as {}", said.id);
//!
//!     drop(messages); // No handler any more.
//!     client.close();
//!     client.closed().await;
//!     Ok(())
//! }
//! ```
//!
//! # Features
//!
//! | feature | for | brings |
//! |---|---|---|
//! | `native` (default) | programs, on tokio | WebSocket and polling, TLS with rustls; handlers must be `Send` |
//! | `browser` | wasm, in a page or a worker | the browser's WebSocket and fetch; handlers may hold anything |
//! | `cli` | people | the `sio` command |
//! | `page` | a page that counts its bytes | as `browser`, with only what is named beside it |
//! | `full` (in `native` and `browser`) | | all that follows |
//! | `auth` | | something to show to the server |
//! | `binary` | | bytes inside arguments; without it, a server that sends some breaks off with `parse error` |
//! | `delivery` | | volatile events, expiry, retries |
//! | `early` | | events that overtake the server's CONNECT |
//! | `linger` | | a close loses nothing, and its end can be waited for; back pressure |
//! | `offline` | | a page drops the connection when the browser says that the network is gone |
//! | `patience` | | `Retry-After`, `retryAfter` in a refusal, an end to trying |
//! | `recovery` | | connection state recovery |
//! | `replies` | | answers to the server's events |
//! | `story` | | of [`Change`], more than `Connect`, `ConnectError` and `Disconnect` |
//! | `strict` | | packets and names are checked to the last byte |
//! | `upgrade` | | from polling to a WebSocket; without it, the transport that opened stays |
//!
//! Choose one of `native` and `browser`: `default-features = false, features = ["browser"]` in a page. With
//! neither, what is left is [`codec`] and [`core`]: the protocol without I/O.
//!
//! # What to know
//!
//! - **State.** [`Client::state`] says how the connection stands, with the wait until the next attempt and
//!   what failed last; [`Client::on_change`] hears of each change; [`Client::try_now`] does not wait.
//! - **Order.** Events leave in the order of their `emit`, over reconnections too. What was handed to a
//!   connection that broke is not sent again, unless [`Builder::retries`] asks for it: then each event is
//!   sent until it is answered, one at a time.
//! - **Nothing comes back by itself** after a server's refusal, its `disconnect`, or [`Client::close`]. A
//!   refusal whose data holds `retryAfter` (milliseconds) is the exception.
//! - **Limits.** At most 10,000 events and 16 MiB wait ([`Builder::buffer`]); more is
//!   [`EmitError::BufferFull`]. Received packets may have [`codec::MAX_ATTACHMENTS`] attachments,
//!   [`codec::MAX_DEPTH`] levels and [`codec::MAX_PACKET`] bytes.
//! - **Handlers** run one after another on the client's own task, never inside a call of yours.
#![deny(missing_docs)]
#![cfg_attr(
    not(all(feature = "full", feature = "native")),
    allow(
        dead_code,
        unused_imports,
        clippy::default_constructed_unit_structs,
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        reason = "what a feature left out would use, or give another shape"
    )
)]

#[cfg(any(feature = "page", feature = "native"))]
mod client;
pub mod codec;
pub mod core;
#[cfg(any(feature = "page", feature = "native"))]
mod io;

#[cfg(all(feature = "replies", any(feature = "page", feature = "native")))]
pub use client::Reply;
#[cfg(any(feature = "page", feature = "native"))]
pub use client::{
    Ack, AckError, Answer, Arguments, Builder, Client, ClientState, Emit, Event, FromAnswer, List,
    MaybeSend, Namespace, Stream, Subscription,
};
pub use codec::Binary;
pub use core::{Change, ConfigError, EmitError, Reason, Status, Transport};

/// The examples of the README, compiled with the documentation's.
#[cfg(all(doctest, feature = "native"))]
#[doc = include_str!("../README.md")]
struct Readme;
