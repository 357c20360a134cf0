//! How often a crowd is told how many it is: the larger, the less often, for each of it is told.

use protocol::RoomId;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// What it may cost: so many deliveries a second for each crowd.
const DELIVERIES_A_SECOND: u64 = 1_000;
/// Whoever asks does so once a second, a little earlier or later.
const ABOUT: Duration = Duration::from_millis(500);

#[derive(Default)]
pub(crate) struct Crowds {
    /// Whose count has changed.
    changed: HashMap<RoomId, usize>,
    /// Who was told lately, and when they may be told again.
    told: HashMap<RoomId, Instant>,
}

impl Crowds {
    pub(crate) fn changed(&mut self, room: RoomId, count: usize) {
        self.changed.insert(room, count);
    }

    /// It is no crowd any more, or is told otherwise.
    pub(crate) fn settled(&mut self, room: RoomId) {
        self.changed.remove(&room);
    }

    /// Those that are to be told now.
    pub(crate) fn due(&mut self) -> Vec<(RoomId, usize)> {
        let now = Instant::now();
        self.told.retain(|_, again| *again > now);
        let due: Vec<_> =
            self.changed.extract_if(|room, _| !self.told.contains_key(room)).collect();
        for (room, count) in &due {
            let rest = Duration::from_millis(*count as u64 * 1_000 / DELIVERIES_A_SECOND);
            self.told.insert(*room, now + rest.saturating_sub(ABOUT));
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    async fn told_in_a_minute(count: usize) -> usize {
        let (mut crowds, room) = (Crowds::default(), RoomId(Uuid::now_v7()));
        let mut told = 0;
        for _ in 0..60 {
            crowds.changed(room, count);
            told += crowds.due().len();
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        told
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_crowd_is_told_less_often() {
        assert_eq!(told_in_a_minute(300).await, 60);
        assert_eq!(told_in_a_minute(1_000).await, 60);
        assert_eq!(told_in_a_minute(10_000).await, 6);
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_count_is_told_in_the_end() {
        let (mut crowds, room) = (Crowds::default(), RoomId(Uuid::now_v7()));
        crowds.changed(room, 10_000);
        assert_eq!(crowds.due(), [(room, 10_000)]);
        crowds.changed(room, 9_999);
        assert_eq!(crowds.due(), []);
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(crowds.due(), [(room, 9_999)]);
        assert_eq!(crowds.due(), []);
    }
}
