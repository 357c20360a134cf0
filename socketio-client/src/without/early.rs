//! Events that overtake the server's CONNECT are lost: Socket.IO servers send none.

use crate::codec::Packet;

#[derive(Debug, Default)]
pub(super) struct Early;

#[allow(clippy::unused_self, reason = "with `early` there is something to keep")]
impl Early {
    pub(super) fn keep(&mut self, _: Packet) -> bool {
        true
    }
}

impl IntoIterator for Early {
    type Item = Packet;
    type IntoIter = std::iter::Empty<Packet>;

    fn into_iter(self) -> Self::IntoIter {
        std::iter::empty()
    }
}
