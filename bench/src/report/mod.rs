//! What all runs brought, as a table.

mod document;
mod machine;
mod table;

pub use document::put_into;
pub use machine::Machine;
pub use table::Table;
