use super::names::NameKey;
use super::{Address, Identity, SignedIn, refuse_barred};
use crate::chat::{Chat, Registration};
use crate::error::Error;
use crate::store::people::{Invite, Person};
use crate::time::now;
use protocol::{ApiError, ErrorCode, Name, Password, Reason, Role, User};

impl Chat {
    /// Makes an account. The first one is the owner's.
    pub async fn register(
        &self,
        name: &Name,
        password: &Password,
        invite: Option<&str>,
        from: Address,
    ) -> Result<SignedIn, Error> {
        self.house.limits.check_name(&NameKey::of(name.as_str()).0, from).await?;
        self.refuse_banned(from).await?;
        let invite = self.admission(invite).await?;
        let hash = self.house.passwords.hash(password).await?;
        let _door = self.house.door.lock().await;
        let role = self.role_of_next_account().await?;
        let user = self.take_name(name, role, Some(hash), invite.as_ref()).await?;
        self.bring_in(invite, &user).await?;
        self.begin_session(user, from, "").await
    }

    /// Takes as long, and says the same, whether the name is unknown or the password wrong.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
        from: Address,
    ) -> Result<SignedIn, Error> {
        let key = NameKey::of(name);
        // Where a guest was banned an account may come from: its bearer answers for themselves.
        self.house.limits.check_name(&key.0, from).await?;
        let found = self.house.store.holder(&key).await?;
        let hash = found.as_ref().and_then(|person| person.password.clone());
        let right = self.house.passwords.verify(password, hash).await?;
        let person = found.filter(|_| right).ok_or_else(wrong)?;
        refuse_barred(&person)?;
        self.begin_session(person.user, from, "").await
    }

    /// A guest sets a password and is an account from now on, with all they have said.
    pub async fn become_account(
        &self,
        who: &Identity,
        password: &Password,
        invite: Option<&str>,
    ) -> Result<SignedIn, Error> {
        refuse_account(&*self.person(who).await?)?;
        let invite = self.admission(invite).await?;
        let hash = self.house.passwords.hash(password).await?;
        let door = self.house.door.lock().await;
        // Read anew: whoever asks twice at once has one by now, and may be the owner.
        let found = self.house.store.person(who.user.id).await?;
        let person = found.ok_or_else(ApiError::unauthorized)?;
        refuse_account(&person)?;
        let role = self.role_of_next_account().await?;
        self.use_up(invite.as_ref()).await?;
        self.house.store.set_password(who.user.id, &hash, role).await?;
        drop(door);
        let user = User::new(who.user.id, person.user.name, role);
        self.bring_in(invite, &user).await?;
        self.renew(who, user).await
    }

    /// Every other session ends: whoever knew the old password is out.
    pub async fn change_password(
        &self,
        who: &Identity,
        old: &str,
        new: &Password,
    ) -> Result<SignedIn, Error> {
        let person = self.person(who).await?;
        self.house.limits.check_name(&NameKey::of(&person.user.name).0, who.address).await?;
        if !self.house.passwords.verify(old, person.password.clone()).await? {
            return Err(wrong());
        }
        let hash = self.house.passwords.hash(new).await?;
        self.house.store.set_password(who.user.id, &hash, person.user.role).await?;
        self.renew(who, person.user.clone()).await
    }

    /// The token changes with the rights that it proves.
    async fn renew(&self, who: &Identity, user: User) -> Result<SignedIn, Error> {
        let signed_in = self.begin_session(user, who.address, "").await?;
        let kept = Some(signed_in.identity.session);
        self.house.store.end_sessions(who.user.id, kept, now()).await?;
        self.house.standings.forget_person(who.user.id);
        self.tell_revoked().await?;
        Ok(signed_in)
    }

    async fn role_of_next_account(&self) -> Result<Role, Error> {
        Ok(if self.house.store.has_accounts().await? { Role::Member } else { Role::Owner })
    }

    /// Who may make an account now.
    pub async fn registration(&self) -> Result<Registration, Error> {
        // Someone must be the first.
        let first = !self.house.store.has_accounts().await?;
        Ok(if first { Registration::Open } else { self.house.registration })
    }

    /// Whether one may make an account now, and with which invite.
    async fn admission(&self, code: Option<&str>) -> Result<Option<Invite>, Error> {
        let invite = match code.map(str::trim).filter(|code| !code.is_empty()) {
            Some(code) => Some(self.invite(code).await?),
            None => None,
        };
        let refuse =
            |told: &str, reason| Err(ApiError::forbidden(told).because("invite", reason).into());
        match self.registration().await? {
            Registration::Open => Ok(invite),
            Registration::Invite if invite.is_some() => Ok(invite),
            Registration::Invite => refuse("an account needs an invite here", Reason::Invite),
            Registration::Closed => refuse("no accounts are made here", Reason::Closed),
        }
    }
}

fn refuse_account(person: &Person) -> Result<(), ApiError> {
    if person.password.is_none() {
        return Ok(());
    }
    let told = "you have a password already; change it instead";
    Err(ApiError::new(ErrorCode::Conflict, told))
}

fn wrong() -> Error {
    let told = "the name or the password is wrong";
    ApiError::new(ErrorCode::Unauthorized, told).because("password", Reason::Wrong).into()
}
