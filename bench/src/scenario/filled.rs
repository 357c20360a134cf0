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
        let (first, others) = tokens.split_at(1);
        // Whoever makes the rooms, before the others would be told of each.
        crowd.come(first).await?;
        let mut rooms = Vec::new();
        for number in 0..shape.rooms {
            rooms.push(crowd.make_room(&format!("Room {number}"), shape.members).await?);
        }
        crowd.come(others).await?;
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
