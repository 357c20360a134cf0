use crate::chat::Chat;
use crate::error::Error;
use crate::identity::Identity;
use crate::names::{self, NameKey};
use crate::store::{Displaced, NewGuest};
use crate::time::now;
use crate::token::Token;
use protocol::error::{Details, ErrorCode};
use protocol::{ApiError, Name, Reason, Role, SessionId, User, UserId};
use uuid::Uuid;

#[derive(Debug)]
pub struct SignedIn {
    pub identity: Identity,
    pub token: Token,
}

impl Chat {
    /// A guest needs a name that is free: not an account's, not that of a guest who is here.
    ///
    /// A guest who has gone keeps their id, session and messages, but gives the name up: they
    /// are called `Anna 2` from now on, so that two people never bear one name.
    pub async fn sign_in_guest(&self, name: &Name) -> Result<SignedIn, Error> {
        let key = NameKey::of(name.as_str());
        let _door = self.door.lock().await;
        let displaced = match self.store.holder(&key).await? {
            None => None,
            Some(holder) if !holder.guest || self.presence.is_here(holder.id) => {
                return Err(taken(name).into());
            }
            Some(holder) => Some(self.displaced(holder).await?),
        };
        let id = UserId(Uuid::now_v7());
        let token = Token::random().map_err(|_| ApiError::internal())?;
        let guest = NewGuest {
            user: User::new(id, name.as_str().to_owned(), Role::Guest),
            key,
            session: SessionId(Uuid::now_v7()),
            token: token.hash(),
            at: now(),
            displaced,
        };
        // Another process on the same database: the store's unique key lets one of them through.
        if !self.store.add_guest(&guest).await? {
            return Err(taken(name).into());
        }
        let identity = Identity { user: guest.user, session: guest.session };
        self.seen(&identity).await?;
        Ok(SignedIn { identity, token })
    }

    pub async fn authenticate(&self, token: &Token) -> Result<Identity, Error> {
        let found = self.store.session(token.hash()).await?;
        Ok(found.ok_or_else(ApiError::unauthorized)?)
    }

    pub async fn sign_out(&self, identity: &Identity) -> Result<(), Error> {
        self.store.end_session(identity.session, now()).await?;
        self.presence.forget(identity.user.id);
        Ok(())
    }

    /// A page was read or a form was sent: its reader is here, socket or not.
    pub async fn seen(&self, identity: &Identity) -> Result<(), Error> {
        let rooms = self.store.rooms_of(identity.user.id).await?;
        self.presence.seen(&identity.user, rooms);
        Ok(())
    }

    pub async fn connected(&self, identity: &Identity) -> Result<(), Error> {
        let rooms = self.store.rooms_of(identity.user.id).await?;
        self.presence.connected(&identity.user, rooms);
        Ok(())
    }

    pub fn disconnected(&self, user: UserId) {
        self.presence.disconnected(user);
    }

    async fn displaced(&self, holder: User) -> Result<Displaced, Error> {
        for name in names::variants(&holder.name) {
            let key = NameKey::of(&name);
            if self.store.holder(&key).await?.is_none() {
                return Ok(Displaced { id: holder.id, name, key });
            }
        }
        Err(ApiError::internal().into())
    }
}

fn taken(name: &Name) -> ApiError {
    let message = format!("{} is here already; try another name", name.as_str());
    let details = Details { field: "name".to_owned(), reason: Reason::Taken, max: None };
    ApiError { details: Some(details), ..ApiError::new(ErrorCode::Conflict, message) }
}
