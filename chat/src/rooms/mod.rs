//! Rooms, and who is in them.
//!
//! | file | holds |
//! |---|---|
//! | `making` | creating, changing, archiving, deleting; direct rooms |
//! | `members` | joining, leaving, inviting, sending out |
//! | `details` | what one may see and do of a room, from outside too |
//! | `typing` | who is writing |
//! | `calling` | public rooms by the names that the open door's programs call them |
//! | `viewing` | what one sees of a room; what is unread |

mod calling;
mod details;
mod making;
mod members;
pub(crate) mod slugs;
mod typing;
mod viewing;

pub use details::Details;
pub(crate) use making::info;
pub(crate) use typing::Typing;
