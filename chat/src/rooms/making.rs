use super::slugs;
use crate::announcement::Announcement;
use crate::chat::Chat;
use crate::error::Error;
use crate::people::{Identity, Token};
use crate::permissions::{self, Action, Duty};
use crate::standing::no_room;
use crate::store::rooms::{NewRoom, RoomChange, RoomRef, RoomRow};
use crate::time::now;
use protocol::event::{CreateRoom, OneRoom, UpdateRoom};
use protocol::limits::{Limit, MAX_USERS, MAX_USERS_DEFAULT, ROOMS_MADE};
use protocol::room::RoomInfo;
use protocol::{ApiError, ErrorCode, Reason, RoomId, RoomKind, RoomName, Topic, UserId};
use uuid::Uuid;

impl Chat {
    pub async fn create_room(&self, who: &Identity, ask: &CreateRoom) -> Result<OneRoom, Error> {
        let name = RoomName::parse(&ask.name)?;
        let topic = Topic::parse(ask.topic.as_deref().unwrap_or_default())?;
        let max_users = size(ask.max_users)?.unwrap_or(MAX_USERS_DEFAULT);
        let (duty, kind) = if ask.private {
            (Duty::MakePrivateRoom, RoomKind::Private)
        } else {
            (Duty::MakeRoom, RoomKind::Public)
        };
        self.may_make(who, duty).await?;
        let base = slugs::of(name.as_str());
        // A private room's address must not tell that another one has the name.
        let base = if ask.private { slugs::with_end(&base, &random_end()?) } else { base };
        for slug in slugs::variants(&base) {
            let room = NewRoom {
                id: RoomId(Uuid::now_v7()),
                slug,
                name: name.as_str().to_owned(),
                topic: topic.as_str().to_owned(),
                kind,
                max_users,
                made_by: who.user.id,
                members: vec![who.user.id],
                at: now(),
            };
            if self.house.store.add_room(&room).await? {
                return self.made(who, room.id, &[who.user.id]).await;
            }
        }
        Err(ApiError::internal().into())
    }

    /// A public room of exactly this slug, with no one in it; `None` when there is one by now.
    pub(super) async fn make_public(
        &self,
        who: &Identity,
        slug: &str,
        name: &str,
    ) -> Result<Option<RoomId>, Error> {
        self.may_make(who, Duty::MakeRoom).await?;
        let room = NewRoom {
            id: RoomId(Uuid::now_v7()),
            slug: slug.to_owned(),
            name: RoomName::parse(name)?.as_str().to_owned(),
            topic: String::new(),
            kind: RoomKind::Public,
            max_users: MAX_USERS_DEFAULT,
            made_by: who.user.id,
            members: Vec::new(),
            at: now(),
        };
        if !self.house.store.add_room(&room).await? {
            return Ok(None);
        }
        Ok(Some(self.made(who, room.id, &[]).await?.room.id))
    }

    async fn may_make(&self, who: &Identity, duty: Duty) -> Result<(), Error> {
        permissions::may_serve(duty, &*self.person(who).await?)?;
        self.house.limits.check(Limit::CreateRoom, who).await?;
        if self.house.store.rooms_made_by(who.user.id).await? >= ROOMS_MADE {
            let told = format!("you have made {ROOMS_MADE} rooms; delete one of them first");
            return Err(ApiError::forbidden(told).into());
        }
        Ok(())
    }

    /// The room of two people; made when they first need it.
    pub async fn open_dm(&self, who: &Identity, user: &str) -> Result<OneRoom, Error> {
        self.person(who).await?;
        let other = self.find_person(user).await?.user;
        if other.id == who.user.id {
            let told = "a direct room is for two people";
            return Err(ApiError::invalid("user", Reason::Malformed, told).into());
        }
        let slug = slugs::direct(who.user.id, other.id);
        if let Some(room) = self.house.store.room(&RoomRef::Slug(&slug)).await? {
            return Ok(OneRoom { room: self.describe(who, room.id).await? });
        }
        self.house.limits.check(Limit::CreateRoom, who).await?;
        let room = NewRoom {
            id: RoomId(Uuid::now_v7()),
            slug: slug.clone(),
            name: String::new(),
            topic: String::new(),
            kind: RoomKind::Direct,
            max_users: 2,
            made_by: who.user.id,
            members: vec![who.user.id, other.id],
            at: now(),
        };
        if self.house.store.add_room(&room).await? {
            return self.made(who, room.id, &[who.user.id, other.id]).await;
        }
        // Both asked at once, and the other one was first.
        let room =
            self.house.store.room(&RoomRef::Slug(&slug)).await?.ok_or_else(ApiError::internal)?;
        Ok(OneRoom { room: self.describe(who, room.id).await? })
    }

