//! Rooms and who is in them.

use super::answer::{Answer, Granted};
use super::ask::{Ask, Asker};
use axum::extract::State;
use chat::Chat;
use protocol::event::{
    CreateRoom, Done, InRoom, InRoomUser, Joined, Members, OneRoom, People, Rooms, UpdateRoom,
    WhoIsHere, WithUser,
};

pub(super) async fn list(State(chat): State<Chat>, Asker(who): Asker) -> Answer<Rooms> {
    Ok(Granted(chat.rooms(&who).await?))
}

pub(super) async fn create(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<CreateRoom>,
) -> Answer<OneRoom> {
    Ok(Granted(chat.create_room(&who, &ask).await?))
}

pub(super) async fn update(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<UpdateRoom>,
) -> Answer<OneRoom> {
    Ok(Granted(chat.update_room(&who, &ask).await?))
}

pub(super) async fn archive(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<InRoom>,
) -> Answer<Done> {
    chat.archive_room(&who, &ask.room).await?;
    Ok(Granted(Done {}))
}

pub(super) async fn delete(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<InRoom>,
) -> Answer<Done> {
    chat.delete_room(&who, &ask.room).await?;
    Ok(Granted(Done {}))
}

pub(super) async fn join(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<InRoom>,
) -> Answer<Joined> {
    let room = chat.join(&who, &ask.room).await?;
    Ok(Granted(chat.view(&who, room).await?))
}

pub(super) async fn leave(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<InRoom>,
) -> Answer<Done> {
    chat.leave(&who, &ask.room).await?;
    Ok(Granted(Done {}))
}

pub(super) async fn open_dm(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<WithUser>,
) -> Answer<OneRoom> {
    Ok(Granted(chat.open_dm(&who, &ask.user).await?))
}

pub(super) async fn invite(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<InRoomUser>,
) -> Answer<Done> {
    chat.invite_member(&who, &ask).await?;
    Ok(Granted(Done {}))
}

pub(super) async fn members(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<InRoom>,
) -> Answer<Members> {
    Ok(Granted(chat.members_of(&who, &ask.room).await?))
}

pub(super) async fn remove_member(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<InRoomUser>,
) -> Answer<Done> {
    chat.remove_member(&who, &ask, "").await?;
    Ok(Granted(Done {}))
}

pub(super) async fn presence(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<WhoIsHere>,
) -> Answer<People> {
    Ok(Granted(chat.online(&who, &ask).await?))
}
