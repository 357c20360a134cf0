//! A store that answers soon, or says that it can't. A database behind a broken network would be waited for as long as
//! the system believes in the connection, which is a quarter of an hour.

use super::messages::{Change, Messages, Range, Written};
use super::people::{
    Account, Invite, NewAudit, NewInvite, NewPerson, NewSession, People, Person, Session,
    SessionKey,
};
use super::rooms::{
    Admitted, Counted, Listed, Membership, NewRoom, Read, RoomChange, RoomRef, RoomRow, Rooms,
};
use super::todos::ToDo;
use super::{Candidates, Found, Names, Search, StoreError, Upkeep};
use crate::people::names::NameKey;
use crate::people::token::TokenHash;
use async_trait::async_trait;
use protocol::event::{AuditEntry, Notification, Todos};
use protocol::{
    Message, MessageId, NotificationId, Role, RoomId, RoomKind, SessionId, Todo, TodoId, User,
    UserId,
};
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// Whatever takes longer may have been done or not: no one is told that it was.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

pub struct Bounded<S>(pub S);

async fn soon<T>(answer: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    timeout(ANSWER_WITHIN, answer).await.unwrap_or(Err(StoreError::Silent))
}

/// Each function of a trait, as it is there.
macro_rules! bounded {
    ($family:ident { $($name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)* }) => {
        #[async_trait]
        impl<S: $family> $family for Bounded<S> {
            $(async fn $name(&self, $($argument: $kind),*) -> Result<$answer, StoreError> {
                soon(self.0.$name($($argument),*)).await
            })*
        }
    };
}

bounded!(People {
    add_person(person: &NewPerson) -> bool;
    holder(key: &NameKey) -> Option<Person>;
    holders(keys: &[NameKey]) -> Vec<User>;
    person(user: UserId) -> Option<Person>;
    people(names: Names<'_>) -> Vec<Person>;
    accounts(after: &str, limit: usize) -> Vec<Account>;
    has_accounts() -> bool;
    set_password(user: UserId, password: &str, role: Role) -> ();
    set_role(user: UserId, role: Role) -> ();
    set_muted(user: UserId, until: Option<i64>) -> ();
    set_disabled(user: UserId, at: Option<i64>) -> ();
    set_banned(user: UserId, until: Option<i64>, addresses: bool) -> ();
    is_address_banned(address: &str, now: i64) -> bool;
    add_session(session: &NewSession) -> ();
    session(key: SessionKey, now: i64) -> Option<(Session, Person)>;
    sessions(tokens: &[TokenHash], now: i64) -> Vec<(TokenHash, Session, Person)>;
    sessions_of(user: UserId, now: i64) -> Vec<Session>;
    label_session(session: SessionId, label: &str) -> ();
    touch_session(session: SessionId, now: i64) -> ();
    touch_sessions(sessions: &[SessionId], now: i64) -> ();
    lost_visits(before: i64, limit: usize) -> Vec<(SessionId, User)>;
    end_session(user: UserId, session: SessionId, at: i64) -> bool;
    end_sessions(user: UserId, except: Option<SessionId>, at: i64) -> ();
    ended_since(since: i64) -> Vec<(SessionId, i64)>;
    add_invite(invite: &NewInvite) -> ();
    invite(code: TokenHash, now: i64) -> Option<Invite>;
    use_invite(invite: Uuid, now: i64) -> bool;
    add_audit(entry: &NewAudit) -> ();
    audit(before: u64, limit: usize) -> Vec<AuditEntry>;
});

bounded!(Rooms {
    room(room: &RoomRef<'_>) -> Option<RoomRow>;
    place(room: RoomId, user: UserId) -> Option<(RoomRow, Option<Membership>)>;
    rooms_of(user: UserId) -> Vec<RoomId>;
    rooms_for(user: UserId, limit: usize) -> Vec<Listed>;
    listed(room: RoomId, user: UserId) -> Option<Listed>;
    rooms_made_by(user: UserId) -> usize;
    rooms(after: Option<RoomId>, limit: usize) -> Vec<RoomRow>;
    public_rooms(slugs: Names<'_>) -> Vec<RoomRow>;
    count_rooms(kind: RoomKind) -> usize;
    add_room(room: &NewRoom) -> bool;
    update_room(room: RoomId, change: &RoomChange) -> ();
    archive_room(room: RoomId, at: i64) -> ();
    delete_room(room: RoomId, at: i64) -> ();
    admit(room: RoomId, user: UserId, at: i64) -> Admitted;
    invite_member(room: RoomId, user: UserId, at: i64) -> bool;
    dismiss_member(room: RoomId, user: UserId, state: Membership, at: i64) -> Option<usize>;
    members(room: RoomId, limit: usize) -> Vec<User>;
    members_among(room: RoomId, users: &[UserId]) -> Vec<UserId>;
    counted(rooms: &[RoomId]) -> Vec<Counted>;
    memberships(users: &[UserId]) -> Vec<(UserId, Counted)>;
    partner(room: RoomId, user: UserId) -> Option<User>;
    mark_read(room: RoomId, user: UserId, seq: u64) -> Read;
    purge_rooms() -> bool;
});

bounded!(Messages {
    write(batch: &[Change]) -> Vec<Written>;
    message(room: RoomId, message: MessageId) -> Option<Message>;
    history(room: RoomId, range: Range, limit: usize) -> Vec<Message>;
    latest(room: RoomId, limit: usize) -> Vec<Message>;
    changes(room: RoomId, since: u64, limit: usize) -> Vec<Message>;
    number_of(message: MessageId) -> Option<u64>;
    purge_messages(before: i64) -> bool;
    add_notification(user: UserId, notification: &Notification) -> ();
    notifications(user: UserId, limit: usize) -> Vec<Notification>;
    dismiss(user: UserId, id: NotificationId) -> bool;
});

bounded!(ToDo {
    todos(room: RoomId) -> Todos;
    add_todo(room: RoomId, todo: &Todo, most: usize) -> Option<u64>;
    tick_todo(room: RoomId, todo: TodoId, done: bool) -> Option<(u64, Todo)>;
    remove_todo(room: RoomId, todo: TodoId) -> Option<(u64, Todo)>;
});

bounded!(Search {
    candidates(search: &Candidates<'_>) -> Found;
    index_some() -> bool;
});

#[async_trait]
impl<S: Upkeep> Upkeep for Bounded<S> {
    async fn tidy(&self) -> Result<(), StoreError> {
        soon(self.0.tidy()).await
    }

    async fn close(&self) {
        self.0.close().await;
    }
}
