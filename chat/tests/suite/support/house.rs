use super::postgres::Database;
use super::{Heard, PASSWORD, name, password};
use chat::limits::Rates;
use chat::store::Store;
use chat::store::postgres::Postgres;
use chat::store::sqlite::{Durability, Sqlite};
use chat::{Address, Chat, Error, Identity, Secret, Settings};
use protocol::event::{
    self, CreateRoom, History, InRoomUser, OfMessage, Page, Search, Sync, Synced,
};
use protocol::{ClientId, Message, MessageId, MessageKind, Role, Room, RoomId};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const SECRET: &str = "the secret of the tests, which is long enough";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// Where everything is kept; outlives a restart.
pub(crate) enum Place {
    Directory(TempDir),
    Database(Database),
}

impl Place {
    pub(crate) async fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::Directory(tempfile::tempdir().unwrap()),
            Engine::Postgres => Self::Database(Database::new().await),
        }
    }

    pub(crate) fn file(&self) -> PathBuf {
        match self {
            Self::Directory(directory) => directory.path().join("test.sqlite"),
            Self::Database(_) => panic!("PostgreSQL is no file"),
        }
    }

    pub(crate) async fn open(&self) -> Arc<dyn Store> {
        match self {
            // What these tests are about doesn't depend on the disk's being asked.
            Self::Directory(_) => {
                Arc::new(Sqlite::open(&self.file(), Durability::Normal).await.unwrap())
            }
            Self::Database(database) => Arc::new(Postgres::open(&database.url()).await.unwrap()),
        }
    }
}

/// A chat with a database of its own.
pub(crate) struct House {
    pub(crate) chat: Chat,
    pub(crate) heard: Heard,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) place: Place,
}

/// Nothing is limited, so that each test is about one thing.
pub(crate) fn settings() -> Settings {
    let mut settings = Settings::new(Secret::new(SECRET).unwrap());
    settings.rates = Rates::none();
    settings
}

impl House {
    pub(crate) async fn new(engine: Engine) -> Self {
        Self::with(engine, settings()).await
    }

    pub(crate) async fn with(engine: Engine, settings: Settings) -> Self {
        Self::at(Place::new(engine).await, settings).await
    }

    pub(crate) async fn at(place: Place, settings: Settings) -> Self {
        let store = place.open().await;
        let (chat, announcements) = Chat::open(Arc::clone(&store), settings);
        Self { chat, heard: Heard::listen(announcements), store, place }
    }

    /// The same house after a restart.
    pub(crate) async fn again(self) -> Self {
        self.again_with(settings()).await
    }

    pub(crate) async fn again_with(self, settings: Settings) -> Self {
        self.chat.close().await;
        Self::at(self.place, settings).await
    }

    /// A second node on the same database.
    pub(crate) async fn beside(&self) -> (Chat, Heard) {
        let (chat, announcements) = Chat::open(self.place.open().await, settings());
        (chat, Heard::listen(announcements))
    }

    pub(crate) async fn guest(&self, name: &str) -> Identity {
        self.guest_from(name, Address::LOCAL).await
    }

    pub(crate) async fn guest_from(&self, name: &str, from: Address) -> Identity {
        self.chat.sign_in_guest(&super::name(name), from).await.unwrap().identity
    }

    /// Someone of that role. They have no password: hashing one takes long.
    pub(crate) async fn someone(&self, name: &str, role: Role) -> Identity {
        let mut who = self.guest(name).await;
        self.store.set_role(who.user.id, role).await.unwrap();
        who.user = protocol::User::new(who.user.id, who.user.name, role);
        who
    }

    pub(crate) async fn member(&self, name: &str) -> Identity {
        self.someone(name, Role::Member).await
    }

    /// With the password [`PASSWORD`].
    pub(crate) async fn account(&self, called: &str) -> Identity {
        let (name, password) = (name(called), password(PASSWORD));
        self.chat.register(&name, &password, None, Address::LOCAL).await.unwrap().identity
    }

    pub(crate) async fn sign_in(&self, name: &str, password: &str) -> Result<Identity, Error> {
        self.chat.sign_in(name, password, Address::LOCAL).await.map(|signed_in| signed_in.identity)
    }

    pub(crate) async fn general(&self, who: &Identity) -> RoomId {
        self.chat.join(who, "general").await.unwrap()
    }

    pub(crate) async fn public_room(&self, who: &Identity, name: &str) -> RoomId {
        let ask = CreateRoom { name: name.into(), ..CreateRoom::default() };
        self.chat.create_room(who, &ask).await.unwrap().room.id
    }

