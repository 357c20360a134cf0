//! Random commands by several people, with crashes in between, compared with a simple model.
//!
//! After each command: did it come to what the model says, does every room hold what the model says,
//! and does everyone see of it what they should? At the end, for everyone, and for what they knew
//! after each command: that, and what `sync` returned for it, is what a newcomer reads.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

#[path = "model/mod.rs"]
mod chat_model;
#[path = "suite/support/postgres.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the suite")]
mod postgres;
mod proof;

use chat::store::Store;
use chat::store::postgres::Postgres;
use chat::store::sqlite::{Durability, Sqlite};
use chat::{Address, Chat, Error, Identity, Token};
use chat_model::{Command, Done, Kind, Model, NAMES, Outcome, PEOPLE, ROLES, Send, TEXTS, text};
use proof::{Reader, guest, text_to, whole_history};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use protocol::event::{self, CreateRoom, InRoomUser, Read, Sent};
use protocol::{ApiError, ClientId, ErrorCode, Message, MessageId, Name, Quote, RoomId, RoomKind};
use std::marker::PhantomData;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

fn config(cases: u32) -> Config {
    Config {
        cases,
        max_shrink_iters: 400,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..Config::default()
    }
}

prop_state_machine! {
    #![proptest_config(config(24))]

    #[test]
    fn sqlite_does_what_the_model_does(sequential 1..60 => Machine<InAFile>);
}

prop_state_machine! {
    #![proptest_config(config(5))]

    #[test]
    fn postgres_does_what_the_model_does(sequential 1..50 => Machine<OnAServer>);
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Command;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Command> {
        let who = 0..PEOPLE;
        // Few rooms and messages are made, so that commands meet.
        let (room, message) = (0_usize..6, 0_usize..12);
        let pair = (who.clone(), room.clone());
        let two = (who.clone(), room.clone(), who.clone());
        let edit = (pair.clone(), 0..8_usize, message.clone(), 0..=TEXTS.len());
        // Mostly in the room where the message is.
        let of = |room: usize, chance: usize| if chance == 0 { room + 1 } else { room };
        prop_oneof![
            1 => who.clone().prop_map(|who| Command::SignIn { who }),
            1 => (0..PEOPLE - 1).prop_map(|name| Command::TakeName { name }),
            2 => (who.clone(), any::<bool>(), any::<bool>())
                .prop_map(|(who, private, small)| Command::Create { who, private, small }),
            1 => (who.clone(), who.clone()).prop_map(|(who, with)| Command::OpenDm { who, with }),
            4 => pair.clone().prop_map(|(who, room)| Command::Join { who, room }),
            1 => pair.clone().prop_map(|(who, room)| Command::Leave { who, room }),
            2 => two.clone().prop_map(|(who, room, whom)| Command::Invite { who, room, whom }),
            1 => two.prop_map(|(who, room, whom)| Command::Remove { who, room, whom }),
            1 => pair.clone().prop_map(|(who, room)| Command::Archive { who, room }),
            12 => send().prop_map(Command::Send),
            4 => edit.prop_map(move |((who, room), chance, message, text)| {
                Command::Edit { who, room, of: of(room, chance), message, text }
            }),
            2 => (pair.clone(), 0..8_usize, message).prop_map(move |((who, room), chance, message)| {
                Command::Delete { who, room, of: of(room, chance), message }
            }),
            3 => (pair, 0..20_u64).prop_map(|((who, room), seq)| Command::Read { who, room, seq }),
            1 => Just(Command::Restart),
            1 => prop::collection::vec(send(), 0..6).prop_map(|unacked| Command::Crash {
                // Which message a number means would change with those that come before.
                unacked: unacked.into_iter().map(|send| Send { reply_to: None, ..send }).collect(),
            }),
        ]
        .boxed()
    }

    fn apply(state: Self, command: &Command) -> Self {
        Model::apply(state, command)
    }
}

fn send() -> impl Strategy<Value = Send> {
    let reply_to = prop_oneof![4 => Just(None), 1 => (0..12_usize).prop_map(Some)];
    (0..PEOPLE, 0..6_usize, 0..20_u64, 0..=TEXTS.len(), reply_to)
        .prop_map(|(who, room, id, text, reply_to)| Send { who, room, id, text, reply_to })
}

trait Place {
    type Kept;
    fn make(runtime: &Runtime) -> Self::Kept;
    async fn open(kept: &Self::Kept) -> Arc<dyn Store>;
}

struct InAFile;

impl Place for InAFile {
    type Kept = TempDir;

    fn make(_: &Runtime) -> TempDir {
        tempfile::tempdir().unwrap()
    }

