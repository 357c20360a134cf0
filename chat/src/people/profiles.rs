use super::Identity;
use crate::chat::Chat;
use crate::error::Error;
use crate::permissions::{self, Duty};
use crate::store::people::Person;
use crate::time::now;
use protocol::{Role, User};

/// What one may do in the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duties {
    pub private_rooms: bool,
    pub invite: bool,
    pub moderate: bool,
}

/// A person, as someone sees them.
#[derive(Debug, Clone)]
pub struct Profile {
    pub user: User,
    pub online: bool,
    /// Whether the one who asks may kick, ban and mute them.
    pub moderated: bool,
    /// The roles that the one who asks may give them.
    pub roles: Vec<Role>,
    /// Only for those who may change it.
    pub muted_until: Option<i64>,
    pub banned_until: Option<i64>,
}

impl Chat {
    pub async fn duties(&self, who: &Identity) -> Result<Duties, Error> {
        let person = self.person(who).await?;
        let may = |duty| permissions::may_serve(duty, &person).is_ok();
        Ok(Duties {
            private_rooms: may(Duty::MakePrivateRoom),
            invite: may(Duty::Invite),
            moderate: may(Duty::Moderate),
        })
    }

    /// Someone by id or by name.
    pub async fn profile(&self, who: &Identity, other: &str) -> Result<Profile, Error> {
        let person = self.person(who).await?;
        let other = self.find_person(other).await?;
        let moderated = permissions::may_moderate(&person, &other.user).is_ok();
        let until = |until: Option<i64>| until.filter(|until| moderated && *until > now());
        Ok(Profile {
            online: self.house.presence.is_here(other.user.id).await,
            moderated,
            roles: roles(&person, &other.user),
            muted_until: until(other.muted_until),
            banned_until: until(other.banned_until),
            user: other.user,
        })
    }
}

fn roles(person: &Person, other: &User) -> Vec<Role> {
    let all = Role::ALL.into_iter().filter(|role| *role != Role::Guest);
    all.filter(|role| permissions::may_set_role(person, other, *role).is_ok()).collect()
}
