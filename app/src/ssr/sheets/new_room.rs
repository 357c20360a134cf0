use super::Sheet;
use super::outcome::Outcome;
use super::parts::{Check, Field, Form, back, button, hidden, reader, sheet};
use crate::forms;
use crate::room;
use crate::ssr::pages::{Body, Detour, Shown};
use crate::ssr::{Asked, refusal};
use crate::words::sheets::sheet_words;
use crate::words::words;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use protocol::Room;
use protocol::limits::{MAX_USERS, MAX_USERS_DEFAULT};

pub(super) const SIZES: (u32, u32) = (*MAX_USERS.start(), *MAX_USERS.end());

#[derive(Debug, Clone)]
pub(crate) struct View {
    back: String,
    outcome: Outcome,
    /// Whether one may make a private one.
    private: bool,
    others: Vec<Room>,
}

pub(crate) async fn load(asked: Asked) -> Result<Shown, Detour> {
    let who = reader(&asked).await?;
    let chat = asked.chat();
    let mut others = chat.rooms(&who).await.map_err(refusal)?.rooms;
    others.retain(|room| !room.joined);
    let view = View {
        back: back(&asked),
        outcome: Outcome::of(&asked),
        private: chat.duties(&who).await.map_err(refusal)?.private_rooms,
        others,
    };
    let title = format!("{} · Beseda", asked.lang().words().new_room);
    Ok(Shown::new(&asked, &title, Body::Sheet(Sheet::NewRoom(view))))
}

pub(super) fn view(view: &View) -> AnyView {
    let (words, sheet_words) = (words(), sheet_words());
    let body = view! {
        <section>{form(view)}</section>
        <section>
            <h2>{sheet_words.other_rooms}</h2>
            {others(&view.others)}
        </section>
    };
    sheet(words.new_room, &view.back, &view.outcome, body)
}

fn form(view: &View) -> AnyView {
    let words = sheet_words();
    let outcome = &view.outcome;
    let name = Field::text("new", "name", words.room_name).required().focus();
    let topic = Field::text("new", "topic", words.topic).hint(words.topic_hint);
    let size = Field::number("new", "max_users", words.size, SIZES).hint(words.size_hint);
    let private = view.private.then(|| {
        let (label, hint) = (words.private, Some(words.private_hint));
        let on = outcome.typed("new-private").is_some();
        Check { name: "private", label, hint, on, required: false }.view()
    });
    let fields = view! {
        {name.view(outcome, "")}
        {topic.view(outcome, "")}
        {private}
        {size.view(outcome, &MAX_USERS_DEFAULT.to_string())}
        {hidden("from", &view.back)}
        {button(words.make_room)}
    };
    Form { id: "new", action: forms::CreateRoom::url(), whole: false }.view(outcome, fields)
}

fn others(rooms: &[Room]) -> AnyView {
    let words = sheet_words();
    if rooms.is_empty() {
        return view! { <p class="empty">{words.no_other_rooms}</p> }.into_any();
    }
    let entry = |room: &Room| {
        let members = (words.members)(room.members as u64);
        view! {
            <li class="entry">
                <span class="what">
                    <strong><a href=room::path(room)>"#"<bdi>{room.name.clone()}</bdi></a></strong>
                    {(!room.topic.is_empty()).then(|| view! { <small dir="auto">{room.topic.clone()}</small> })}
                </span>
                <small>{members}</small>
            </li>
        }
    };
    view! { <ul class="list">{rooms.iter().map(entry).collect_view()}</ul> }.into_any()
}
