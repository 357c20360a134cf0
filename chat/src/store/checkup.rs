//! What looking after a database finds, in either engine.

/// Whether the file is what was written to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Integrity {
    Sound,
    /// In the engine's words.
    Damaged(String),
    /// It would have taken too long to say.
    Unknown,
}
