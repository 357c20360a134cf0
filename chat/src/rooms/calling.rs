//! Public rooms by the names that programs call them. The open door leads to no other room, whoever asks.

use super::slugs;
use crate::chat::Chat;
use crate::error::Error;
use crate::people::Identity;
use crate::standing::{no_room, parse};
use crate::store::rooms::{RoomRef, RoomRow};
use protocol::limits::ROOM_NAME_CHARS;
use protocol::{RoomId, RoomKind, User, UserId};

impl Chat {
    /// The public room of exactly this slug.
    pub async fn public_room(&self, slug: &str) -> Result<Option<RoomId>, Error> {
        if slug.contains('\0') {
            return Ok(None);
        }
        let found = self.house.store.room(&RoomRef::Slug(slug)).await?;
        Ok(found.filter(is_public).map(|room| room.id))
    }

    /// A public room by its id or by what it is called.
    pub async fn room_called(&self, name: &str) -> Result<RoomId, Error> {
        Ok(self.find_called(name).await?.ok_or_else(no_room)?)
    }

    /// The same; where there is none, it is made.
    pub async fn room_for(&self, who: &Identity, name: &str) -> Result<RoomId, Error> {
        if let Some(room) = self.find_called(name).await? {
            return Ok(room);
        }
        let shown: String = name.trim().chars().take(ROOM_NAME_CHARS).collect();
        match self.make_public(who, &slugs::called(name)?, &shown).await? {
            Some(room) => Ok(room),
            // Someone else made it just now.
            None => self.room_called(name).await,
        }
    }

    /// Some of those who are in a room now, and no more: for lists that strangers see.
    pub async fn people_in(&self, room: RoomId, limit: usize) -> Vec<User> {
        let mut people = self.house.presence.some_online(room, limit).await;
        people.sort_unstable_by_key(|user| user.id);
        people
    }

    /// How many are.
    pub async fn count_in(&self, room: RoomId) -> usize {
        self.house.presence.online_in(room).await
    }

    pub async fn is_here(&self, user: UserId) -> bool {
        self.house.presence.is_here(user).await
    }

    async fn find_called(&self, name: &str) -> Result<Option<RoomId>, Error> {
        let found = match parse(name.trim()) {
            RoomRef::Id(id) => {
                let found = self.house.store.room(&RoomRef::Id(id)).await?;
                Some(found.ok_or_else(no_room)?)
            }
            RoomRef::Slug(_) => {
                self.house.store.room(&RoomRef::Slug(&slugs::called(name)?)).await?
            }
        };
        match found {
            Some(room) if !is_public(&room) => Err(no_room().into()),
            found => Ok(found.map(|room| room.id)),
        }
    }
}

fn is_public(room: &RoomRow) -> bool {
    room.kind == RoomKind::Public
}
