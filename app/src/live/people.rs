//! Who is in the room, as this browser knows it.

use protocol::event::{PresenceAction, RoomPresence};
use protocol::{Member, User};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct People {
    members: Vec<Member>,
}

impl People {
    pub fn new(members: Vec<Member>) -> Self {
        let mut people = Self { members };
        people.sort();
        people
    }

    pub fn apply(&mut self, presence: RoomPresence) {
        let online = match presence.action {
            PresenceAction::Online | PresenceAction::Joined => true,
            PresenceAction::Offline => false,
            PresenceAction::Left => {
                self.members.retain(|member| member.user.id != presence.user.id);
                return;
            }
        };
        match self.members.iter_mut().find(|member| member.user.id == presence.user.id) {
            Some(member) => *member = Member { user: presence.user, online },
            None => self.members.push(Member { user: presence.user, online }),
        }
        self.sort();
    }

    pub fn online(&self) -> Vec<User> {
        self.having(true)
    }

    pub fn away(&self) -> Vec<User> {
        self.having(false)
    }

    fn having(&self, online: bool) -> Vec<User> {
        let members = self.members.iter().filter(|member| member.online == online);
        members.map(|member| member.user.clone()).collect()
    }

    fn sort(&mut self) {
        self.members.sort_by_cached_key(|member| member.user.name.to_lowercase());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Role, RoomId, UserId};
    use uuid::Uuid;

    fn presence(name: &str, action: PresenceAction) -> RoomPresence {
        let id = UserId(Uuid::from_u128(name.len() as u128));
        let user = User::new(id, name.into(), Role::Guest);
        RoomPresence { room: RoomId(Uuid::nil()), user, action, count: 0 }
    }

    fn names(users: &[User]) -> Vec<&str> {
        users.iter().map(|user| user.name.as_str()).collect()
    }

    #[test]
    fn people_come_go_and_stay_members() {
        let mut people = People::default();
        people.apply(presence("Boris", PresenceAction::Joined));
        people.apply(presence("Anna", PresenceAction::Online));
        assert_eq!(names(&people.online()), ["Anna", "Boris"]);
        people.apply(presence("Anna", PresenceAction::Offline));
        assert_eq!(names(&people.online()), ["Boris"]);
        assert_eq!(names(&people.away()), ["Anna"]);
        people.apply(presence("Anna", PresenceAction::Left));
        assert!(people.away().is_empty());
    }
}
