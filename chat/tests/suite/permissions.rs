//! Who may do what, as one table: what isn't in it is not decided.

use crate::support::{Engine, House, code, history, in_room, on_both_engines, to};
use chat::store::messages::{Change, NewMessage, Written};
use chat::store::rooms::{Membership, NewRoom, RoomRef};
use chat::{Error, Identity};
use protocol::event::{
    self, Announce, Ban, CreateRoom, Kick, ListAll, ListAudit, May, Mute, OfUser, Revoke, Search,
    SetRole, Unban, UpdateRoom, WhoIsHere,
};
use protocol::{
    ApiError, ClientId, ErrorCode, Message, MessageId, MessageKind, MessageText, Role, RoomId,
    RoomKind,
};
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

on_both_engines! {
    in_a_public_room
    in_a_private_room
    in_a_direct_room
    in_the_house
    a_room_tells_what_one_may_do_there
    whoever_may_not_speak_is_told_so
    no_one_is_told_to_archive_or_delete_general
}

/// The first six are members of the room; of a direct room each with its maker, or the maker with
/// another. `maker`, `invited`, `left`, `removed` and `outsider` have the role of a member in the house.
const ACTORS: &str = "owner admin moderator member guest maker \
                      invited left removed outsider outside-moderator outside-owner banned";

/// `no`: forbidden; `none`: not found; `who?`: unauthorized.
const PUBLIC: &str = "
              owner admin mod   member guest maker  invited left removed outsider out-mod out-owner banned
enter         ok    ok    ok    ok     ok    ok     ok      ok   no      ok       ok      ok        who?
leave         ok    ok    ok    ok     ok    ok     no      no   no      no       no      no        who?
view          ok    ok    ok    ok     ok    ok     no      no   no      no       no      no        who?
history       ok    ok    ok    ok     ok    ok     no      no   no      no       no      no        who?
sync          ok    ok    ok    ok     ok    ok     none    none none    none     none    none      who?
search        ok    ok    ok    ok     ok    ok     no      no   no      no       no      no        who?
read          ok    ok    ok    ok     ok    ok     no      no   no      no       no      no        who?
presence      ok    ok    ok    ok     ok    ok     no      no   no      no       no      no        who?
send          ok    ok    ok    ok     ok    ok     no      no   no      no       no      no        who?
edit-own      ok    ok    ok    ok     ok    ok     no      no   no      no       no      no        who?
edit-theirs   no    no    no    no     no    no     no      no   no      no       no      no        who?
delete-own    ok    ok    ok    ok     ok    ok     no      no   no      no       ok      ok        who?
delete-theirs ok    ok    ok    no     no    ok     no      no   no      no       ok      ok        who?
invite        ok    ok    ok    ok     ok    ok     no      no   no      no       no      no        who?
remove        ok    ok    ok    no     no    ok     no      no   no      no       ok      ok        who?
remove-owner  ok    no    no    no     no    no     no      no   no      no       no      ok        who?
kick          ok    ok    ok    no     no    ok     no      no   no      no       ok      ok        who?
update        ok    ok    ok    no     no    ok     no      no   no      no       ok      ok        who?
archive       ok    ok    ok    no     no    ok     no      no   no      no       ok      ok        who?
delete-room   ok    ok    no    no     no    ok     no      no   no      no       no      ok        who?
";

const PRIVATE: &str = "
              owner admin mod   member guest maker  invited left removed outsider out-mod out-owner banned
