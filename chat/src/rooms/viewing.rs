use crate::announcement::Announcement;
use crate::chat::Chat;
use crate::error::Error;
use crate::people::Identity;
use crate::permissions::{self, Action};
use crate::standing::no_room;
use crate::store::rooms::{Listed, Membership};
use protocol::event::{Joined, Members, People, Read, ReadTo, Rooms, Unread, WhoIsHere};
use protocol::limits::{PAGE, PEOPLE, ROOMS_LISTED};
use protocol::{Member, Room, RoomId, RoomKind, User, UserId};

impl Chat {
    /// All that a page needs to show a room that one is in.
    pub async fn view(&self, who: &Identity, room: RoomId) -> Result<Joined, Error> {
        let may = permissions::all(&self.allowed(who, &room.to_string(), Action::Look).await?);
        // Messages after the row: a `rev` that is too low costs one sync, where one that is too high
        // would hide a message.
        let described = self.describe(who, room).await?;
        let messages = self.house.store.latest(room, PAGE).await?;
        let Members { members, more } = self.members(&described).await?;
        let rev = described.rev;
        Ok(Joined { room: described, members, more, messages, rev, may })
    }

    /// The members of a room that one is in.
    pub async fn members_of(&self, who: &Identity, room: &str) -> Result<Members, Error> {
        let room = self.allowed(who, room, Action::Look).await?.room.id;
        self.members(&self.describe(who, room).await?).await
    }

    /// The rooms that one is in or may enter.
    pub async fn rooms(&self, who: &Identity) -> Result<Rooms, Error> {
        self.person(who).await?;
        let mut rooms = Vec::new();
        for listed in self.house.store.rooms_for(who.user.id, ROOMS_LISTED).await? {
            rooms.push(self.described(who, listed).await?);
        }
        Ok(Rooms { rooms })
    }

    /// Who is online in a room that one is a member of.
    pub async fn online(&self, who: &Identity, ask: &WhoIsHere) -> Result<People, Error> {
        let room = self.allowed(who, &ask.room, Action::Look).await?.room;
        let mut users = self.house.presence.online(room.id).await;
        users.sort_unstable_by_key(|user| user.id);
        users.retain(|user| ask.after.is_none_or(|after| user.id > after));
        let more = users.len() > PEOPLE;
        users.truncate(PEOPLE);
        Ok(People { users, more })
    }

    /// How many people are here now, for those who aren't yet.
    pub async fn online_count(&self) -> usize {
        self.house.presence.count().await
    }

    /// What someone hasn't read of a room that they are in.
    pub async fn unread(&self, user: UserId, room: RoomId) -> Result<Unread, Error> {
        let read = self.house.store.listed(room, user).await?.ok_or_else(no_room)?.read;
        Ok(Unread { room, unread: read.unread, mentions: read.mentions })
    }

    /// In how many rooms someone is now.
    pub async fn live_rooms(&self) -> usize {
        self.house.presence.rooms().await
    }

    /// One has read the room up to there; one's other sockets are told.
    pub async fn mark_read(&self, who: &Identity, ask: &Read) -> Result<ReadTo, Error> {
        let room = self.allowed(who, &ask.room, Action::Look).await?.room.id;
        let last =
            self.house.store.listed(room, who.user.id).await?.ok_or_else(no_room)?.room.last_seq;
        let read = self.house.store.mark_read(room, who.user.id, ask.seq.min(last)).await?;
        let read = ReadTo { room, seq: read.seq, unread: read.unread, mentions: read.mentions };
        self.announce(Announcement::Read(who.user.id, read)).await;
        Ok(read)
    }

    async fn members(&self, room: &Room) -> Result<Members, Error> {
        let here = self.house.presence.online(room.id).await;
        let users = self.house.store.members(room.id, PEOPLE).await?;
        let is_here = |user: &User| here.iter().any(|other| other.id == user.id);
        let mut members: Vec<Member> =
            users.into_iter().map(|user| Member { online: is_here(&user), user }).collect();
        // People who are here come first, and aren't pushed out by long-gone guests.
        let missing = here.iter().filter(|user| members.iter().all(|m| m.user.id != user.id));
        let missing: Vec<Member> =
            missing.map(|user| Member { user: user.clone(), online: true }).collect();
        members.extend(missing);
        members.sort_by_key(|member| !member.online);
        members.truncate(PEOPLE);
        Ok(Members { more: room.members > members.len(), members })
    }

    pub(super) async fn describe(&self, who: &Identity, room: RoomId) -> Result<Room, Error> {
        let listed = self.house.store.listed(room, who.user.id).await?.ok_or_else(no_room)?;
        self.described(who, listed).await
    }

    async fn described(&self, who: &Identity, listed: Listed) -> Result<Room, Error> {
        let room = listed.room;
        // A direct room is called as the other one is.
        let name = if room.kind == RoomKind::Direct {
            let partner = self.house.store.partner(room.id, who.user.id).await?;
            partner.map(|user| user.name).unwrap_or_default()
        } else {
            room.name
        };
        Ok(Room {
            online: self.house.presence.online_in(room.id).await,
            id: room.id,
            slug: room.slug,
            name,
            topic: room.topic,
            kind: room.kind,
            max_users: room.max_users,
            archived: room.archived,
            members: room.members,
            rev: room.rev,
            last_seq: room.last_seq,
            read_seq: listed.read.seq,
            unread: listed.read.unread,
            mentions: listed.read.mentions,
            joined: listed.membership == Some(Membership::Member),
        })
    }
}
