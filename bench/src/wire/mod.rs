//! What goes over a connection.

pub(crate) mod engine;
pub(crate) mod http;
pub(crate) mod websocket;