enter         ok    ok    ok    ok     ok    ok     ok      none none    none     none    none      who?
leave         ok    ok    ok    ok     ok    ok     no      none none    none     none    none      who?
view          ok    ok    ok    ok     ok    ok     no      none none    none     none    none      who?
history       ok    ok    ok    ok     ok    ok     no      none none    none     none    none      who?
sync          ok    ok    ok    ok     ok    ok     none    none none    none     none    none      who?
search        ok    ok    ok    ok     ok    ok     no      none none    none     none    none      who?
read          ok    ok    ok    ok     ok    ok     no      none none    none     none    none      who?
presence      ok    ok    ok    ok     ok    ok     no      none none    none     none    none      who?
send          ok    ok    ok    ok     ok    ok     no      none none    none     none    none      who?
edit-own      ok    ok    ok    ok     ok    ok     no      none none    none     none    none      who?
edit-theirs   no    no    no    no     no    no     no      none none    none     none    none      who?
delete-own    ok    ok    ok    ok     ok    ok     no      none none    none     none    none      who?
delete-theirs ok    ok    ok    no     no    ok     no      none none    none     none    none      who?
invite        ok    ok    ok    no     no    ok     no      none none    none     none    none      who?
remove        ok    ok    ok    no     no    ok     no      none none    none     none    none      who?
remove-owner  ok    no    no    no     no    no     no      none none    none     none    none      who?
kick          ok    ok    ok    no     no    ok     no      none none    none     none    none      who?
update        ok    ok    ok    no     no    ok     no      none none    none     none    none      who?
archive       ok    ok    ok    no     no    ok     no      none none    none     none    none      who?
delete-room   ok    ok    no    no     no    ok     no      none none    none     none    none      who?
";

/// No one is invited to two people's room, leaves it or is removed: they are outsiders there.
const DIRECT: &str = "
              owner admin mod   member guest maker  invited left removed outsider out-mod out-owner banned
enter         ok    ok    ok    ok     ok    ok     none    none none    none     none    none      who?
leave         no    no    no    no     no    no     none    none none    none     none    none      who?
view          ok    ok    ok    ok     ok    ok     none    none none    none     none    none      who?
history       ok    ok    ok    ok     ok    ok     none    none none    none     none    none      who?
sync          ok    ok    ok    ok     ok    ok     none    none none    none     none    none      who?
search        ok    ok    ok    ok     ok    ok     none    none none    none     none    none      who?
read          ok    ok    ok    ok     ok    ok     none    none none    none     none    none      who?
presence      ok    ok    ok    ok     ok    ok     none    none none    none     none    none      who?
send          ok    ok    ok    ok     ok    ok     none    none none    none     none    none      who?
edit-own      ok    ok    ok    ok     ok    ok     none    none none    none     none    none      who?
edit-theirs   no    no    no    no     no    no     none    none none    none     none    none      who?
delete-own    ok    ok    ok    ok     ok    ok     none    none none    none     none    none      who?
delete-theirs no    no    no    no     no    no     none    none none    none     none    none      who?
invite        no    no    no    no     no    no     none    none none    none     none    none      who?
remove        no    no    no    no     no    no     none    none none    none     none    none      who?
remove-owner  no    no    no    no     no    no     none    none none    none     none    none      who?
kick          no    no    no    no     no    no     none    none none    none     none    none      who?
update        no    no    no    no     no    no     none    none none    none     none    none      who?
archive       no    no    no    no     no    no     none    none none    none     none    none      who?
delete-room   no    no    no    no     no    no     none    none none    none     none    none      who?
";

const HOUSE: &str = "
              owner admin mod   member guest maker  invited left removed outsider out-mod out-owner banned
