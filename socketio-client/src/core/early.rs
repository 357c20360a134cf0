//! Events that overtake the server's CONNECT. Without the feature `early`, `without/early.rs` stands here.

use crate::codec::Packet;

/// How much may come for a namespace before its CONNECT is answered.
const MOST: usize = 1000;

/// They wait for it.
#[derive(Debug, Default)]
pub(super) struct Early(Vec<Packet>);

impl Early {
    /// Keeps one; `false` when there are too many.
    pub(super) fn keep(&mut self, packet: Packet) -> bool {
        self.0.push(packet);
        self.0.len() <= MOST
    }
}

impl IntoIterator for Early {
    type Item = Packet;
    type IntoIter = std::vec::IntoIter<Packet>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
