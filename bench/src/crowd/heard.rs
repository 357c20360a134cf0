//! Whether everything numbered came, once, and in order.

use std::collections::BTreeSet;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    InOrder,
    /// After one with a higher number.
    Late,
    /// For the second time.
    Again,
}

/// The numbers from one source, which counts up by one.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// One more than the highest.
    next: u64,
    /// Those below that have not come.
    missing: BTreeSet<u64>,
}

impl Heard {
    pub(crate) fn from(next: u64) -> Self {
        Self { next, missing: BTreeSet::new() }
    }

    pub(crate) fn hear(&mut self, number: u64) -> Came {
        if number >= self.next {
            self.missing.extend(self.next..number);
            self.next = number + 1;
            Came::InOrder
        } else if self.missing.remove(&number) {
            Came::Late
        } else {
            Came::Again
        }
    }

    /// Up to here, this number left out, nothing is missing.
    pub(crate) fn complete_to(&self) -> u64 {
        self.missing.first().copied().unwrap_or(self.next)
    }

    /// How many of the first so many have not come.
    pub(crate) fn missing_of(&self, count: u64) -> u64 {
        self.missing.range(..count).count() as u64 + count.saturating_sub(self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Came::{Again, InOrder, Late};
    use proptest::prelude::*;

    fn hear(numbers: &[u64]) -> (Vec<Came>, Heard) {
        let mut heard = Heard::default();
        (numbers.iter().map(|number| heard.hear(*number)).collect(), heard)
    }

    #[test]
    fn each_kind_of_disorder_is_noticed() {
        assert_eq!(hear(&[0, 1, 2]).0, [InOrder; 3]);
        assert_eq!(hear(&[0, 2, 1, 3]).0, [InOrder, InOrder, Late, InOrder]);
        assert_eq!(hear(&[0, 1, 1]).0, [InOrder, InOrder, Again]);
        assert_eq!(hear(&[0, 2, 1, 1]).0, [InOrder, InOrder, Late, Again]);
        assert_eq!(hear(&[0, 2, 2]).0, [InOrder, InOrder, Again]);
    }

    #[test]
    fn what_is_missing_is_known() {
        assert_eq!(hear(&[]).1.complete_to(), 0);
        assert_eq!(hear(&[0, 1, 2]).1.complete_to(), 3);
        assert_eq!(hear(&[0, 3, 2]).1.complete_to(), 1);
        assert_eq!(Heard::from(7).complete_to(), 7);
        assert_eq!(hear(&[0, 3, 2]).1.missing_of(3), 1);
        assert_eq!(hear(&[0, 3, 2]).1.missing_of(6), 3);
        assert_eq!(hear(&[0, 1]).1.missing_of(2), 0);
    }

    proptest! {
        #[test]
        fn any_order_of_all_numbers_is_complete(numbers in Just((0..50).collect::<Vec<u64>>()).prop_shuffle()) {
            let (came, heard) = hear(&numbers);
            prop_assert_eq!(heard.complete_to(), 50);
            prop_assert!(!came.contains(&Again));
            let is_behind = |place: usize| numbers[..place].iter().any(|before| *before > numbers[place]);
            let behind = (0..numbers.len()).filter(|place| is_behind(*place)).count();
            prop_assert_eq!(came.iter().filter(|one| **one == Late).count(), behind);
        }

        #[test]
        fn whatever_comes_twice_is_noticed(mut numbers in Just((0..20).collect::<Vec<u64>>()).prop_shuffle(), twice in 0..20_u64) {
            numbers.push(twice);
            let (came, _) = hear(&numbers);
            prop_assert_eq!(came.last(), Some(&Again));
        }
    }
}
