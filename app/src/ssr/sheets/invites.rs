use super::Sheet;
use super::outcome::Outcome;
use super::parts::{Field, Form, back, button, hidden, reader, secret, select, sheet};
use crate::answers::Refusal;
use crate::forms;
use crate::ssr::pages::{Body, Detour, Shown};
use crate::ssr::{Asked, refusal};
use crate::words::sheets::sheet_words;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use protocol::{ApiError, Room, RoomKind};

const DAYS: u32 = 7;

#[derive(Debug, Clone)]
pub(crate) struct View {
    back: String,
    outcome: Outcome,
    rooms: Vec<Room>,
    /// The slug of the one that the link is to lead to.
    room: String,
    /// A link that was just made.
    link: Option<String>,
}

pub(crate) async fn load(asked: Asked) -> Result<Shown, Detour> {
    let who = reader(&asked).await?;
    if !asked.chat().duties(&who).await.map_err(refusal)?.invite {
        return Err(Refusal(ApiError::forbidden("only moderators may do that")).into());
    }
    let mut rooms = asked.chat().rooms(&who).await.map_err(refusal)?.rooms;
    rooms.retain(|room| room.joined && room.kind != RoomKind::Direct && !room.archived);
    let view = View {
        back: back(&asked),
        outcome: Outcome::of(&asked),
        rooms,
        room: asked.query("room").unwrap_or_default(),
        link: asked.context().links.take(who.session),
    };
    let title = format!("{} · Beseda", asked.lang().sheet_words().invites);
    Ok(Shown::new(&asked, &title, Body::Sheet(Sheet::Invites(view))))
}

pub(super) fn view(view: &View) -> AnyView {
    let words = sheet_words();
    let made = view.link.clone().map(|link| {
        view! { <section>{secret("link-made", words.link_made, link)}</section> }
    });
    let body = view! { {made}<section>{form(view)}</section> };
    sheet(words.invites, &view.back, &view.outcome, body)
}

fn form(view: &View) -> AnyView {
    let words = sheet_words();
    let outcome = &view.outcome;
    let none = (String::new(), words.opens_none.to_owned());
    let named = view.rooms.iter().map(|room| (room.slug.clone(), format!("#{}", room.name)));
    let rooms = std::iter::once(none).chain(named).collect();
    let chosen = outcome.typed("link-room").unwrap_or(&view.room);
    let fields = view! {
        <p class="hint">{words.invites_hint}</p>
        {Field::number("link", "uses", words.uses, (1, 1_000)).view(outcome, "1")}
        {Field::number("link", "days", words.days, (1, 365)).view(outcome, &DAYS.to_string())}
        {select(("link", "room"), words.opens_room, rooms, chosen)}
        {hidden("from", &view.back)}
        {button(words.make_link)}
    };
    Form { id: "link", action: forms::MakeInvite::url(), whole: false }.view(outcome, fields)
}
