use crate::announcement::Announcement;
use crate::chat::Chat;
use crate::error::Error;
use crate::people::Identity;
use crate::permissions::{self, Action};
use crate::standing::Place;
use crate::store::rooms::{Admitted, Membership};
use crate::time::now;
use protocol::event::{self, InRoomUser, Kicked, Notification, NotificationKind};
use protocol::limits::Limit;
use protocol::{ApiError, ErrorCode, NotificationId, RoomId, User};
use uuid::Uuid;

impl Chat {
    /// Enters a room, as a member from now on.
    pub async fn join(&self, who: &Identity, room: &str) -> Result<RoomId, Error> {
        let place = self.allowed(who, room, Action::Enter).await?;
        let room = place.room.id;
        if place.membership == Some(Membership::Member) {
            return Ok(room);
        }
        self.house.limits.check(Limit::Join, who).await?;
        match self.house.store.admit(room, who.user.id, now()).await? {
            Admitted::New(count) => {
                self.house.standings.forget_place(room, who.user.id);
                self.house.presence.joined(&place.person.user, room).await;
                self.tell_joined(room, place.person.user.clone(), count).await;
                Ok(room)
            }
            Admitted::Already => Ok(room),
            Admitted::Full => {
                let told = format!("this room is full: it is for {} people", place.room.max_users);
                Err(ApiError::new(ErrorCode::RoomFull, told).into())
            }
        }
    }

    pub async fn leave(&self, who: &Identity, room: &str) -> Result<(), Error> {
        let place = self.allowed(who, room, Action::Leave).await?;
        self.part(&place, &place.person.user, Membership::Left).await?;
        Ok(())
    }

    /// Whoever is invited may come into a private room, and back into one that they were sent out of.
    pub async fn invite_member(&self, who: &Identity, ask: &InRoomUser) -> Result<(), Error> {
        let place = self.allowed(who, &ask.room, Action::Invite).await?;
        let other = self.find_person(&ask.user).await?.user;
        // Whoever was sent out is not let in again by just anyone.
        if self.membership(place.room.id, &other).await? == Some(Membership::Removed) {
            permissions::may(Action::Run, &place)?;
        }
        if !self.house.store.invite_member(place.room.id, other.id, now()).await? {
            let told = format!("{} is in the room already", other.name);
            return Err(ApiError::new(ErrorCode::Conflict, told).into());
        }
        self.house.standings.forget_place(place.room.id, other.id);
        let notification = Notification {
            id: NotificationId(Uuid::now_v7()),
            kind: NotificationKind::Invite,
            room: Some(place.room.id),
            message: None,
            text: format!("{}: {}", place.person.user.name, place.room.name),
            at: now(),
        };
        self.house.store.add_notification(other.id, &notification).await?;
        self.announce(Announcement::Notification(other.id, notification)).await;
        Ok(())
    }

    /// Sends a member out, or takes an invitation back; only an invitation lets them in again.
    pub async fn remove_member(
        &self,
        who: &Identity,
        ask: &InRoomUser,
        reason: &str,
    ) -> Result<(), Error> {
        let place = self.allowed(who, &ask.room, Action::Run).await?;
        let other = self.find_person(&ask.user).await?.user;
        if other.id == who.user.id {
            // It would lock them out.
            return Err(ApiError::forbidden("leave the room instead").into());
        }
        permissions::outranks(&place.person, other.role).or_else(|refused| {
            // A room's maker may send out whoever has no more to say in the house than they have.
            let made = place.room.made_by == Some(who.user.id);
            let equal = other.role <= place.person.user.role;
            if made && equal { Ok(()) } else { Err(refused) }
        })?;
        let invited = self.membership(place.room.id, &other).await? == Some(Membership::Invited);
        if !self.part(&place, &other, Membership::Removed).await? && !invited {
            return Err(ApiError::not_found("member").into());
        }
        self.note(who, "remove-member", Some(other.id), Some(place.room.id), reason).await?;
        let kicked = Kicked { room: Some(place.room.id), reason: reason.to_owned() };
        self.announce(Announcement::Kicked(other.id, kicked)).await;
        Ok(())
    }

    /// False when they were no member.
    async fn part(&self, place: &Place, user: &User, state: Membership) -> Result<bool, Error> {
        let room = place.room.id;
        let left = self.house.store.dismiss_member(room, user.id, state, now()).await?;
        self.house.standings.forget_place(room, user.id);
        let Some(count) = left else { return Ok(false) };
        self.house.presence.left(user, room).await;
        let left = event::Membership { room, user: user.clone(), count };
        self.announce(Announcement::Left(left)).await;
        Ok(true)
    }

    /// Whether they are in the room, whoever asks.
    pub async fn is_member(&self, room: RoomId, user: &User) -> Result<bool, Error> {
        Ok(self.membership(room, user).await? == Some(Membership::Member))
    }

    async fn membership(&self, room: RoomId, user: &User) -> Result<Option<Membership>, Error> {
        Ok(self.house.store.place(room, user.id).await?.and_then(|(_, membership)| membership))
    }

    pub(super) async fn tell_joined(&self, room: RoomId, user: User, count: usize) {
        self.announce(Announcement::Joined(event::Membership { room, user, count })).await;
    }
}
