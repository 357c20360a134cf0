//! What whoever runs Beseda sees of it: docs/metrics.md explains it to them.
//!
//! | file | holds |
//! |---|---|
//! | `metrics` | what this server counts and times |
//! | `scrape` | what `/metrics` says: that, what `chat` counts, and what is looked up when it is asked |
//! | `door` | who may ask |
//! | `process` | what the system knows of this process |
//! | `logs` | what is logged, and how it is written |
//! | `repeats` | what is said over and over is said a few times, and then counted |
//! | `traces` | the way of an event through the house, for OpenTelemetry |

pub(crate) mod door;
mod logs;
pub(crate) mod metrics;
mod process;
mod repeats;
pub(crate) mod scrape;
#[cfg(feature = "otel")]
mod traces;

pub use logs::{Log, LogError, start};
