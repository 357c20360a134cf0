//! Who is in the room, as this browser knows it.

use super::letters::small;
use protocol::event::{PresenceAction, RoomPresence};
use protocol::{Member, User, UserId};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct People {
    /// In the order of their names.
    members: Vec<Member>,
    /// How many are online, as the server says: of a crowd not all are named.
    count: Option<usize>,
}

impl People {
    pub fn new(members: Vec<Member>) -> Self {
        let mut people = Self::default();
        for member in members {
            people.put(member);
        }
        people
    }

    pub fn apply(&mut self, presence: RoomPresence) {
        self.count = Some(presence.count);
        let online = match presence.action {
            PresenceAction::Online | PresenceAction::Joined => true,
            PresenceAction::Offline => false,
            PresenceAction::Left => {
                self.members.retain(|member| member.user.id != presence.user.id);
                return;
            }
        };
        self.put(Member { user: presence.user, online });
    }

    pub fn knows(&self, user: UserId) -> bool {
        self.members.iter().any(|member| member.user.id == user)
    }

    /// So many are online; who, isn't told of a crowd.
    pub fn counted(&mut self, count: usize) {
        self.count = Some(count);
    }

    /// Whether someone has another name or role than is known.
    pub fn has_changed(&self, user: &User) -> bool {
        self.members.iter().any(|member| member.user.id == user.id && member.user != *user)
    }

    pub fn changed(&mut self, user: User) {
        let known = self.members.iter().find(|member| member.user.id == user.id);
        if let Some(online) = known.map(|member| member.online) {
            self.put(Member { user, online });
        }
    }

    pub fn online(&self) -> Vec<User> {
        self.having(true)
    }

    pub fn away(&self) -> Vec<User> {
        self.having(false)
    }

    pub fn online_count(&self) -> usize {
        self.count.unwrap_or_else(|| self.members.iter().filter(|member| member.online).count())
    }

    /// For completion: those who are here come first.
    pub fn names(&self) -> Vec<String> {
        let named =
            |online: bool| self.members.iter().filter(move |member| member.online == online);
        named(true).chain(named(false)).map(|member| member.user.name.clone()).collect()
    }

    fn having(&self, online: bool) -> Vec<User> {
        let members = self.members.iter().filter(|member| member.online == online);
        members.map(|member| member.user.clone()).collect()
    }

    fn put(&mut self, member: Member) {
        self.members.retain(|other| other.user.id != member.user.id);
        let name = small(&member.user.name);
        let before = |other: &Member| small(&other.user.name) <= name;
        let place = self.members.partition_point(before);
        self.members.insert(place, member);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Role, RoomId, UserId};
    use uuid::Uuid;

    fn user(name: &str) -> User {
        let id = UserId(Uuid::from_u128(name.len() as u128));
        User::new(id, name.into(), Role::Guest)
    }

    fn presence(name: &str, action: PresenceAction, count: usize) -> RoomPresence {
        RoomPresence { room: RoomId(Uuid::nil()), user: user(name), action, count }
    }

    fn names(users: &[User]) -> Vec<&str> {
        users.iter().map(|user| user.name.as_str()).collect()
    }

    #[test]
    fn people_come_go_and_stay_members() {
        let mut people = People::default();
        people.apply(presence("Boris", PresenceAction::Joined, 1));
        people.apply(presence("anna", PresenceAction::Online, 2));
        assert_eq!(names(&people.online()), ["anna", "Boris"]);
        people.apply(presence("anna", PresenceAction::Offline, 1));
        assert_eq!(names(&people.online()), ["Boris"]);
        assert_eq!(names(&people.away()), ["anna"]);
        assert_eq!(people.names(), ["Boris", "anna"], "who is here is named first");
        people.apply(presence("anna", PresenceAction::Left, 1));
        assert!(people.away().is_empty());
    }

    #[test]
    fn a_crowd_is_a_number() {
        let mut people = People::new(vec![
            Member { user: user("Anna"), online: true },
            Member { user: user("Boris"), online: false },
        ]);
        assert_eq!(people.online_count(), 1);
        people.counted(201);
        assert_eq!((people.online_count(), people.online().len()), (201, 1));
        people.apply(presence("Boris", PresenceAction::Online, 200));
        assert_eq!(people.online_count(), 200);
    }

    #[test]
    fn a_new_name_or_role_takes_the_place_of_the_old_one() {
        let mut people = People::new(vec![
            Member { user: user("Anna"), online: true },
            Member { user: user("Boris"), online: true },
        ]);
        let id = user("Anna").id;
        let renamed = User::new(id, "Zoë".into(), Role::Moderator);
        assert!(people.has_changed(&renamed) && !people.has_changed(&user("Anna")));
        people.changed(renamed.clone());
        assert_eq!(people.online(), [user("Boris"), renamed]);
        people.changed(user("a stranger"));
        assert_eq!(people.online().len(), 2);
    }
}