    pub(crate) async fn private_room(&self, who: &Identity, name: &str) -> RoomId {
        let ask = CreateRoom { name: name.into(), private: true, ..CreateRoom::default() };
        self.chat.create_room(who, &ask).await.unwrap().room.id
    }

    pub(crate) async fn direct_room(&self, who: &Identity, other: &Identity) -> RoomId {
        self.chat.open_dm(who, &other.user.id.to_string()).await.unwrap().room.id
    }

    pub(crate) async fn join(&self, who: &Identity, room: impl Display) -> Result<RoomId, Error> {
        self.chat.join(who, &room.to_string()).await
    }

    pub(crate) async fn leave(&self, who: &Identity, room: RoomId) -> Result<(), Error> {
        self.chat.leave(who, &room.to_string()).await
    }

    pub(crate) async fn invite(
        &self,
        who: &Identity,
        room: RoomId,
        other: &Identity,
    ) -> Result<(), Error> {
        self.chat.invite_member(who, &in_room(room, other)).await
    }

    pub(crate) async fn remove(
        &self,
        who: &Identity,
        room: RoomId,
        other: &Identity,
    ) -> Result<(), Error> {
        self.chat.remove_member(who, &in_room(room, other), "enough").await
    }

    /// A room as one sees it in the list.
    pub(crate) async fn listed(&self, who: &Identity, room: RoomId) -> Option<Room> {
        self.chat.rooms(who).await.unwrap().rooms.into_iter().find(|other| other.id == room)
    }

    pub(crate) async fn say(&self, who: &Identity, room: impl Display, text: &str) -> Message {
        self.try_say(who, room, text).await.unwrap()
    }

    pub(crate) async fn try_say(
        &self,
        who: &Identity,
        room: impl Display,
        text: &str,
    ) -> Result<Message, Error> {
        self.send(who, to(room, Uuid::now_v7(), text)).await
    }

    pub(crate) async fn send(
        &self,
        who: &Identity,
        message: event::Send,
    ) -> Result<Message, Error> {
        Ok(self.chat.send(who, message).await?.durable().await?.message)
    }

    pub(crate) async fn edit(
        &self,
        who: &Identity,
        message: &Message,
        text: &str,
    ) -> Result<Message, Error> {
        let ask =
            event::Edit { room: message.room.to_string(), message: message.id, text: text.into() };
        Ok(self.chat.edit(who, &ask).await?.durable().await?.message)
    }

    pub(crate) async fn delete(&self, who: &Identity, message: &Message) -> Result<Message, Error> {
        let ask = OfMessage { room: message.room.to_string(), message: message.id };
        Ok(self.chat.delete(who, &ask).await?.durable().await?.message)
    }

    /// The last messages of a room.
    pub(crate) async fn history(&self, who: &Identity, room: impl Display) -> Vec<Message> {
        self.chat.history(who, &history(room, None, None, 100)).await.unwrap().messages
    }

    pub(crate) async fn read(&self, who: &Identity, room: RoomId, seq: u64) -> event::ReadTo {
        let ask = event::Read { room: room.to_string(), seq };
        self.chat.mark_read(who, &ask).await.unwrap()
    }

    pub(crate) async fn sync(&self, who: &Identity, rooms: &[(RoomId, u64)]) -> Synced {
        let ask = Sync { rooms: rooms.iter().copied().collect::<BTreeMap<_, _>>() };
        self.chat.sync(who, &ask).await.unwrap()
    }

    pub(crate) async fn search(&self, who: &Identity, query: &str) -> Page {
        let ask = Search { query: query.into(), room: None, before: None, limit: None };
        self.chat.search(who, &ask).await.unwrap()
    }

    /// Brings the search index up to date.
    pub(crate) async fn index(&self) {
        while self.store.index_some().await.unwrap() {}
    }
}

pub(crate) fn in_room(room: RoomId, other: &Identity) -> InRoomUser {
    InRoomUser { room: room.to_string(), user: other.user.id.to_string() }
}

pub(crate) fn to(room: impl Display, id: Uuid, text: &str) -> event::Send {
    event::Send {
        room: room.to_string(),
        id: ClientId(id),
        text: text.into(),
        kind: MessageKind::Text,
        reply_to: None,
    }
}

pub(crate) fn reply(room: impl Display, reply_to: MessageId, text: &str) -> event::Send {
    event::Send { reply_to: Some(reply_to), ..to(room, Uuid::now_v7(), text) }
}

pub(crate) fn history(
    room: impl Display,
    before: Option<u64>,
    after: Option<u64>,
    limit: usize,
) -> History {
    History { room: room.to_string(), before, after, limit: Some(limit) }
}
