//! Does what a socket asks, one event after the other. It only calls `chat`: whatever is refused there is
//! refused here.

use super::dialect::{Command, Dialect, News, Reading, Target};
use super::dialects::{UNDECIDED, recognise};
use super::visitor::Visitor;
use super::visitors::{List, Visitors};
use crate::socket::event::{Envelope, Responder, Unanswered};
use crate::socket::mailbox::{Reader, unknown_event};
use crate::socket::patience::Patience;
use crate::telemetry::metrics::{ECHO, Metrics};
use chat::{Chat, Error, Identity};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use protocol::event::{self, AddTodo, Done, OfTodo, Send, Typing};
use protocol::limits::LISTED;
use protocol::{ApiError, ClientId, MessageKind, MessageText, Name, Reason, RoomId, Title, TodoId};
use serde_json::Value;
use std::sync::Arc;
use tracing::{Instrument, debug_span};
use uuid::Uuid;

pub(super) struct Host {
    chat: Chat,
    metrics: Arc<Metrics>,
    visitors: Arc<Visitors>,
    visitor: Arc<Visitor>,
    patience: Patience,
}

/// Whose words something is refused in.
type Words = &'static dyn Dialect;

/// What may last longer than its place in line.
type Doing = Option<BoxFuture<'static, Result<(), Error>>>;

impl Reader for Host {
    async fn read(&mut self, mut letter: Envelope) -> Unanswered {
        let visitor = Arc::clone(&self.visitor);
        let command = self.understand(&letter.event, &letter.payload);
        // Each dialect has other words for the same thing: it counts as what `/chat` calls it.
        let event = command.as_ref().map_or("", name);
        letter.responder.begin(self.metrics.begin(event));
        let command = match command {
            Ok(command) => command,
            Err((dialect, error)) => {
                letter.responder.answer_or::<Done>(Err(error), |error, socket| {
                    let (event, payload) = dialect.refuse(error);
                    socket.emit(event, &payload)
                });
                self.patience.lose(&visitor.socket);
                return None;
            }
        };
        let turn = debug_span!("event", event);
        match self.run(command).instrument(turn).await {
            Ok(Some(doing)) => {
                let told = doing.map(move |done| answer(&visitor, letter.responder, done));
                return Some(told.boxed());
            }
            Ok(None) => answer(&visitor, letter.responder, Ok(())),
            Err(error) => answer(&visitor, letter.responder, Err(error)),
        }
        None
    }
}

fn answer(visitor: &Visitor, responder: Responder, result: Result<(), Error>) {
    responder.answer_or(result.map(|()| Done {}), |error, _| visitor.refuse(error));
}

fn name(command: &Command) -> &'static str {
    match command {
        Command::Enter(..) => event::JOIN_ROOM,
        Command::Leave(..) => event::LEAVE_ROOM,
        Command::Say(..) => event::MESSAGE,
        Command::Type(..) => event::TYPING,
        Command::ListTodos => event::TODOS,
        Command::AddTodo(_) => event::TODO_ADD,
        Command::RemoveTodo(_) => event::TODO_REMOVE,
        Command::Echo(_) => ECHO,
    }
}

impl Host {
    pub(super) fn new(
        chat: Chat,
        metrics: Arc<Metrics>,
        visitors: Arc<Visitors>,
        visitor: Arc<Visitor>,
    ) -> Self {
        Self { chat, metrics, visitors, visitor, patience: Patience::new() }
    }

    /// The socket has gone, or nobody waits for it any more.
    pub(super) async fn part(&self, abandoned: bool) {
        for room in self.visitor.rooms().into_iter().chain([self.visitor.bound]) {
            self.visitors.forget(room, &self.visitor);
        }
        let Some(who) = self.visitor.who() else { return };
        if abandoned {
            self.chat.dropped(who.user.id).await;
        } else {
            self.chat.disconnected(who.user.id).await;
        }
        self.chat.pause_visit(&who).await;
    }

