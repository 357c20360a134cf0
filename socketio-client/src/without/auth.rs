//! Nothing is shown to the server.

use super::{Core, NsId};

#[derive(Debug, Default)]
pub(super) struct Auth;

impl Core {
    pub(super) fn present(&mut self, ns: NsId) {
        self.send_connect(ns, "");
    }
}
