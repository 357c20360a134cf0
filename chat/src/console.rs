//! What is done on the server's command line, by whoever has the machine: no permission is asked, and
//! the audit log names no one. A server that is running meanwhile heeds it within a second.

use crate::chat::Chat;
use crate::error::Error;
use crate::people::Token;
use crate::people::names::NameKey;
use crate::people::{refuse_barred, tidy_label};
use crate::store::people::{NewAudit, NewPerson, Person, SessionKey};
use crate::time::now;
use protocol::{ApiError, ErrorCode, Name, Password, Reason, Role, SessionId, User, UserId};
use uuid::Uuid;

pub use crate::store::people::Account;

const PAGE: usize = 200;

pub struct Console<'a>(&'a Chat);

impl Chat {
    pub fn console(&self) -> Console<'_> {
        Console(self)
    }
}

impl Console<'_> {
    /// Without a role the first account is the owner's, and every other a member's.
    pub async fn add_user(
        &self,
        name: &Name,
        password: &Password,
        role: Option<Role>,
    ) -> Result<User, Error> {
        let first = !self.0.house.store.has_accounts().await?;
        let role = match role {
            Some(Role::Guest) => return Err(no_guest()),
            Some(role) => role,
            None if first => Role::Owner,
            None => Role::Member,
        };
        let password = Some(self.0.house.passwords.hash(password).await?);
        let user = User::new(UserId(Uuid::now_v7()), name.as_str().to_owned(), role);
        let key = NameKey::of(name.as_str());
        let person = NewPerson { user, key, password, first: false, at: now(), displaced: None };
        if !self.0.house.store.add_person(&person).await? {
            let told = format!("someone is called {} already", name.as_str());
            return Err(ApiError::new(ErrorCode::Conflict, told)
                .because("name", Reason::Taken)
                .into());
        }
        self.note("add-user", person.user.id, role.name()).await?;
        Ok(person.user)
    }

    pub async fn users(&self) -> Result<Vec<Account>, Error> {
        let mut users: Vec<Account> = Vec::new();
        loop {
            let after = users.last().map(|account| account.key.clone()).unwrap_or_default();
            let page = self.0.house.store.accounts(&after, PAGE).await?;
            if page.is_empty() {
                // They were read in the order of their keys, in which look-alikes are one.
                users.sort_by(|one, other| one.user.name.cmp(&other.user.name));
                return Ok(users);
            }
            users.extend(page);
        }
    }

    pub async fn set_role(&self, name: &str, role: Role) -> Result<User, Error> {
        let person = self.account(name).await?;
        if role == Role::Guest {
            return Err(no_guest());
        }
        self.0.house.store.set_role(person.user.id, role).await?;
        self.note("set-role", person.user.id, role.name()).await?;
        Ok(User::new(person.user.id, person.user.name, role))
    }

    /// Gives a password, to a guest too, who is an account from then on. Their sessions end.
    pub async fn set_password(&self, name: &str, password: &Password) -> Result<User, Error> {
        let person = self.0.find_person(name).await?;
        let role = if person.user.guest { Role::Member } else { person.user.role };
        let hash = self.0.house.passwords.hash(password).await?;
        self.0.house.store.set_password(person.user.id, &hash, role).await?;
        self.0.house.store.end_sessions(person.user.id, None, now()).await?;
        self.note("set-password", person.user.id, "").await?;
        Ok(User::new(person.user.id, person.user.name, role))
    }

    /// Whoever is disabled can't sign in, and their sessions end.
    pub async fn set_disabled(&self, name: &str, disabled: bool) -> Result<User, Error> {
        let person = self.account(name).await?;
        let at = disabled.then(now);
        self.0.house.store.set_disabled(person.user.id, at).await?;
        if disabled {
            self.0.house.store.end_sessions(person.user.id, None, now()).await?;
        }
        self.note(if disabled { "disable" } else { "enable" }, person.user.id, "").await?;
        Ok(person.user)
    }

    /// A token for a program, in the name of a user.
    pub async fn create_token(&self, name: &str, label: &str) -> Result<(Token, SessionId), Error> {
        let person = self.0.find_person(name).await?;
        refuse_barred(&person)?;
        let issued = self.0.issue(person.user.id, label).await?;
        self.note("create-token", person.user.id, &tidy_label(label)).await?;
        Ok(issued)
    }

    /// Ends the session that a token proves.
    pub async fn revoke_token(&self, token: &Token) -> Result<User, Error> {
        let key = self.0.session_key(token).ok_or_else(no_token)?;
        self.revoke(key).await
    }

    /// Ends a session by its id, as `create_token` told it.
    pub async fn revoke_session(&self, session: SessionId) -> Result<User, Error> {
        self.revoke(SessionKey::Id(session)).await
    }

    async fn revoke(&self, key: SessionKey) -> Result<User, Error> {
        let found = self.0.house.store.session(key, now()).await?;
        let (session, person) = found.ok_or_else(no_token)?;
        self.0.house.store.end_session(person.user.id, session.id, now()).await?;
        self.note("revoke-token", person.user.id, "").await?;
        Ok(person.user)
    }

    async fn account(&self, name: &str) -> Result<Person, Error> {
        let person = self.0.find_person(name).await?;
        if person.user.guest {
            let told = format!("{} is a guest; give them a password first", person.user.name);
            return Err(ApiError::new(ErrorCode::Conflict, told).into());
        }
        Ok(person)
    }

    async fn note(&self, action: &'static str, user: UserId, details: &str) -> Result<(), Error> {
        let (user, details) = (Some(user), details.to_owned());
        let entry = NewAudit { at: now(), by: None, action, user, room: None, details };
        Ok(self.0.house.store.add_audit(&entry).await?)
    }
}

fn no_guest() -> Error {
    let told = "whoever has a password is no guest; choose member, moderator, admin or owner";
    ApiError::invalid("role", Reason::Unknown, told).into()
}

fn no_token() -> ApiError {
    ApiError::not_found("token; it may have expired or been revoked already")
}
