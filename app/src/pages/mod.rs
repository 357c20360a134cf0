pub(crate) mod not_found;
pub(crate) mod room;
pub(crate) mod sign_in;
