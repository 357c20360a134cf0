use super::{Identity, Token};
use crate::chat::Chat;
use crate::error::Error;
use crate::permissions::{self, Duty};
use crate::store::people::{Invite, NewInvite};
use crate::time::{millis, now};
use protocol::{ApiError, ErrorCode, Reason, User};
use std::time::Duration;
use uuid::Uuid;

/// An invite may be good for so many people, and for so long.
const USES: std::ops::RangeInclusive<u32> = 1..=1_000;
const LASTS: Duration = Duration::from_hours(24 * 365);

impl Chat {
    /// A code that lets `uses` people make an account, and brings them into a room if one is named.
    pub async fn make_invite(
        &self,
        who: &Identity,
        room: Option<&str>,
        uses: u32,
        lasts: Duration,
    ) -> Result<Token, Error> {
        let person = self.person(who).await?;
        permissions::may_serve(Duty::Invite, &person)?;
        if !USES.contains(&uses) || lasts.is_zero() || lasts > LASTS {
            let told = "an invite is for 1 to 1,000 people and lasts a year at the most";
            return Err(ApiError::invalid("uses", Reason::Malformed, told).into());
        }
        let room = match room {
            Some(room) => Some(self.allowed(who, room, permissions::Action::Invite).await?.room.id),
            None => None,
        };
        let code = Token::random().map_err(|_| ApiError::internal())?;
        let invite = NewInvite {
            id: Uuid::now_v7(),
            code: code.hash(),
            room,
            made_by: Some(who.user.id),
            uses,
            at: now(),
            expires_at: now() + millis(lasts),
        };
        self.house.store.add_invite(&invite).await?;
        Ok(code)
    }

    pub(super) async fn invite(&self, code: &str) -> Result<Invite, Error> {
        let found = self.house.store.invite(Token::from_text(code).hash(), now()).await?;
        Ok(found.ok_or_else(used_up)?)
    }

    /// Someone comes with it. Refused when others were quicker.
    pub(super) async fn use_up(&self, invite: Option<&Invite>) -> Result<(), Error> {
        match invite {
            Some(invite) if !self.house.store.use_invite(invite.id, now()).await? => {
                Err(used_up().into())
            }
            _ => Ok(()),
        }
    }

    /// Someone came with it.
    pub(super) async fn bring_in(&self, invite: Option<Invite>, user: &User) -> Result<(), Error> {
        if let Some(room) = invite.and_then(|invite| invite.room) {
            self.house.store.invite_member(room, user.id, now()).await?;
            self.house.standings.forget_place(room, user.id);
        }
        Ok(())
    }
}

fn used_up() -> ApiError {
    let told = "this invite is unknown, used up or too old; ask for another";
    ApiError::new(ErrorCode::NotFound, told).because("invite", Reason::Invite)
}
