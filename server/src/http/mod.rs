pub(crate) mod address;
pub(crate) mod assets;
pub(crate) mod client;
pub(crate) mod connections;
pub(crate) mod engine;
pub(crate) mod health;
pub(crate) mod origin;
pub(crate) mod security;