    async fn open(dir: &TempDir) -> Arc<dyn Store> {
        let path = dir.path().join("chat.sqlite");
        // What is proved here doesn't hang on the disk, and takes a tenth of the time without it.
        Arc::new(Sqlite::open(&path, Durability::Normal).await.unwrap())
    }
}

struct OnAServer;

impl Place for OnAServer {
    type Kept = postgres::Database;

    fn make(runtime: &Runtime) -> postgres::Database {
        runtime.block_on(postgres::Database::new())
    }

    async fn open(database: &postgres::Database) -> Arc<dyn Store> {
        Arc::new(Postgres::open(&database.url()).await.unwrap())
    }
}

struct Machine<P>(PhantomData<P>);

struct House<P: Place> {
    runtime: Option<Runtime>,
    chat: Option<Chat>,
    people: Vec<Identity>,
    tokens: Vec<Token>,
    rooms: Vec<RoomId>,
    messages: Vec<Vec<MessageId>>,
    readers: Vec<Reader>,
    /// What everyone knew after each command.
    known: Vec<Vec<Reader>>,
    kept: P::Kept,
}

impl<P: Place + 'static> StateMachineTest for Machine<P> {
    type SystemUnderTest = House<P>;
    type Reference = Model;

    fn init_test(_: &Model) -> House<P> {
        House::new()
    }

    fn apply(mut house: House<P>, model: &Model, command: Command) -> House<P> {
        house.obey(model, command);
        house
    }

    fn check_invariants(_: &House<P>, _: &Model) {}

    fn teardown(mut house: House<P>, model: Model) {
        let known = std::mem::take(&mut house.known);
        for (who, mut reader) in known.into_iter().flat_map(|all| all.into_iter().enumerate()) {
            house.catch_up(&model, who, &mut reader);
        }
        house.close();
    }
}

impl<P: Place> House<P> {
    fn new() -> Self {
        let runtime = new_runtime();
        let kept = P::make(&runtime);
        let (chat, signed_in) = runtime.block_on(async {
            let store = P::open(&kept).await;
            let chat = proof::open(Arc::clone(&store));
            let mut signed_in = Vec::new();
            for (name, role) in NAMES.into_iter().zip(ROLES) {
                let one = guest(&chat, name).await;
                store.set_role(one.identity.user.id, role).await.unwrap();
                signed_in.push(one);
            }
            chat.close().await;
            (proof::open(P::open(&kept).await), signed_in)
        });
        let tokens: Vec<Token> = signed_in.into_iter().map(|one| one.token).collect();
        let mut house = Self {
            chat: Some(chat),
            people: Vec::new(),
            tokens,
            rooms: Vec::new(),
            messages: vec![Vec::new()],
            readers: vec![Reader::default(); PEOPLE],
            known: Vec::new(),
            kept,
            runtime: Some(runtime),
        };
        house.come_back();
        let general = house.wait(house.chat().join(&house.people[0], "general")).unwrap();
        house.rooms.push(general);
        house
    }

    fn chat(&self) -> &Chat {
        self.chat.as_ref().unwrap()
    }

