//! Making rooms and changing them; who is in them.

use super::super::sheets::details;
use super::super::sheets::outcome::Way;
use super::super::{Asked, refusal};
use super::answer::{Form, Refused};
use super::{room_path, sender};
use crate::answers::Refusal;
use crate::words::sheets::{Told, Trouble};
use chat::Identity;
use leptos_axum::redirect;
use protocol::ErrorCode::{Conflict, Forbidden, NotFound};
use protocol::event::{CreateRoom, InRoomUser, UpdateRoom};
use protocol::room::GENERAL;

const NEW: &str = "/rooms/new";

fn page(room: &str) -> Way {
    Way::to(details::path(room))
}

/// What isn't even a number is refused as a number that is too large is.
fn size(max_users: &str) -> Result<u32, Refused> {
    max_users.trim().parse().map_err(|_| Refused::at("max_users", Trouble::Size))
}

pub(crate) struct New {
    pub(crate) name: String,
    pub(crate) topic: String,
    pub(crate) private: bool,
    pub(crate) max_users: String,
    pub(crate) from: String,
}

pub(crate) async fn create(new: New) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let New { name, topic, private, max_users, from } = new;
    let made = async {
        let max_users = Some(size(&max_users)?);
        let ask = CreateRoom { name: name.clone(), topic: Some(topic.clone()), private, max_users };
        let made = asked.chat().create_room(&who, &ask).await.map_err(Refused::from);
        made.map_err(|refused| refused.when(Forbidden, "", Trouble::TooManyRooms))
    };
    let made = made.await;
    match made {
        Ok(made) => redirect(&room_path(&made.room.slug)),
        Err(refused) => {
            let private = if private { "on" } else { "" };
            let fields = [
                ("name", name.as_str()),
                ("topic", &topic),
                ("private", private),
                ("max_users", &max_users),
            ];
            let form = Form { id: "new", fields: &fields };
            return form.refuse(Way::to(NEW).with("from", &from), &refused);
        }
    }
    Ok(())
}

pub(crate) async fn update(
    room: String,
    name: String,
    topic: String,
    max_users: String,
) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let fields = [("name", name.as_str()), ("topic", &topic), ("max_users", &max_users)];
    let form = Form { id: "edit", fields: &fields };
    let done = async {
        let max_users = Some(size(&max_users)?);
        let (name, topic) = (Some(name.clone()), Some(topic.clone()));
        let ask = UpdateRoom { room: room.clone(), name, topic, max_users };
        let changed = asked.chat().update_room(&who, &ask).await.map_err(Refused::from);
        changed.map_err(|refused| refused.when(Conflict, "max_users", Trouble::TooSmall))?;
        Ok(Told::Saved)
    };
    form.answer(page(&room), done.await)
}

pub(crate) async fn invite(room: String, user: String) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let form = Form { id: "invite", fields: &[("user", user.as_str())] };
    let ask = InRoomUser { room: room.clone(), user: user.trim().to_owned() };
    let done = asked.chat().invite_member(&who, &ask).await.map_err(|error| {
        let refused = Refused::from(error).when(NotFound, "user", Trouble::NoPerson);
        refused.when(Conflict, "user", Trouble::IsMember)
    });
    form.answer(page(&room), done.map(|()| Told::Invited))
}

pub(crate) async fn remove(room: String, user: String) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let form = Form { id: "members", fields: &[] };
    let ask = InRoomUser { room: room.clone(), user };
    let done = asked.chat().remove_member(&who, &ask, "").await;
    form.answer(page(&room), done.map(|()| Told::Removed).map_err(Refused::from))
}

pub(crate) async fn leave(room: String) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    match asked.chat().leave(&who, &room).await {
        Ok(()) => elsewhere(&asked, &who, Told::Left).await,
        Err(error) => Form { id: "leave", fields: &[] }.refuse(page(&room), &error.into()),
    }
}

/// Where one is when a room is no longer: in `general`, unless one has left that, too.
async fn elsewhere(asked: &Asked, who: &Identity, told: Told) -> Result<(), Refusal> {
    let rooms = asked.chat().rooms(who).await.map_err(refusal)?.rooms;
    if rooms.iter().any(|room| room.joined && room.slug == GENERAL) {
        redirect(&room_path(GENERAL));
    } else {
        redirect(&Way::to(NEW).told(told).path());
    }
    Ok(())
}

pub(crate) async fn archive(room: String, sure: bool) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let form = Form { id: "archive", fields: &[] };
    let done = async {
        ticked(sure)?;
        asked.chat().archive_room(&who, &room).await?;
        Ok(Told::Archived)
    };
    form.answer(page(&room), done.await)
}

pub(crate) async fn delete(room: String, sure: bool) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let form = Form { id: "delete", fields: &[] };
    let done = async {
        ticked(sure)?;
        asked.chat().delete_room(&who, &room).await?;
        Ok(())
    };
    match done.await {
        Ok(()) => elsewhere(&asked, &who, Told::Deleted).await,
        Err(refused) => form.refuse(page(&room), &refused),
    }
}

fn ticked(sure: bool) -> Result<(), Refused> {
    if sure { Ok(()) } else { Err(Refused::at("", Trouble::NotTicked)) }
}
