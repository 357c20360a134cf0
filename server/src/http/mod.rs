pub(crate) mod assets;
pub(crate) mod health;
pub(crate) mod security;
