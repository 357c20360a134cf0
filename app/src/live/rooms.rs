//! The sidebar: the rooms that one is in or may enter, and what is unread there.

use super::letters::small;
use protocol::event::{ReadTo, Unread};
use protocol::limits::UNREAD;
use protocol::room::{GENERAL, RoomInfo};
use protocol::{Room, RoomId, RoomKind};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rooms {
    /// In the order of the list.
    all: Vec<Room>,
}

#[derive(Debug)]
pub enum Event {
    /// All there are.
    Listed(Vec<Room>),
    Updated(RoomInfo),
    Removed(RoomId),
    /// The server's count. It may know of messages that are still on their way here, and those are counted
    /// when they arrive.
    Unread(Unread),
    Read(ReadTo),
    /// One is a member now.
    Entered(Room),
    /// And now no longer.
    Left(RoomId),
}

impl Rooms {
    pub fn new(rooms: Vec<Room>) -> Self {
        let mut all = Self::default();
        for room in rooms {
            all.put(room);
        }
        all
    }

    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Listed(rooms) => *self = Self::new(rooms),
            Event::Updated(info) => self.update(info),
            Event::Removed(id) => {
                self.take(id);
            }
            Event::Unread(unread) => self.change(unread.room, |room| {
                (room.unread, room.mentions) = (room.unread.min(unread.unread), unread.mentions);
            }),
            Event::Read(read) => self.change(read.room, |room| {
                room.read_seq = room.read_seq.max(read.seq);
                (room.unread, room.mentions) = (read.unread, read.mentions);
            }),
            Event::Entered(room) => self.put(Room { joined: true, ..room }),
            Event::Left(id) => {
                // A room that isn't public is not even seen from outside.
                if let Some(room) = self.take(id).filter(|room| room.kind == RoomKind::Public) {
                    self.put(Room { joined: false, unread: 0, mentions: 0, ..room });
                }
            }
        }
    }

    /// Something was said there. Answers whether the list looks different now.
    pub fn said(&mut self, id: RoomId, seq: u64, counts: bool) -> bool {
        let room = self.all.iter_mut().find(|room| room.id == id && seq > room.last_seq);
        let Some(room) = room else { return false };
        room.last_seq = seq;
        if counts && room.unread < UNREAD {
            room.unread += 1;
        }
        counts
    }

    /// So many are online there.
    pub fn present(&mut self, id: RoomId, online: usize) {
        self.change(id, |room| room.online = online);
    }

    /// Those that one is in come first, and among them the one that always exists.
    pub fn channels(&self) -> Vec<Room> {
        self.all.iter().filter(|room| room.kind != RoomKind::Direct).cloned().collect()
    }

    pub fn directs(&self) -> Vec<Room> {
        self.all.iter().filter(|room| room.kind == RoomKind::Direct).cloned().collect()
    }

    pub fn get(&self, id: RoomId) -> Option<&Room> {
        self.all.iter().find(|room| room.id == id)
    }

    pub fn by_slug(&self, slug: &str) -> Option<&Room> {
        self.all.iter().find(|room| room.kind != RoomKind::Direct && room.slug == slug)
    }

    pub fn direct_with(&self, name: &str) -> Option<&Room> {
        let name = small(name);
        let mut directs = self.all.iter().filter(|room| room.kind == RoomKind::Direct);
        directs.find(|room| small(&room.name) == name)
    }

    /// For the title: all that others have said in one's rooms. Calls are among it.
    pub fn unread_total(&self) -> u64 {
        self.all.iter().filter(|room| room.joined).map(|room| room.unread).sum()
    }

    fn update(&mut self, info: RoomInfo) {
        let known = self.take(info.id);
        // What isn't public is told to its members only; and a direct room is called differently by
        // each of them, so one that isn't known has no name yet.
        if known.is_none() && info.kind == RoomKind::Direct {
            return;
        }
        let known = known.unwrap_or_else(|| never_seen(&info));
        let direct = info.kind == RoomKind::Direct;
        let name = if direct { known.name } else { info.name };
        let (slug, topic, kind) = (info.slug, info.topic, info.kind);
        let (max_users, archived, members) = (info.max_users, info.archived, info.members);
        self.put(Room { slug, name, topic, kind, max_users, archived, members, ..known });
    }

    fn change(&mut self, id: RoomId, change: impl FnOnce(&mut Room)) {
        if let Some(room) = self.all.iter_mut().find(|room| room.id == id) {
            change(room);
        }
    }

    fn take(&mut self, id: RoomId) -> Option<Room> {
        let place = self.all.iter().position(|room| room.id == id)?;
        Some(self.all.remove(place))
    }

    fn put(&mut self, room: Room) {
        self.take(room.id);
        let own = order(&room);
        let place = self.all.partition_point(|other| order(other) <= own);
        self.all.insert(place, room);
    }
}

fn order(room: &Room) -> (bool, bool, String) {
    (!room.joined, room.slug != GENERAL, small(&room.name))
}

