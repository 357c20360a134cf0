//! Rooms with people in them.

use crate::crowd::Crowd;
use crate::crowd::sender::Sender;
use crate::failure::Failure;
use crate::peer::guests::sign_in;
use crate::peer::server::Server;
use std::cell::Cell;
use std::rc::Rc;

pub(super) struct Shape {
    pub(super) rooms: usize,
    /// In each.
    pub(super) members: usize,
    /// Of them.
    pub(super) speaking: usize,
}

pub(super) struct Filled {
    /// Room by room, in each those who speak first.
    pub(super) crowd: Crowd,
    pub(super) senders: Vec<Sender>,
    /// Of the people.
    pub(super) tokens: Vec<String>,
    pub(super) rooms: Vec<String>,
}

impl Filled {
    pub(super) async fn with(server: &Server<'_>, shape: &Shape) -> Result<Self, Failure> {
        let mut crowd = Crowd::new(server.address, server.peer.dialect());
        let tokens = sign_in(server, 0..shape.rooms * shape.members).await?;
        // Those who make the rooms come first, for everyone who is there is told of each.
        let (makers, others) = tokens.split_at(shape.rooms);
        crowd.come(makers).await?;
        let mut rooms = Vec::new();
        for (number, maker) in crowd.people.iter().enumerate() {
            let name = format!("Room {number}");
            rooms.push(crowd.make_room(maker, &name, shape.members).await?);
        }
        crowd.come(others).await?;
        crowd.people = room_by_room(&crowd.people, shape);
        let tokens = room_by_room(&tokens, shape);
        let mut senders = Vec::new();
        for (room, people) in rooms.iter().zip(crowd.people.chunks(shape.members)) {
            crowd.enter(people, room).await?;
            for client in people.iter().take(shape.speaking) {
                senders.push(Sender {
                    client: Rc::clone(client),
                    room: room.clone(),
                    members: people.len() as u64,
                    number: u32::try_from(senders.len()).unwrap_or(u32::MAX),
                    said: Cell::new(0),
                });
            }
        }
        Ok(Self { crowd, senders, tokens, rooms })
    }
}

/// Who came first made the rooms; the others are shared out.
fn room_by_room<T: Clone>(everyone: &[T], shape: &Shape) -> Vec<T> {
    let (makers, others) = everyone.split_at(shape.rooms);
    let mut others = others.iter();
    let mut sorted = Vec::with_capacity(everyone.len());
    for maker in makers {
        sorted.push(maker.clone());
        sorted.extend(others.by_ref().take(shape.members - 1).cloned());
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_has_a_place() {
        let shape = Shape { rooms: 2, members: 3, speaking: 1 };
        assert_eq!(room_by_room(&[0, 1, 2, 3, 4, 5], &shape), [0, 2, 3, 1, 4, 5]);
        let alone = Shape { rooms: 2, members: 1, speaking: 1 };
        assert_eq!(room_by_room(&[0, 1], &alone), [0, 1]);
    }
}