    async fn made(
        &self,
        who: &Identity,
        room: RoomId,
        members: &[UserId],
    ) -> Result<OneRoom, Error> {
        for member in members {
            if let Some(person) = self.house.store.person(*member).await? {
                self.house.presence.joined(&person.user, room).await;
                self.tell_joined(room, person.user, members.len()).await;
            }
        }
        if let Some(row) = self.house.store.room(&RoomRef::Id(room)).await?
            && row.kind == RoomKind::Public
        {
            self.announce(Announcement::RoomUpdated(info(&row))).await;
        }
        Ok(OneRoom { room: self.describe(who, room).await? })
    }

    pub async fn update_room(&self, who: &Identity, ask: &UpdateRoom) -> Result<OneRoom, Error> {
        let name = ask.name.as_deref().map(RoomName::parse).transpose()?;
        let topic = ask.topic.as_deref().map(Topic::parse).transpose()?;
        let max_users = size(ask.max_users)?;
        let place = self.allowed(who, &ask.room, Action::Run).await?;
        if let Some(max) = max_users {
            // Read anew: a moment ago there may have been fewer.
            let found = self.house.store.room(&RoomRef::Id(place.room.id)).await?;
            let members = found.ok_or_else(no_room)?.members;
            if members > max as usize {
                let told = format!("there are {members} members already");
                return Err(ApiError::new(ErrorCode::Conflict, told).into());
            }
        }
        let change = RoomChange {
            name: name.map(|name| name.as_str().to_owned()),
            topic: topic.map(|topic| topic.as_str().to_owned()),
            max_users,
        };
        self.house.store.update_room(place.room.id, &change).await?;
        self.room_changed(place.room.id).await?;
        Ok(OneRoom { room: self.describe(who, place.room.id).await? })
    }

    pub async fn archive_room(&self, who: &Identity, room: &str) -> Result<(), Error> {
        let room = self.allowed(who, room, Action::Archive).await?.room;
        self.house.store.archive_room(room.id, now()).await?;
        self.note(who, "archive-room", None, Some(room.id), &room.name).await?;
        self.room_changed(room.id).await
    }

    pub async fn delete_room(&self, who: &Identity, room: &str) -> Result<(), Error> {
        let room = self.allowed(who, room, Action::Delete).await?.room;
        self.house.store.delete_room(room.id, now()).await?;
        self.house.standings.forget_room(room.id);
        self.note(who, "delete-room", None, Some(room.id), &room.name).await?;
        self.house.presence.room_gone(room.id).await;
        let public = room.kind == RoomKind::Public;
        self.announce(Announcement::RoomRemoved(room.id, public)).await;
        Ok(())
    }

    async fn room_changed(&self, room: RoomId) -> Result<(), Error> {
        self.house.standings.forget_room(room);
        if let Some(row) = self.house.store.room(&RoomRef::Id(room)).await? {
            self.announce(Announcement::RoomUpdated(info(&row))).await;
        }
        Ok(())
    }
}

pub(crate) fn info(room: &RoomRow) -> RoomInfo {
    RoomInfo {
        id: room.id,
        slug: room.slug.clone(),
        name: room.name.clone(),
        topic: room.topic.clone(),
        kind: room.kind,
        max_users: room.max_users,
        archived: room.archived,
        members: room.members,
    }
}

fn size(max_users: Option<u32>) -> Result<Option<u32>, ApiError> {
    match max_users {
        Some(max) if !MAX_USERS.contains(&max) => {
            let told = format!("a room is for {} to {} people", MAX_USERS.start(), MAX_USERS.end());
            Err(ApiError::invalid("maxUsers", Reason::Malformed, told))
        }
        max => Ok(max),
    }
}

fn random_end() -> Result<String, ApiError> {
    let token = Token::random().map_err(|_| ApiError::internal())?;
    Ok(token.as_str().chars().take(8).collect())
}