rooms         ok    ok    ok    ok     ok    ok     ok      ok   ok      ok       ok      ok        who?
make-public   ok    ok    ok    ok     ok    ok     ok      ok   ok      ok       ok      ok        who?
make-private  ok    ok    ok    ok     no    ok     ok      ok   ok      ok       ok      ok        who?
open-dm       ok    ok    ok    ok     ok    ok     ok      ok   ok      ok       ok      ok        who?
make-invite   ok    ok    ok    no     no    no     no      no   no      no       ok      ok        who?
mute          ok    ok    ok    no     no    no     no      no   no      no       ok      ok        who?
kick-out      ok    ok    ok    no     no    no     no      no   no      no       ok      ok        who?
ban           ok    ok    ok    no     no    no     no      no   no      no       ok      ok        who?
unban         ok    ok    ok    no     no    no     no      no   no      no       ok      ok        who?
ban-moderator ok    ok    no    no     no    no     no      no   no      no       no      ok        who?
ban-owner     ok    no    no    no     no    no     no      no   no      no       no      ok        who?
make-mod      ok    ok    no    no     no    no     no      no   no      no       no      ok        who?
make-admin    ok    no    no    no     no    no     no      no   no      no       no      ok        who?
announce      ok    ok    ok    no     no    no     no      no   no      no       ok      ok        who?
audit         ok    ok    ok    no     no    no     no      no   no      no       ok      ok        who?
revoke        ok    ok    ok    no     no    no     no      no   no      no       ok      ok        who?
revoke-mod    ok    ok    no    no     no    no     no      no   no      no       no      ok        who?
sessions      ok    ok    ok    no     no    no     no      no   no      no       ok      ok        who?
sessions-mod  ok    ok    no    no     no    no     no      no   no      no       no      ok        who?
list-people   ok    ok    ok    no     no    no     no      no   no      no       ok      ok        who?
list-rooms    ok    ok    ok    no     no    no     no      no   no      no       ok      ok        who?
";

struct Cast {
    actors: BTreeMap<&'static str, Identity>,
    /// A member of the room, and an owner who is one.
    other: Identity,
    head: Identity,
    newcomer: Identity,
}

impl Cast {
    async fn new(house: &House) -> Self {
        let mut actors = BTreeMap::new();
        for actor in ACTORS.split_whitespace() {
            let role = match actor {
                "owner" | "outside-owner" => Role::Owner,
                "admin" => Role::Admin,
                "moderator" | "outside-moderator" => Role::Moderator,
                "guest" => Role::Guest,
                _ => Role::Member,
            };
            actors.insert(actor, house.someone(actor, role).await);
        }
        let banned = &actors["banned"];
        let ban = Ban { user: banned.user.id, minutes: None, reason: String::new() };
        house.chat.ban(&actors["owner"], &ban).await.unwrap();
        Self {
            other: house.member("other").await,
            head: house.someone("head", Role::Owner).await,
            newcomer: house.member("newcomer").await,
            actors,
        }
    }

    fn everyone(&self) -> impl Iterator<Item = &Identity> {
        self.actors.values().chain([&self.other, &self.head, &self.newcomer])
    }
}

/// A room in which the actors do one thing after the other, until one of them changes it.
struct Stage {
    room: RoomId,
    /// What each of them has said there.
    own: BTreeMap<&'static str, Message>,
    theirs: Message,
    other: Identity,
}

impl Stage {
    async fn set(house: &House, cast: &Cast, kind: RoomKind, actor: &'static str) -> Self {
        let who = &cast.actors[actor];
        let maker = &cast.actors["maker"];
        let other = match (kind, actor) {
            (RoomKind::Direct, "owner" | "admin" | "moderator" | "member" | "guest") => maker,
            _ => &cast.other,
        };
        let room = match kind {
            RoomKind::Direct if other.user.id == maker.user.id => {
                house.direct_room(maker, who).await
            }
            RoomKind::Direct => house.direct_room(maker, &cast.other).await,
            _ => Self::build(house, cast, kind).await,
        };
        let speakers = match kind {
            RoomKind::Direct => vec![actor],
            _ => ACTORS.split_whitespace().collect(),
        };
        let said = speakers.iter().map(|actor| said_in(room, &cast.actors[actor]));
        let said: Vec<Change> = said.chain([said_in(room, other)]).collect();
        let mut written: Vec<Message> =
            house.store.write(&said).await.unwrap().into_iter().map(new).collect();
        let theirs = written.pop().unwrap();
        Self {
            room,
            own: speakers.into_iter().zip(written).collect(),
            theirs,
            other: other.clone(),
        }
    }

