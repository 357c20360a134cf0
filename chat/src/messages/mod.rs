//! What is said.
//!
//! | file | holds |
//! |---|---|
//! | `saying` | sending, editing, deleting |
//! | `mentions` | whom a message calls |
//! | `reading` | history and sync |
//! | `search` | finding words |
//! | `grams` | how words are found inside words |
//! | `notifications` | what one is told although the room isn't open |

pub(crate) mod grams;
mod mentions;
mod notifications;
mod reading;
mod saying;
mod search;

pub use grams::found;
pub use saying::Pending;
