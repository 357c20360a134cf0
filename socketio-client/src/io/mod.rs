//! Clocks, timers and transports: thin, for all that is worth testing is in [`crate::core`].

#[cfg(feature = "page")]
#[cfg_attr(feature = "native", allow(dead_code, reason = "natively the other one is used"))]
mod browser;
#[cfg(feature = "native")]
mod native;

#[cfg(not(feature = "native"))]
pub(crate) use browser::{Headers, now, own_server, seed, start};
#[cfg(feature = "native")]
pub(crate) use native::{Headers, now, own_server, seed, start};