    /// What an event asks, or who refuses it in whose words.
    fn understand(&self, event: &str, payload: &Value) -> Result<Command, (Words, Error)> {
        let known = self.visitor.dialect();
        let allowed = match self.visitor.who() {
            Some(who) => self.chat.may_ask(&who),
            None => self.chat.may_ask_from(self.visitor.address),
        };
        allowed.map_err(|error| (known.unwrap_or(UNDECIDED), error))?;
        let Some(dialect) = known else {
            let recognised = recognise(event, payload);
            let (dialect, command) = recognised.map_err(|(words, error)| (words, error.into()))?;
            self.visitor.speaks(dialect);
            return Ok(command);
        };
        match dialect.read(event, payload) {
            Reading::Asks(command) => Ok(command),
            Reading::Wrong(error) => Err((dialect, error.into())),
            Reading::Foreign => Err((dialect, unknown_event().into())),
        }
    }

    async fn run(&self, command: Command) -> Result<Doing, Error> {
        match command {
            Command::Enter(target, name) => self.enter(&target, name.as_deref()).await?,
            Command::Leave(target, name) => self.leave(&target, name.as_deref()).await?,
            Command::Say(target, text) => return self.say(&target, text).await,
            Command::Type(target, on) => self.types(&target, on).await?,
            Command::ListTodos => self.list_todos().await?,
            Command::AddTodo(title) => self.add_todo(title).await?,
            Command::RemoveTodo(todo) => self.remove_todo(&todo).await?,
            Command::Echo(text) => self.echo(&text)?,
        }
        Ok(None)
    }

    async fn enter(&self, target: &Target, name: Option<&str>) -> Result<(), Error> {
        let who = self.named(name).await?;
        self.visitor.hold();
        let entered = self.enter_as(&who, target).await;
        if let Ok(room) = entered {
            let count = self.chat.count_in(room).await;
            let people = self.chat.people_in(room, LISTED).await;
            self.visitor.answer(room, &News::Entered { count, people: &people });
            self.visitors.want(room, List::People);
        }
        self.visitor.release();
        entered.map(|_| ())
    }

    async fn enter_as(&self, who: &Identity, target: &Target) -> Result<RoomId, Error> {
        let (room, called) = match target {
            Target::Called(name) => (self.chat.room_for(who, name).await?, Some(name.as_str())),
            Target::Bound | Target::Current => (self.visitor.bound, None),
        };
        let was_in = self.visitor.is_in(room);
        // Listen first: nothing that is said once one is in is missed.
        self.visitor.enters(room, called);
        self.visitors.listen(room, &self.visitor);
        let joined = self.chat.join(who, &room.to_string()).await;
        if joined.is_err() && !was_in {
            self.go_out(room);
        }
        joined
    }

    async fn leave(&self, target: &Target, name: Option<&str>) -> Result<(), Error> {
        let who = self.named(name).await?;
        let room = match target {
            Target::Called(name) => self.find(name).await?,
            Target::Current => self.visitor.current().ok_or_else(nowhere)?,
            Target::Bound => self.visitor.bound,
        };
        self.chat.leave(&who, &room.to_string()).await?;
        self.visitor.answer(room, &News::Left);
        self.go_out(room);
        Ok(())
    }

    fn go_out(&self, room: RoomId) {
        self.visitor.leaves(room);
        if room != self.visitor.bound {
            self.visitors.forget(room, &self.visitor);
        }
    }

    async fn say(&self, target: &Target, text: String) -> Result<Doing, Error> {
        // Before anyone comes in to say nothing.
        MessageText::parse(&text)?;
        let (who, room) = self.inside(target).await?;
        let id = ClientId(Uuid::now_v7());
        self.visitor.says(id);
        let kind = MessageKind::Text;
        let message = Send { room: room.to_string(), id, text, kind, reply_to: None };
        let visitor = Arc::clone(&self.visitor);
        match self.chat.send(&who, message).await {
            Ok(pending) => Ok(Some(Box::pin(async move {
                let said = pending.durable().await.map(|_| ());
                said.inspect_err(|_| visitor.takes_back(id))
            }))),
            Err(error) => {
                visitor.takes_back(id);
                Err(error)
            }
        }
    }

