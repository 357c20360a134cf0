//! Nobody asks servers when to come back, and trying does not end.

use super::{Config, Millis};

/// There is none without the feature `patience`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {}

#[cfg(any(feature = "page", feature = "native"))]
pub(crate) fn of_header(_: impl FnOnce() -> Option<String>) -> Option<Wait> {
    None
}

pub(super) fn of_refusal(_: Option<&str>) -> Option<Wait> {
    None
}

pub(super) fn millis(wait: Wait) -> Millis {
    match wait {}
}

pub(super) fn is_exhausted(_: &Config, _: u32) -> bool {
    false
}
