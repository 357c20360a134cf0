//! How many are in, and how many may come.

use crate::cluster::{Board, Elsewhere};
use chat::Address;
use socketioxide::socket::Sid;
use std::collections::HashMap;
// A std lock: it is held for a few map operations and never across an await.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) struct Doors {
    most: usize,
    most_from_one: usize,
    neighbours: Option<Neighbours>,
    inside: Mutex<Inside>,
}

/// The doors of the other nodes: how many came in there, and where they see how many came in here.
pub(crate) struct Neighbours {
    pub(crate) board: Arc<Board>,
    pub(crate) elsewhere: Arc<Elsewhere>,
}

#[derive(Default)]
struct Inside {
    /// One connection may speak to several namespaces; it counts once.
    connections: HashMap<Sid, (Address, usize)>,
    addresses: HashMap<Address, usize>,
}

/// Whoever holds it is in. It goes with the socket, however that ends: socketioxide calls no handler
/// when a client goes while its CONNECT is being answered.
pub(crate) struct Ticket {
    doors: Arc<Doors>,
    connection: Sid,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.doors.leave(self.connection);
    }
}

/// No place, or none for this address.
pub(crate) struct Full;

impl Doors {
    pub(crate) fn new(most: usize, most_from_one: usize, neighbours: Option<Neighbours>) -> Self {
        Self { most, most_from_one, neighbours, inside: Mutex::default() }
    }

    pub(crate) fn enter(self: &Arc<Self>, connection: Sid, from: Address) -> Result<Ticket, Full> {
        let ticket = || Ticket { doors: Arc::clone(self), connection };
        let mut inside = self.lock();
        if let Some((_, namespaces)) = inside.connections.get_mut(&connection) {
            *namespaces += 1;
            return Ok(ticket());
        }
        let there = inside.addresses.get(&from).copied().unwrap_or_default();
        let elsewhere =
            self.neighbours.as_ref().map_or(0, |others| others.elsewhere.connections_from(from));
        if inside.connections.len() >= self.most || there + elsewhere >= self.most_from_one {
            return Err(Full);
        }
        inside.connections.insert(connection, (from, 1));
        inside.addresses.insert(from, there + 1);
        self.post(from, there + 1);
        Ok(ticket())
    }

    fn leave(&self, connection: Sid) {
        let mut inside = self.lock();
        let Some((from, namespaces)) = inside.connections.get_mut(&connection) else { return };
        *namespaces -= 1;
        if *namespaces > 0 {
            return;
        }
        let from = *from;
        inside.connections.remove(&connection);
        if let Some(there) = inside.addresses.get_mut(&from) {
            *there -= 1;
            self.post(from, *there);
            if *there == 0 {
                inside.addresses.remove(&from);
            }
        }
    }

    fn post(&self, from: Address, there: usize) {
        if let Some(others) = &self.neighbours {
            others.board.post_address(from, there);
        }
    }

    /// Of all nodes.
    pub(crate) fn count(&self) -> usize {
        let elsewhere = self.neighbours.as_ref().map_or(0, |others| others.elsewhere.connections());
        self.count_here() + elsewhere
    }

    pub(crate) fn count_here(&self) -> usize {
        self.lock().connections.len()
    }

    pub(crate) fn nodes(&self) -> usize {
        1 + self.neighbours.as_ref().map_or(0, |others| others.elsewhere.nodes())
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(last: u8) -> Address {
        Address::new([192, 0, 2, last].into())
    }

    #[test]
    fn a_connection_counts_once_and_makes_room_when_its_last_namespace_is_left() {
        let doors = Arc::new(Doors::new(2, 1, None));
        let (one, other, third) = (Sid::new(), Sid::new(), Sid::new());
        let enter = |connection, address| doors.enter(connection, from(address)).ok();
        let (chat, admin) = (enter(one, 1).unwrap(), enter(one, 1).unwrap());
        assert!(enter(other, 1).is_none(), "one address has its share");
        let _other = enter(other, 2).unwrap();
        assert!(enter(third, 3).is_none(), "the house is full");
        drop(chat);
        assert!(enter(third, 3).is_none());
        drop(admin);
        let _third = enter(third, 3).unwrap();
        assert_eq!(doors.count(), 2);
    }
}
