//! Wires that delay, and that break. TCP keeps order and loses nothing while it holds; what is lost is the
//! end of what was under way when it breaks. Different wires overtake each other.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use socketio_client::core::{LinkId, Millis};

pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % end
    }

    /// One of these.
    pub(crate) fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let at = self.below(items.len() as u64);
        &items[usize::try_from(at).unwrap()]
    }

    pub(crate) fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// Where something goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Wire {
    ToServer(LinkId),
    ToClient(LinkId),
    /// A poll's answer and a POST's take ways of their own.
    PostToServer(LinkId),
    PostToClient(LinkId),
}

impl Wire {
    pub(crate) fn link(self) -> LinkId {
        match self {
            Wire::ToServer(link)
            | Wire::ToClient(link)
            | Wire::PostToServer(link)
            | Wire::PostToClient(link) => link,
        }
    }
}

pub(crate) struct Network<T> {
    due: BinaryHeap<Reverse<(Millis, u64)>>,
    parcels: HashMap<u64, (Wire, T)>,
    /// No wire delivers before what it took earlier.
    busy: HashMap<Wire, Millis>,
    sent: u64,
}

impl<T> Network<T> {
    pub(crate) fn new() -> Self {
        Self { due: BinaryHeap::new(), parcels: HashMap::new(), busy: HashMap::new(), sent: 0 }
    }

    pub(crate) fn send(&mut self, now: Millis, delay: Millis, wire: Wire, parcel: T) {
        let free = self.busy.get(&wire).copied().unwrap_or(0);
        let at = (now + delay).max(free);
        self.busy.insert(wire, at);
        self.sent += 1;
        self.due.push(Reverse((at, self.sent)));
        self.parcels.insert(self.sent, (wire, parcel));
    }

    pub(crate) fn next(&self) -> Option<Millis> {
        self.due.peek().map(|Reverse((at, _))| *at)
    }

    pub(crate) fn deliver(&mut self, now: Millis) -> Option<(Wire, T)> {
        while self.due.peek().is_some_and(|Reverse((at, _))| *at <= now) {
            let Reverse((_, id)) = self.due.pop()?;
            if let Some(parcel) = self.parcels.remove(&id) {
                return Some(parcel);
            }
        }
        None
    }

    /// Loses what is under way.
    pub(crate) fn lose(&mut self, lost: impl Fn(Wire) -> bool) {
        self.parcels.retain(|_, (wire, _)| !lost(*wire));
    }
}