    /// Everyone is there whom the actor's name says to be.
    async fn build(house: &House, cast: &Cast, kind: RoomKind) -> RoomId {
        let room = NewRoom {
            id: RoomId(Uuid::now_v7()),
            slug: format!("stage-{}", Uuid::now_v7()),
            name: "Stage".into(),
            topic: String::new(),
            kind,
            max_users: 100,
            made_by: cast.actors["maker"].user.id,
            members: vec![cast.actors["maker"].user.id],
            at: 1,
        };
        assert!(house.store.add_room(&room).await.unwrap());
        let room = room.id;
        for who in cast.everyone() {
            let (user, called) = (who.user.id, who.user.name.as_str());
            if called.starts_with("outside") || ["outsider", "newcomer", "maker"].contains(&called)
            {
                continue;
            }
            if called == "invited" {
                house.store.invite_member(room, user, 1).await.unwrap();
                continue;
            }
            house.store.admit(room, user, 1).await.unwrap();
            let gone = match called {
                "left" => Membership::Left,
                "removed" => Membership::Removed,
                _ => continue,
            };
            house.store.dismiss_member(room, user, gone, 1).await.unwrap();
        }
        room
    }

    async fn act(&self, house: &House, cast: &Cast, actor: &str, what: &str) -> Result<(), Error> {
        let (chat, room, who) = (&house.chat, self.room.to_string(), &cast.actors[actor]);
        match what {
            "enter" => chat.join(who, &room).await.map(drop),
            "leave" => chat.leave(who, &room).await,
            "view" => chat.view(who, self.room).await.map(drop),
            "history" => chat.history(who, &history(room, None, None, 10)).await.map(drop),
            "sync" => {
                let ask = event::Sync { rooms: BTreeMap::from([(self.room, 0)]) };
                let synced = chat.sync(who, &ask).await?;
                let missing = || ApiError::not_found("room").into();
                synced.rooms.contains_key(&self.room).then_some(()).ok_or_else(missing)
            }
            "search" => {
                let query = "tea".into();
                let ask = Search { query, room: Some(room), before: None, limit: None };
                chat.search(who, &ask).await.map(drop)
            }
            "read" => chat.mark_read(who, &event::Read { room, seq: 1 }).await.map(drop),
            "presence" => chat.online(who, &WhoIsHere { room, after: None }).await.map(drop),
            "send" => house.send(who, to(room, Uuid::now_v7(), "tea")).await.map(drop),
            "edit-own" => house.edit(who, &self.own[actor], "edited").await.map(drop),
            "edit-theirs" => house.edit(who, &self.theirs, "edited").await.map(drop),
            "delete-own" => house.delete(who, &self.own[actor]).await.map(drop),
            "delete-theirs" => house.delete(who, &self.theirs).await.map(drop),
            "invite" => chat.invite_member(who, &in_room(self.room, &cast.newcomer)).await,
            "remove" => chat.remove_member(who, &in_room(self.room, &self.other), "").await,
            "remove-owner" => chat.remove_member(who, &in_room(self.room, &cast.head), "").await,
            "kick" => {
                let (user, room) = (self.other.user.id, Some(self.room));
                chat.kick(who, &Kick { user, room, reason: String::new() }).await
            }
            "update" => {
                let ask =
                    UpdateRoom { room, name: Some("Renamed".into()), ..UpdateRoom::default() };
                chat.update_room(who, &ask).await.map(drop)
            }
            "archive" => chat.archive_room(who, &room).await,
            "delete-room" => chat.delete_room(who, &room).await,
            unknown => panic!("{unknown} is in the table and in no test"),
        }
    }

    /// All that a refused command must leave alone.
    async fn picture(&self, house: &House, cast: &Cast) -> String {
        let room = house.store.room(&RoomRef::Id(self.room)).await.unwrap();
        let messages = house.store.latest(self.room, 20).await.unwrap();
        let mut members = house.store.members(self.room, 20).await.unwrap();
        members.sort_unstable_by_key(|member| member.id);
        let newcomer = house.store.place(self.room, cast.newcomer.user.id).await.unwrap();
        let audit = house.store.audit(u64::MAX, 1).await.unwrap();
        format!("{room:?} {messages:?} {members:?} {newcomer:?} {audit:?}")
    }
}

fn new(written: Written) -> Message {
    match written {
        Written::New(message) => message,
        unwritten => panic!("{unwritten:?}"),
    }
}

