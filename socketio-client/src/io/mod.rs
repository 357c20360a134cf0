//! Clocks, timers and transports: thin, for all that is worth testing is in [`crate::core`].

#[cfg(feature = "browser")]
#[cfg_attr(feature = "native", allow(dead_code, reason = "natively the other one is used"))]
mod browser;
#[cfg(feature = "native")]
mod native;

#[cfg(not(feature = "native"))]
pub(crate) use browser::{now, own_origin, seed, start};
#[cfg(feature = "native")]
pub(crate) use native::{now, own_origin, seed, start};
