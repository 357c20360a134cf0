//! Who is writing: the others as one is told, and oneself as the others are told.

use protocol::event::UserTyping;
use protocol::limits::{TYPING_LASTS, TYPING_TOLD_EVERY};
use protocol::{User, UserId};

/// Whoever hasn't pressed a key for so long has stopped.
const PAUSE_MS: i64 = 800;
const LASTS_MS: i64 = TYPING_LASTS.as_secs().cast_signed() * 1_000;
const TOLD_EVERY_MS: i64 = TYPING_TOLD_EVERY.as_secs().cast_signed() * 1_000;

/// Whether less than this has passed. A clock that was set back ends it too.
fn is_within(since: i64, lasts: i64, now: i64) -> bool {
    (since..since + lasts).contains(&now)
}

/// The others, in the order in which they began.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Typists {
    /// With the last news of each.
    all: Vec<(User, i64)>,
}

impl Typists {
    pub fn apply(&mut self, typing: UserTyping, now: i64) {
        match self.all.iter_mut().find(|(user, _)| user.id == typing.user.id) {
            _ if !typing.on => self.said(typing.user.id),
            Some(known) => *known = (typing.user, now),
            None => self.all.push((typing.user, now)),
        }
    }

    /// A message of theirs has arrived.
    pub fn said(&mut self, user: UserId) {
        self.all.retain(|(other, _)| other.id != user);
    }

    pub fn has(&self, user: UserId) -> bool {
        self.all.iter().any(|(other, _)| other.id == user)
    }

    pub fn names(&self) -> Vec<String> {
        self.all.iter().map(|(user, _)| user.name.clone()).collect()
    }

    /// Whether there is no news of someone for too long.
    pub fn is_late(&self, now: i64) -> bool {
        self.all.iter().any(|(_, since)| !is_within(*since, LASTS_MS, now))
    }

    pub fn expire(&mut self, now: i64) -> bool {
        let late = self.is_late(now);
        self.all.retain(|(_, since)| is_within(*since, LASTS_MS, now));
        late
    }
}

/// Oneself. What is returned is to be told to the others.
#[derive(Debug, Clone, Default)]
pub struct Sender {
    last_key: Option<i64>,
    /// The others believe that one writes.
    on: bool,
    /// When they were told so last.
    told: i64,
}

impl Sender {
    pub fn key(&mut self, now: i64) -> Option<bool> {
        self.last_key = Some(now);
        self.tell(now)
    }

    pub fn tick(&mut self, now: i64) -> Option<bool> {
        match self.last_key {
            Some(last) if !is_within(last, PAUSE_MS, now) => self.sent(),
            // The first key was too soon after the last time.
            Some(_) if !self.on => self.tell(now),
            _ => None,
        }
    }

    /// What was written is sent, or gone.
    pub fn sent(&mut self) -> Option<bool> {
        self.last_key = None;
        std::mem::take(&mut self.on).then_some(false)
    }

    fn tell(&mut self, now: i64) -> Option<bool> {
        if is_within(self.told, TOLD_EVERY_MS, now) {
            return None;
        }
        (self.on, self.told) = (true, now);
        Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Role, RoomId};
    use uuid::Uuid;

    const NOW: i64 = 1_795_269_909_123;

    fn typing(number: u128, on: bool) -> UserTyping {
        let user = User::new(UserId(Uuid::from_u128(number)), number.to_string(), Role::Guest);
        UserTyping { room: RoomId(Uuid::nil()), user, on }
    }

    #[test]
    fn whoever_stops_or_says_it_is_gone_at_once() {
        let mut typists = Typists::default();
        for number in [1, 2, 3, 1] {
            typists.apply(typing(number, true), NOW);
        }
        assert_eq!(typists.names(), ["1", "2", "3"]);
        typists.apply(typing(1, false), NOW);
        typists.said(typing(2, true).user.id);
        assert_eq!(typists.names(), ["3"]);
        assert!(typists.has(typing(3, true).user.id));
    }

    #[test]
    fn after_five_seconds_without_news_no_one_writes() {
        let mut typists = Typists::default();
        typists.apply(typing(1, true), NOW);
        typists.apply(typing(2, true), NOW);
        typists.apply(typing(2, true), NOW + 1_000);
        assert!(!typists.expire(NOW + 4_999));
        assert!(typists.expire(NOW + 5_000));
        assert_eq!(typists.names(), ["2"]);
        assert!(typists.is_late(NOW + 6_000));
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nothing_up() {
        let (mut typists, mut sender) = (Typists::default(), Sender::default());
        typists.apply(typing(1, true), NOW);
        sender.key(NOW);
        let before = NOW - 3_600_000;
        assert!(typists.expire(before));
        assert_eq!(sender.tick(before), Some(false));
        assert_eq!(sender.key(before), Some(true));
    }

    #[test]
    fn it_is_told_from_the_first_key_and_once_a_second() {
        let mut sender = Sender::default();
        let told: Vec<i64> =
            (0..25).map(|tenth| tenth * 100).filter(|at| sender.key(NOW + at).is_some()).collect();
        assert_eq!(told, [0, 1_000, 2_000]);
    }

    #[test]
    fn a_pause_is_told_once() {
        let mut sender = Sender::default();
        assert_eq!(sender.tick(NOW), None);
        assert_eq!(sender.key(NOW), Some(true));
        assert_eq!(sender.tick(NOW + 799), None);
        assert_eq!(sender.tick(NOW + 800), Some(false));
        assert_eq!(sender.tick(NOW + 1_600), None);
    }

    #[test]
    fn who_goes_on_right_after_sending_is_not_told_twice_in_a_second() {
        let mut sender = Sender::default();
        sender.key(NOW);
        assert_eq!(sender.sent(), Some(false));
        assert_eq!(sender.sent(), None);
        assert_eq!(sender.key(NOW + 500), None);
        assert_eq!(sender.tick(NOW + 900), None);
        assert_eq!(sender.tick(NOW + 1_000), Some(true));
    }
}
