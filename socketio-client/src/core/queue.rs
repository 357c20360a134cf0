/// First in, first out, of two vectors: a ring buffer's code would be made anew for each of the types that
/// wait somewhere, and a page pays for code.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    /// The first to go is the last in here.
    head: Vec<T>,
    tail: Vec<T>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { head: Vec::new(), tail: Vec::new() }
    }
}

impl<T> Queue<T> {
    pub(crate) fn push_back(&mut self, item: T) {
        self.tail.push(item);
    }

    pub(crate) fn push_front(&mut self, item: T) {
        self.head.push(item);
    }

    pub(crate) fn pop_front(&mut self) -> Option<T> {
        if self.head.is_empty() {
            while let Some(item) = self.tail.pop() {
                self.head.push(item);
            }
        }
        self.head.pop()
    }

    pub(crate) fn first_mut(&mut self) -> Option<&mut T> {
        match self.head.last_mut() {
            None => self.tail.first_mut(),
            head => head,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.head.is_empty() && self.tail.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.head.iter().rev().chain(&self.tail)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.head.iter_mut().rev().chain(&mut self.tail)
    }

    /// Keeps what is wanted; asks in no particular order.
    pub(crate) fn retain(&mut self, keep: &mut dyn FnMut(&mut T) -> bool) {
        self.head.retain_mut(&mut *keep);
        self.tail.retain_mut(keep);
    }

    pub(crate) fn into_vec(mut self) -> Vec<T> {
        self.head.reverse();
        self.head.append(&mut self.tail);
        self.head
    }

    pub(crate) fn clear(&mut self) {
        self.head.clear();
        self.tail.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn behaves_like_the_standard_one(steps in prop::collection::vec((0..4_u8, any::<u8>()), 0..200)) {
            let mut queue = Queue::default();
            let mut model = VecDeque::new();
            for (step, item) in steps {
                match step {
                    0 => { queue.push_back(item); model.push_back(item); }
                    1 => { queue.push_front(item); model.push_front(item); }
                    2 => prop_assert_eq!(queue.pop_front(), model.pop_front()),
                    _ => { queue.retain(&mut |other| *other != item); model.retain(|other| *other != item); }
                }
                prop_assert_eq!(queue.is_empty(), model.is_empty());
                prop_assert_eq!(queue.first_mut().copied(), model.front().copied());
                prop_assert!(queue.iter().eq(model.iter()));
            }
        }
    }
}
