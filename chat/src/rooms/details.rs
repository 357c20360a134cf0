use crate::chat::Chat;
use crate::error::Error;
use crate::people::Identity;
use crate::permissions::{self, Action};
use crate::standing::parse;
use protocol::event::{May, Members};
use protocol::{ErrorCode, Room};

/// A room as one sees it who need not be in it.
#[derive(Debug, Clone)]
pub struct Details {
    pub room: Room,
    /// Only for those who are members themselves.
    pub members: Option<Members>,
    pub may: May,
}

impl Chat {
    /// Whoever doesn't see the room is told that there is none.
    pub async fn details(&self, who: &Identity, room: &str) -> Result<Details, Error> {
        let place = self.place(who, &parse(room)).await?;
        match permissions::may(Action::Enter, &place) {
            Err(refused) if refused.code == ErrorCode::NotFound => return Err(refused.into()),
            _ => {}
        }
        let room = self.describe(who, place.room.id).await?;
        let members = if room.joined {
            Some(self.members_of(who, &room.id.to_string()).await?)
        } else {
            None
        };
        Ok(Details { room, members, may: permissions::all(&place) })
    }
}
