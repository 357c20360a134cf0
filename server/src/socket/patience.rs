//! How much nonsense a socket may send. A program under development makes mistakes; one that sends
//! nothing else is an attack, and answering it costs more than sending it.

use super::cut;
use socketioxide::extract::SocketRef;
use std::time::{Duration, Instant};

const MISTAKES: u32 = 50;
const ONE_IS_FORGIVEN_AFTER: Duration = Duration::from_secs(2);

pub(crate) struct Patience {
    left: u32,
    since: Instant,
}

impl Patience {
    pub(crate) fn new() -> Self {
        Self { left: MISTAKES, since: Instant::now() }
    }

    /// One more mistake of this socket; with one too many it is cut off.
    pub(crate) fn lose(&mut self, socket: &SocketRef) {
        // Of one that was cut off, more may still be in its mailbox.
        if self.left > 0 && !self.suffer() {
            tracing::info!("a client sends nothing but nonsense; it is cut off");
            let _ = socket.clone().disconnect();
            cut(socket);
        }
    }

    /// One more mistake; false when it was one too many.
    fn suffer(&mut self) -> bool {
        let forgiven = self.since.elapsed().as_secs() / ONE_IS_FORGIVEN_AFTER.as_secs();
        if forgiven > 0 {
            self.left = MISTAKES.min(self.left + u32::try_from(forgiven).unwrap_or(MISTAKES));
            self.since = Instant::now();
        }
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_mistakes_at_once_are_one_too_many() {
        let mut patience = Patience::new();
        assert_eq!((0..100).take_while(|_| patience.suffer()).count(), 49);
    }
}
