use super::names::{self, NameKey};
use super::{Address, SignedIn, taken};
use crate::chat::Chat;
use crate::error::Error;
use crate::store::people::{Displaced, Invite, NewPerson, Person};
use crate::time::now;

use protocol::limits::Limit;
use protocol::{ApiError, Name, Reason, Role, User, UserId};
use uuid::Uuid;

impl Chat {
    /// A guest needs a name that is free: not an account's, not that of a guest who is here.
    ///
    /// A guest who has gone keeps their id, session and messages, but gives the name up: they
    /// are called `Anna 2` from now on, so that two people never bear one name.
    pub async fn sign_in_guest(&self, name: &Name, from: Address) -> Result<SignedIn, Error> {
        if !self.house.guests {
            let told = "guests aren't let in here; sign in with a password";
            return Err(ApiError::forbidden(told).because("name", Reason::Closed).into());
        }
        self.house.limits.check_address(Limit::Connect, from).await?;
        self.refuse_banned(from).await?;
        let _door = self.house.door.lock().await;
        let user = self.take_name(name, Role::Guest, None, None).await?;
        self.begin_session(user, from, "").await
    }

    /// Adds a person under a name that no one has, or that a guest gives up, and uses the invite up that
    /// they came with. Called at the door.
    pub(super) async fn take_name(
        &self,
        name: &Name,
        role: Role,
        password: Option<String>,
        invite: Option<&Invite>,
    ) -> Result<User, Error> {
        let key = NameKey::of(name.as_str());
        let displaced = match self.house.store.holder(&key).await? {
            None => None,
            Some(holder) if !self.has_gone(&holder).await => return Err(taken(name)),
            Some(holder) => Some(self.displaced(holder.user).await?),
        };
        self.use_up(invite).await?;
        let id = UserId(Uuid::now_v7());
        let user = User::new(id, name.as_str().to_owned(), role);
        let first = role == Role::Owner;
        let mut person = NewPerson { user, key, password, first, at: now(), displaced };
        // Another process on the same database: the store lets one of them through.
        let mut added = self.house.store.add_person(&person).await?;
        if !added && person.first {
            person.first = false;
            person.user = User::new(id, name.as_str().to_owned(), Role::Member);
            added = self.house.store.add_person(&person).await?;
        }
        if !added {
            return Err(taken(name));
        }
        if let Some(displaced) = person.displaced {
            self.house.standings.forget_person(displaced.id);
        }
        Ok(person.user)
    }

    /// Whether it is a guest who is nowhere, as far as one can know: while the other nodes aren't heard, they
    /// may be there.
    async fn has_gone(&self, holder: &Person) -> bool {
        let Some(lag) = self.house.announcer.others().lag() else { return false };
        let new = holder.user.id.0.get_timestamp().is_some_and(|made| {
            let (seconds, _) = made.to_unix();
            seconds.saturating_add(lag.as_secs()).saturating_mul(1_000) > now().unsigned_abs()
        });
        holder.user.guest && !new && !self.house.presence.is_here(holder.user.id).await
    }

    async fn displaced(&self, holder: User) -> Result<Displaced, Error> {
        for name in names::variants(&holder.name) {
            let key = NameKey::of(&name);
            if self.house.store.holder(&key).await?.is_none() {
                return Ok(Displaced { id: holder.id, name, key });
            }
        }
        Err(ApiError::internal().into())
    }
}
