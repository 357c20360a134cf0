pub(crate) mod chat;
pub(crate) mod sign_in;
