//! Nothing is shown to the server beyond what the browser sends by itself.

#[derive(Default)]
pub(super) struct Providers;
