use super::{Part, further, search, shown};
use crate::ssr::forms::room_path;
use crate::ssr::pages::{Detour, Shown};
use crate::ssr::sheets::outcome::Way;
use crate::ssr::sheets::parts::reader;
use crate::ssr::{Asked, refusal};
use crate::words::admin::admin_words;
use crate::words::sheets::sheet_words;
use leptos::prelude::*;
use protocol::event::{AllRooms, ListAll, RoomOf};

pub(super) const PATH: &str = "/admin/rooms";

#[derive(Debug, Clone)]
pub(super) struct View {
    query: String,
    here: String,
    page: AllRooms,
}

pub(crate) async fn load(asked: Asked) -> Result<Shown, Detour> {
    let who = reader(&asked).await?;
    let query = asked.query("q").unwrap_or_default().trim().to_owned();
    let ask = ListAll { query: Some(query.clone()), after: asked.query("after"), limit: None };
    let page = asked.chat().list_rooms(&who, &ask).await.map_err(refusal)?;
    let here = asked.place().to_owned();
    Ok(shown(&asked, Part::Rooms(View { query, here, page })))
}

pub(super) fn view(view: &View) -> AnyView {
    let words = admin_words();
    let page = &view.page;
    let next = page.next.as_deref();
    let next = next.map(|next| Way::to(PATH).with("q", &view.query).with("after", next).path());
    let entries = page.rooms.iter().map(|room| entry(room, &view.here)).collect_view();
    let none = page.rooms.is_empty().then(|| view! { <p class="empty">{words.no_room}</p> });
    view! {
        <section>
            {search(PATH, words.find_room, &view.query)}
            <div data-fresh="rooms">
                <ul class="list">{entries}</ul>
                {none}
                {further(next)}
                <p class="hint">{(words.unseen_rooms)(page.private, page.direct)}</p>
            </div>
        </section>
    }
    .into_any()
}

fn entry(RoomOf { room, online }: &RoomOf, here: &str) -> AnyView {
    let (admin, sheet) = (admin_words(), sheet_words());
    let to = Way::to(format!("{}/details", room_path(&room.slug))).with("from", here).path();
    let note = format!("{}, {}", (sheet.members)(room.members as u64), (admin.online)(*online));
    let archived = room.archived.then(|| view! { " "<span class="mark">{admin.archived}</span> });
    let label = format!("{}: {}", admin.manage, room.name);
    view! {
        <li class="entry">
            <span class="what">
                <strong>
                    <a href=to.clone()>"#"<bdi>{room.name.clone()}</bdi></a>
                    {archived}
                </strong>
                <small>{note}</small>
            </span>
            <a class="quiet" href=to aria-label=label>{admin.manage}</a>
        </li>
    }
    .into_any()
}
