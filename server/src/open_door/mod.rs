//! The open door: programs that were written for a Socket.IO tutorial, as they are. `/` is bound to the
//! default room, `/room/<slug>` to that public room; the namespace exists exactly as long as the room.
//!
//! ```text
//! event ─▶ dialect.read ─▶ Command ─▶ host ─▶ chat ─▶ Announcement ─▶ teller ─▶ News ─▶ dialect.tell ─▶ event
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `entrance` | who comes in, and to which room |
//! | `dialect` | what all dialects have in common: what is asked, what there is to tell |
//! | `dialects/` | the table of dialects, and a file for each |
//! | `visitor` | one socket: its dialect, its name, the rooms it is in |
//! | `visitors` | who hears which room |
//! | `host` | does what a socket asks: it only calls `chat` |
//! | `teller` | tells what has happened |
//! | `lists` | what is told as a whole, at most once a second |

mod dialect;
mod dialects;
mod entrance;
mod host;
mod lists;
mod teller;
mod visitor;
mod visitors;

pub(crate) use entrance::open;
pub(crate) use teller::Teller;
pub(crate) use visitors::Visitors;