fn never_seen(info: &RoomInfo) -> Room {
    Room {
        id: info.id,
        slug: String::new(),
        name: String::new(),
        topic: String::new(),
        kind: info.kind,
        max_users: 0,
        archived: false,
        members: 0,
        online: 0,
        rev: 0,
        last_seq: 0,
        read_seq: 0,
        unread: 0,
        mentions: 0,
        joined: info.kind != RoomKind::Public,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(number: u128) -> RoomId {
        RoomId(Uuid::from_u128(number))
    }

    fn info(number: u128, name: &str) -> RoomInfo {
        RoomInfo {
            id: id(number),
            slug: name.to_lowercase(),
            name: name.into(),
            topic: String::new(),
            kind: RoomKind::Public,
            max_users: 100,
            archived: false,
            members: 1,
        }
    }

    fn room(number: u128, name: &str) -> Room {
        let mut rooms = Rooms::default();
        rooms.apply(Event::Updated(info(number, name)));
        Room { joined: true, ..rooms.all.remove(0) }
    }

    fn direct(number: u128, name: &str) -> Room {
        Room { kind: RoomKind::Direct, ..room(number, name) }
    }

    fn names(rooms: &[Room]) -> Vec<&str> {
        rooms.iter().map(|room| room.name.as_str()).collect()
    }

    #[test]
    fn general_is_first_then_names_then_what_one_is_not_in() {
        let outside = Room { joined: false, ..room(4, "Aquarium") };
        let rooms = [room(1, "work"), room(2, "Books"), outside, room(3, "general")];
        let rooms = Rooms::new(rooms.into_iter().chain([direct(5, "boris")]).collect());
        assert_eq!(names(&rooms.channels()), ["general", "Books", "work", "Aquarium"]);
        assert_eq!(names(&rooms.directs()), ["boris"]);
        assert_eq!(rooms.by_slug("work").map(|room| room.id), Some(id(1)));
        assert_eq!(rooms.direct_with("Boris").map(|room| room.id), Some(id(5)));
        assert_eq!(rooms.by_slug("boris"), None);
    }

    #[test]
    fn one_enters_and_leaves() {
        let mut rooms = Rooms::new(vec![Room { joined: false, ..room(1, "work") }]);
        rooms.apply(Event::Entered(Room { unread: 5, ..room(1, "work") }));
        rooms.apply(Event::Entered(Room { kind: RoomKind::Private, ..room(2, "secret") }));
        rooms.apply(Event::Unread(Unread { room: id(1), unread: 5, mentions: 1 }));
        rooms.apply(Event::Left(id(1)));
        rooms.apply(Event::Left(id(2)));
        assert_eq!(names(&rooms.channels()), ["work"]);
        let left = rooms.get(id(1)).unwrap();
        assert_eq!((left.joined, left.unread, left.mentions), (false, 0, 0));
    }

    #[test]
    fn a_room_is_renamed_where_it_stands_in_the_list() {
        let mut rooms = Rooms::new(vec![
            Room { unread: 3, ..room(1, "Aquarium") },
            room(2, "books"),
            direct(3, "Boris"),
        ]);
        rooms.apply(Event::Updated(info(1, "Zoo")));
        let nameless = RoomInfo { kind: RoomKind::Direct, archived: true, ..info(3, "") };
        rooms.apply(Event::Updated(nameless));
        rooms.apply(Event::Updated(info(4, "made by someone")));
        assert_eq!(names(&rooms.channels()), ["books", "Zoo", "made by someone"]);
        assert_eq!(rooms.get(id(1)).map(|room| room.unread), Some(3));
        assert!(rooms.direct_with("boris").is_some_and(|room| room.archived));
        rooms.apply(Event::Removed(id(1)));
        assert_eq!(rooms.get(id(1)), None);
    }

    #[test]
    fn what_is_unread_adds_up_and_goes_when_it_is_read_elsewhere() {
        let outside = Room { joined: false, unread: 100, ..room(3, "outside") };
        let mut rooms = Rooms::new(vec![room(1, "work"), direct(2, "Boris"), outside]);
        for seq in 1..=5 {
            assert!(rooms.said(id(1), seq, true));
        }
        rooms.apply(Event::Unread(Unread { room: id(1), unread: 5, mentions: 1 }));
        assert!(rooms.said(id(2), 1, true) && rooms.said(id(2), 2, true));
        assert_eq!(rooms.unread_total(), 7);
        rooms.apply(Event::Read(ReadTo { room: id(1), seq: 9, unread: 0, mentions: 0 }));
        let read = rooms.get(id(1)).unwrap();
        assert_eq!((read.read_seq, read.unread, read.mentions), (9, 0, 0));
        assert_eq!(rooms.unread_total(), 2);
    }

    #[test]
    fn what_is_said_counts_once() {
        let mut rooms = Rooms::new(vec![Room { last_seq: 5, unread: 2, ..room(1, "work") }]);
        let unread = |rooms: &Rooms| rooms.get(id(1)).map(|room| room.unread);
        assert!(!rooms.said(id(1), 5, true), "changed, or listed already");
        assert!(!rooms.said(id(1), 6, false), "one's own, or read at once");
        assert!(!rooms.said(id(9), 1, true));
        assert_eq!(unread(&rooms), Some(2));
        // The server has counted the eighth when it tells of the seventh.
        rooms.said(id(1), 7, true);
        rooms.apply(Event::Unread(Unread { room: id(1), unread: 4, mentions: 1 }));
        rooms.said(id(1), 8, true);
        assert_eq!(unread(&rooms), Some(4));
    }

    #[test]
    fn the_other_one_of_a_direct_room_comes_online() {
        let mut rooms = Rooms::new(vec![direct(1, "Boris")]);
        rooms.present(id(1), 2);
        assert_eq!(rooms.get(id(1)).map(|room| room.online), Some(2));
    }
}
