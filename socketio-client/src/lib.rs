//! A Socket.IO client for the browser and for everything else.
#![deny(missing_docs)]

#[cfg(any(feature = "browser", feature = "native"))]
mod client;
pub mod codec;
pub mod core;
#[cfg(any(feature = "browser", feature = "native"))]
mod io;

#[cfg(any(feature = "browser", feature = "native"))]
pub use client::{
    Ack, AckError, Answer, Arguments, Builder, Client, ClientState, Emit, Event, List, MaybeSend,
    Namespace, Reply, Stream, Subscription,
};
pub use codec::Binary;
pub use core::{Change, ConfigError, EmitError, Reason, Status, Transport};
