use crate::chat::Chat;
use crate::error::Error;
use crate::identity::Identity;
use crate::store::{RoomRef, RoomRow};
use crate::time::now;
use protocol::event::{Joined, People};
use protocol::limits::{PAGE, PEOPLE};
use protocol::{ApiError, Member, Room, RoomId};

impl Chat {
    /// Enters a room, as a member from now on.
    pub async fn join(&self, who: &Identity, room: &str) -> Result<RoomId, Error> {
        let room = self.room(&RoomRef::parse(room)).await?.id;
        if self.store.add_member(room, who.user.id, now()).await? {
            self.presence.joined(&who.user, room);
        }
        Ok(room)
    }

    /// All that a page needs to show a room that one is in.
    pub async fn view(&self, who: &Identity, room: RoomId) -> Result<Joined, Error> {
        let room = self.member_room(who, &RoomRef::Id(room)).await?;
        // Messages after the row: a `rev` that is too low costs one sync, where one that is too high
        // would hide a message.
        let messages = self.store.latest(room.id, PAGE).await?;
        let members = self.members(room.id).await?;
        let rev = room.rev;
        Ok(Joined { room: self.describe(room).await?, members, messages, rev })
    }

    /// Who is online in a room that one is a member of.
    pub async fn online(&self, who: &Identity, room: &str) -> Result<People, Error> {
        let room = self.member_room(who, &RoomRef::parse(room)).await?;
        let mut users = self.presence.online(room.id);
        let more = users.len() > PEOPLE;
        users.truncate(PEOPLE);
        Ok(People { users, more })
    }

    /// How many people are here now, for those who aren't yet.
    pub fn online_count(&self) -> usize {
        self.presence.count()
    }

    async fn room(&self, room: &RoomRef<'_>) -> Result<RoomRow, Error> {
        Ok(self.store.room(room).await?.ok_or_else(|| ApiError::not_found("room"))?)
    }

    /// A room that one isn't in is `not-found`, as if it didn't exist.
    pub(crate) async fn member_room(
        &self,
        who: &Identity,
        room: &RoomRef<'_>,
    ) -> Result<RoomRow, Error> {
        let room = self.room(room).await?;
        if self.store.is_member(room.id, who.user.id).await? {
            Ok(room)
        } else {
            Err(ApiError::not_found("room").into())
        }
    }

    async fn members(&self, room: RoomId) -> Result<Vec<Member>, Error> {
        let here = self.presence.online(room);
        let users = self.store.members(room, PEOPLE).await?;
        let is_here = |user: &protocol::User| here.iter().any(|other| other.id == user.id);
        let mut members: Vec<Member> =
            users.into_iter().map(|user| Member { online: is_here(&user), user }).collect();
        // People who are here come first, and aren't pushed out by long-gone guests.
        let missing = here.iter().filter(|user| members.iter().all(|m| m.user.id != user.id));
        let missing: Vec<Member> =
            missing.map(|user| Member { user: user.clone(), online: true }).collect();
        members.extend(missing);
        members.sort_by_key(|member| !member.online);
        members.truncate(PEOPLE);
        Ok(members)
    }

    async fn describe(&self, room: RoomRow) -> Result<Room, Error> {
        Ok(Room {
            members: self.store.member_count(room.id).await?,
            online: self.presence.online(room.id).len(),
            id: room.id,
            slug: room.slug,
            name: room.name,
            topic: room.topic,
            kind: room.kind,
            rev: room.rev,
            last_seq: room.last_seq,
        })
    }
}