fn said_in(room: RoomId, who: &Identity) -> Change {
    Change::Send(NewMessage {
        id: MessageId(Uuid::now_v7()),
        room,
        client_id: ClientId(Uuid::now_v7()),
        author: who.user.clone(),
        kind: MessageKind::Text,
        text: MessageText::parse("tea").unwrap(),
        at: i64::MAX / 2,
        reply_to: None,
        calls: Vec::new(),
    })
}

fn rows(table: &str) -> impl Iterator<Item = (&str, Vec<(&'static str, &str)>)> {
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with(' '));
    lines.map(|line| {
        let mut words = line.split_whitespace();
        let command = words.next().unwrap();
        let expected: Vec<_> = ACTORS.split_whitespace().zip(words).collect();
        assert_eq!(expected.len(), 13, "{command}");
        (command, expected)
    })
}

fn word(result: &Result<(), Error>) -> &'static str {
    match code(result) {
        None => "ok",
        Some(ErrorCode::Forbidden) => "no",
        Some(ErrorCode::NotFound) => "none",
        Some(ErrorCode::Unauthorized) => "who?",
        Some(other) => panic!("{other:?}"),
    }
}

async fn check_room(engine: Engine, kind: RoomKind, table: &str) {
    let house = House::new(engine).await;
    let cast = Cast::new(&house).await;
    let mut wrong = Vec::new();
    let mut untouched = None;
    for (command, expected) in rows(table) {
        for (actor, expected) in expected {
            let stage = match untouched.take().filter(|_| kind != RoomKind::Direct) {
                Some(stage) => stage,
                None => Stage::set(&house, &cast, kind, actor).await,
            };
            let before = stage.picture(&house, &cast).await;
            let got = word(&stage.act(&house, &cast, actor, command).await);
            if got != expected {
                wrong.push(format!("{actor} {command}: {got}, not {expected}"));
            }
            if got != "ok" {
                assert_eq!(stage.picture(&house, &cast).await, before, "{actor} {command}");
                untouched = Some(stage);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

async fn in_a_public_room(engine: Engine) {
    check_room(engine, RoomKind::Public, PUBLIC).await;
}

async fn in_a_private_room(engine: Engine) {
    check_room(engine, RoomKind::Private, PRIVATE).await;
}

async fn in_a_direct_room(engine: Engine) {
    check_room(engine, RoomKind::Direct, DIRECT).await;
}

async fn act_in_house(
    house: &House,
    who: &Identity,
    what: &str,
    other: &Identity,
) -> Result<(), Error> {
    let (chat, user) = (&house.chat, other.user.id);
    let room = |private| CreateRoom { name: "Tea".into(), private, ..CreateRoom::default() };
    let ban = Ban { user, minutes: None, reason: String::new() };
    match what {
        "rooms" => chat.rooms(who).await.map(drop),
        "make-public" => chat.create_room(who, &room(false)).await.map(drop),
        "make-private" => chat.create_room(who, &room(true)).await.map(drop),
        "open-dm" => chat.open_dm(who, &user.to_string()).await.map(drop),
        "make-invite" => chat.make_invite(who, None, 1, Duration::from_hours(1)).await.map(drop),
        "mute" => chat.mute(who, &Mute { user, minutes: 1 }).await,
        "kick-out" => chat.kick(who, &Kick { user, room: None, reason: String::new() }).await,
        "ban" | "ban-moderator" | "ban-owner" => chat.ban(who, &ban).await,
        "unban" => chat.unban(who, &Unban { user }).await,
        "make-mod" => chat.set_role(who, &SetRole { user, role: Role::Moderator }).await,
        "make-admin" => chat.set_role(who, &SetRole { user, role: Role::Admin }).await,
        "announce" => chat.announce_to_all(who, &Announce { text: "Tea!".into() }).await,
        "audit" => chat.audit(who, &ListAudit::default()).await.map(drop),
        "revoke" | "revoke-mod" => chat.revoke_of(who, &Revoke { user, session: None }).await,
        "sessions" | "sessions-mod" => chat.sessions_of(who, OfUser { user }).await.map(drop),
        "list-people" => chat.list_people(who, &ListAll::default()).await.map(drop),
        "list-rooms" => chat.list_rooms(who, &ListAll::default()).await.map(drop),
        unknown => panic!("{unknown} is in the table and in no test"),
    }
}

async fn in_the_house(engine: Engine) {
    let house = House::new(engine).await;
    let cast = Cast::new(&house).await;
    let mut wrong = Vec::new();
    let mut others = 0;
    for (command, expected) in rows(HOUSE) {
        for (actor, expected) in expected {
            let role = match command {
                "ban-moderator" | "revoke-mod" | "sessions-mod" => Role::Moderator,
                "ban-owner" => Role::Owner,
                _ => Role::Member,
            };
            others += 1;
            let other = house.someone(&format!("other no. {others}"), role).await;
            let who = &cast.actors[actor];
            let picture = async || {
                let person = house.store.person(other.user.id).await.unwrap();
                let audit = house.store.audit(u64::MAX, 1).await.unwrap();
                let rooms = house.store.rooms_of(who.user.id).await.unwrap();
                format!("{person:?} {audit:?} {rooms:?}")
            };
            let before = picture().await;
            let got = word(&act_in_house(&house, who, command, &other).await);
            if got != expected {
                wrong.push(format!("{actor} {command}: {got}, not {expected}"));
            }
            if got != "ok" {
                assert_eq!(picture().await, before, "{actor} {command}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

async fn a_room_tells_what_one_may_do_there(engine: Engine) {
    let house = House::new(engine).await;
    let cast = Cast::new(&house).await;
    let kinds =
        [(RoomKind::Public, PUBLIC), (RoomKind::Private, PRIVATE), (RoomKind::Direct, DIRECT)];
    let mut wrong = Vec::new();
    for (kind, table) in kinds {
        let table: BTreeMap<_, BTreeMap<_, _>> =
            rows(table).map(|(command, row)| (command, row.into_iter().collect())).collect();
        for actor in ACTORS.split_whitespace().filter(|actor| table["view"][actor] == "ok") {
            let stage = Stage::set(&house, &cast, kind, actor).await;
            let may = house.chat.view(&cast.actors[actor], stage.room).await.unwrap().may;
            let expected = May {
                say: table["send"][actor] == "ok",
                invite: table["invite"][actor] == "ok",
                censor: table["delete-theirs"][actor] == "ok",
                run: table["update"][actor] == "ok",
                leave: table["leave"][actor] == "ok",
                archive: table["archive"][actor] == "ok",
                delete: table["delete-room"][actor] == "ok",
            };
            if may != expected {
                wrong.push(format!("{actor} in a {kind:?} room: {may:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

async fn may(house: &House, who: &Identity, room: RoomId) -> May {
    house.chat.view(who, room).await.unwrap().may
}

async fn whoever_may_not_speak_is_told_so(engine: Engine) {
    let house = House::new(engine).await;
    let (owner, anna) = (house.someone("Owner", Role::Owner).await, house.member("Anna").await);
    let room = house.public_room(&anna, "Tea").await;
    let all = may(&house, &anna, room).await;
    assert!(all.say && all.invite);
    let mute = |minutes| Mute { user: anna.user.id, minutes };
    house.chat.mute(&owner, &mute(1)).await.unwrap();
    assert_eq!(may(&house, &anna, room).await, May { say: false, ..all });
    house.chat.mute(&owner, &mute(0)).await.unwrap();
    assert_eq!(may(&house, &anna, room).await, all);
    house.chat.archive_room(&anna, "tea").await.unwrap();
    assert_eq!(may(&house, &anna, room).await, May { say: false, invite: false, ..all });
}

async fn no_one_is_told_to_archive_or_delete_general(engine: Engine) {
    let house = House::new(engine).await;
    let owner = house.someone("Owner", Role::Owner).await;
    let general = house.general(&owner).await;
    let told = may(&house, &owner, general).await;
    assert_eq!((told.run, told.archive, told.delete), (true, false, false));
}