    async fn types(&self, target: &Target, on: bool) -> Result<(), Error> {
        let room = match target {
            Target::Called(name) => self.visitor.knows(name),
            Target::Bound => Some(self.visitor.bound),
            Target::Current => self.visitor.current(),
        };
        let Some(room) = room.filter(|room| self.visitor.is_in(*room)) else { return Ok(()) };
        match self.visitor.who() {
            Some(who) if self.visitor.types(room, on) => {
                self.chat.typing(&who, &Typing { room: room.to_string(), on }).await
            }
            _ => Ok(()),
        }
    }

    async fn list_todos(&self) -> Result<(), Error> {
        let todos = self.chat.todos_in(self.visitor.bound).await?;
        self.visitor.answer(self.visitor.bound, &News::Todos(&todos));
        Ok(())
    }

    async fn add_todo(&self, title: String) -> Result<(), Error> {
        Title::parse(&title)?;
        let (who, room) = self.inside(&Target::Bound).await?;
        self.chat.add_todo(&who, &AddTodo { room: room.to_string(), title }).await?;
        Ok(())
    }

    async fn remove_todo(&self, todo: &str) -> Result<(), Error> {
        let id = todo.parse().map(TodoId);
        let todo = id.map_err(|_| ApiError::not_found("thing to do"))?;
        let (who, room) = self.inside(&Target::Bound).await?;
        self.chat.remove_todo(&who, &OfTodo { room: room.to_string(), todo }).await?;
        Ok(())
    }

    fn echo(&self, text: &str) -> Result<(), Error> {
        let text = MessageText::parse(text)?;
        self.visitor.answer(self.visitor.bound, &News::Echo(text.as_str()));
        Ok(())
    }

    /// Who says something, and where; the first thing said brings them in.
    async fn inside(&self, target: &Target) -> Result<(Identity, RoomId), Error> {
        let known = match target {
            Target::Called(name) => self.visitor.knows(name),
            Target::Bound | Target::Current => Some(self.visitor.bound),
        };
        if let (Some(who), Some(room)) = (self.visitor.who(), known)
            && self.visitor.is_in(room)
        {
            return Ok((who, room));
        }
        let who = self.named(None).await?;
        let room = self.enter_as(&who, target).await?;
        Ok((who, room))
    }

    /// Who the socket is: whom its token names, else a guest of that name or a made-up one.
    async fn named(&self, name: Option<&str>) -> Result<Identity, Error> {
        let name = name.filter(|_| self.visitor.is_nameless()).map(Name::parse).transpose()?;
        match (self.visitor.who(), &self.visitor.token, name) {
            (Some(guest), _, Some(name)) => self.rename(guest, &name).await,
            (Some(who), _, None) => Ok(who),
            (None, Some(who), _) => {
                self.chat.connected(who).await?;
                self.visitor.is_called(who.clone(), true);
                Ok(who.clone())
            }
            (None, None, name) => {
                let who = self.chat.visit(name.as_ref(), self.visitor.address).await?;
                self.visitor.is_called(who.clone(), name.is_some());
                Ok(who)
            }
        }
    }

    /// Clients say what they could not say before, and only then who they are.
    async fn rename(&self, guest: Identity, name: &Name) -> Result<Identity, Error> {
        let who = self.chat.visit(Some(name), self.visitor.address).await?;
        self.visitor.is_called(who.clone(), true);
        for room in self.visitor.rooms() {
            self.chat.join(&who, &room.to_string()).await?;
        }
        self.chat.dropped(guest.user.id).await;
        self.chat.pause_visit(&guest).await;
        Ok(who)
    }

    async fn find(&self, name: &str) -> Result<RoomId, Error> {
        match self.visitor.knows(name) {
            Some(room) => Ok(room),
            None => self.chat.room_called(name).await,
        }
    }
}

fn nowhere() -> ApiError {
    ApiError::invalid("room", Reason::Unknown, "you are in no room")
}
