pub(crate) mod banner;
pub(crate) mod brand;
pub(crate) mod composer;
pub(crate) mod log;
pub(crate) mod panels;