    fn wait<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.as_ref().unwrap().block_on(what)
    }

    /// Everyone with the token that they have.
    fn come_back(&mut self) {
        let tokens = &self.tokens;
        let people = self.wait(async {
            let mut people = Vec::new();
            for token in tokens {
                people.push(self.chat().authenticate(token, Address::LOCAL).await.unwrap());
            }
            people
        });
        self.people = people;
    }

    fn close(&mut self) {
        self.wait(self.chat().close());
        self.chat = None;
    }

    fn open(&mut self) {
        let runtime = new_runtime();
        self.chat = Some(runtime.block_on(async { proof::open(P::open(&self.kept).await) }));
        self.runtime = Some(runtime);
        self.come_back();
    }

    /// Without a word to anyone.
    fn crash(&mut self) {
        self.chat = None;
        self.runtime.take().unwrap().shutdown_background();
    }

    fn obey(&mut self, model: &Model, command: Command) {
        let outcomes = match command {
            Command::Restart => {
                self.close();
                self.open();
                vec![Ok(Done::default())]
            }
            Command::Crash { unacked } => {
                self.wait(self.push(&unacked));
                self.crash();
                self.open();
                unacked.iter().map(|send| self.send(send)).collect()
            }
            one => vec![self.one(one)],
        };
        assert_eq!(outcomes, model.outcomes);
        for room in 0..model.rooms.len() {
            self.compare_room(model, room);
        }
        for who in 0..PEOPLE {
            self.compare_view(model, who);
            let mut reader = std::mem::take(&mut self.readers[who]);
            self.catch_up(model, who, &mut reader);
            self.readers[who] = reader;
        }
        self.known.push(self.readers.clone());
    }

    /// Puts messages in line and waits for none.
    async fn push(&self, sends: &[Send]) {
        for send in sends {
            let pending = self.chat().send(&self.people[send.who], self.asked(send)).await;
            drop(pending);
        }
    }

    fn asked(&self, send: &Send) -> event::Send {
        let room = send.room % self.rooms.len();
        let id = ClientId(Uuid::from_u64_pair(send.who as u64 + 1, send.id));
        let mut asked = text_to(self.rooms[room], id, text(send.text));
        asked.reply_to = send.reply_to.map(|message| self.message_id(room, message));
        asked
    }

    fn message_id(&self, room: usize, number: usize) -> MessageId {
        let messages = &self.messages[room];
        let one = number.checked_rem(messages.len()).map(|number| messages[number]);
        one.unwrap_or(MessageId(Uuid::max()))
    }

    fn send(&mut self, send: &Send) -> Outcome {
        let asked = self.asked(send);
        let done = self.wait(durable(self.chat().send(&self.people[send.who], asked)));
        self.done(done)
    }

    fn done(&mut self, sent: Result<Message, ErrorCode>) -> Outcome {
        let message = sent?;
        let room = self.rooms.iter().position(|room| *room == message.room).unwrap();
        let known = &mut self.messages[room];
        let place = known.iter().position(|id| *id == message.id).unwrap_or_else(|| {
            known.push(message.id);
            known.len() - 1
        });
        Ok(Done { room: Some(room), message: Some(place) })
    }

    fn made(&mut self, room: Result<event::OneRoom, Error>) -> Outcome {
        let room = code(room)?.room.id;
        let place = self.rooms.iter().position(|known| *known == room).unwrap_or_else(|| {
            self.rooms.push(room);
            self.messages.push(Vec::new());
            self.rooms.len() - 1
        });
        Ok(Done { room: Some(place), message: None })
    }

    fn one(&mut self, command: Command) -> Outcome {
        let room = |number: usize| self.rooms[number % self.rooms.len()].to_string();
        let both = |number: usize, whom: usize| InRoomUser {
            room: room(number),
            user: self.people[whom].user.id.to_string(),
        };
        let chat = self.chat();
        let nothing = |done: Result<(), Error>| code(done).map(|()| Done::default());
        match command {
            Command::SignIn { who } => {
                let again =
                    self.wait(chat.authenticate(&self.tokens[who], Address::LOCAL)).unwrap();
                assert_eq!(again.user, self.people[who].user);
                Ok(Done::default())
            }
            Command::TakeName { name } => {
                let name = Name::parse(&NAMES[name].to_uppercase()).unwrap();
                let done = self.wait(chat.sign_in_guest(&name, Address::LOCAL));
                nothing(done.map(drop))
            }
            Command::Create { who, private, small } => {
                let ask = CreateRoom {
                    name: "A room".into(),
                    private,
                    max_users: small.then_some(2),
                    ..CreateRoom::default()
                };
                let made = self.wait(chat.create_room(&self.people[who], &ask));
                self.made(made)
            }
            Command::OpenDm { who, with } => {
                let with = self.people[with].user.id.to_string();
                let made = self.wait(chat.open_dm(&self.people[who], &with));
                self.made(made)
            }
            Command::Join { who, room: number } => {
                nothing(self.wait(chat.join(&self.people[who], &room(number))).map(drop))
            }
            Command::Leave { who, room: number } => {
                nothing(self.wait(chat.leave(&self.people[who], &room(number))))
            }
            Command::Invite { who, room, whom } => {
                nothing(self.wait(chat.invite_member(&self.people[who], &both(room, whom))))
            }
            Command::Remove { who, room, whom } => {
                nothing(self.wait(chat.remove_member(&self.people[who], &both(room, whom), "")))
            }
            Command::Archive { who, room: number } => {
                nothing(self.wait(chat.archive_room(&self.people[who], &room(number))))
            }
            Command::Send(send) => self.send(&send),
            Command::Edit { who, room: number, of, message, text: new } => {
                let message = self.message_id(of % self.rooms.len(), message);
                let ask = event::Edit { room: room(number), message, text: text(new).into() };
                let done = self.wait(durable(chat.edit(&self.people[who], &ask)));
                self.done(done)
            }
            Command::Delete { who, room: number, of, message } => {
                let message = self.message_id(of % self.rooms.len(), message);
                let ask = event::OfMessage { room: room(number), message };
                let done = self.wait(durable(chat.delete(&self.people[who], &ask)));
                self.done(done)
            }
            Command::Read { who, room: number, seq } => {
                let ask = Read { room: room(number), seq };
                nothing(self.wait(chat.mark_read(&self.people[who], &ask)).map(drop))
            }
            Command::Restart | Command::Crash { .. } => unreachable!("they are no one's command"),
        }
    }

    fn compare_room(&self, model: &Model, number: usize) {
        let (room, id) = (&model.rooms[number], self.rooms[number]);
        // One has to be in it to see it.
        let Some(member) = room.members().next() else { return };
        let who = &self.people[member];
        let messages = self.wait(whole_history(self.chat(), who, id));
        self.compare_messages(model, number, &messages);
        compare_quotes(&messages);
        let view = self.wait(self.chat().view(who, id)).unwrap();
        assert_eq!((view.rev, view.room.last_seq), (room.rev, room.last_seq()));
        assert_eq!(view.room.archived, room.archived);
        let mut members: Vec<_> = view.members.iter().map(|member| member.user.id).collect();
        members.sort_unstable();
        let expected: Vec<_> = room.members().map(|member| self.people[member].user.id).collect();
        assert_eq!(members, expected, "the members of room {number}");
        assert_eq!(view.room.members, expected.len());
    }

    fn compare_messages(&self, model: &Model, number: usize, messages: &[Message]) {
        let room = &model.rooms[number];
        assert_eq!(messages.len(), room.messages.len(), "what was said in room {number}");
        for (place, (message, expected)) in messages.iter().zip(&room.messages).enumerate() {
            let said = if expected.deleted { "" } else { text(expected.text) };
            assert_eq!(message.id, self.messages[number][place]);
            assert_eq!((message.seq, message.rev), (expected.seq, expected.rev));
            assert_eq!(message.user.id, self.people[expected.author].user.id);
            assert_eq!(message.text, said);
            assert_eq!(message.edited_at.is_some(), expected.edited);
            assert_eq!(message.deleted_at.is_some(), expected.deleted);
            assert_eq!(message.client_id.0.as_u64_pair().1, expected.id);
            let reply_to = expected.reply_to.map(|place| self.messages[number][place]);
            assert_eq!(message.reply_to, reply_to);
        }
    }

    /// What one sees of all rooms, and of what was said in those that one isn't in: nothing.
    fn compare_view(&self, model: &Model, who: usize) {
        let listed = self.wait(self.chat().rooms(&self.people[who])).unwrap().rooms;
        for (number, room) in model.rooms.iter().enumerate() {
            let found = listed.iter().find(|listed| listed.id == self.rooms[number]);
            let joined = room.members().any(|member| member == who);
            assert_eq!(found.is_some_and(|found| found.joined), joined, "{who} in room {number}");
            let Some(found) = found else { continue };
            let kind = match room.kind {
                Kind::Public => RoomKind::Public,
                Kind::Private => RoomKind::Private,
                Kind::Direct => RoomKind::Direct,
            };
            assert_eq!(found.kind, kind);
            let counts = (found.read_seq, found.unread, found.mentions);
            if joined {
                let expected = (room.read[who], room.unread(who), room.mentions(who));
                assert_eq!(counts, expected, "read, unread, mentions of {who} in room {number}");
            }
        }
    }

    fn catch_up(&self, model: &Model, who: usize, reader: &mut Reader) {
        let mine = (0..model.rooms.len())
            .filter(|number| model.rooms[*number].members().any(|member| member == who));
        let mine: Vec<usize> = mine.collect();
        reader.rooms.retain(|room, _| mine.iter().any(|number| self.rooms[*number] == *room));
        for number in &mine {
            reader.rooms.entry(self.rooms[*number]).or_default();
        }
        self.wait(reader.catch_up(self.chat(), &self.people[who]));
        for number in mine {
            let known = &reader.rooms[&self.rooms[number]];
            assert_eq!(known.rev, model.rooms[number].rev);
            let messages: Vec<Message> = known.messages.values().cloned().collect();
            self.compare_messages(model, number, &messages);
        }
    }
}

/// As they are read together, what is quoted is what is there.
fn compare_quotes(messages: &[Message]) {
    for message in messages {
        let of = messages.iter().find(|other| Some(other.id) == message.reply_to);
        let quote = |of: &Message| {
            let (user, text) = (of.user.clone(), of.text.clone());
            Quote { seq: of.seq, user, text }
        };
        assert_eq!(message.quote, of.map(quote));
    }
}

fn new_runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn code<T>(done: Result<T, Error>) -> Result<T, ErrorCode> {
    done.map_err(|error| ApiError::from(error).code)
}

async fn durable(
    pending: impl Future<Output = Result<chat::Pending, Error>>,
) -> Result<Message, ErrorCode> {
    let sent: Result<Sent, Error> = async { pending.await?.durable().await }.await;
    code(sent).map(|sent| sent.message)
}
