//! What stands at the sides: rooms at the left, people at the right. On a phone they are drawers.

use super::brand::Brand;
use super::todos::Todos;
use crate::live::Live;
use crate::words::words;
use leptos::prelude::*;
use protocol::{Role, Room, RoomKind, User};

#[component]
pub(crate) fn Rooms() -> impl IntoView {
    let words = words();
    let live = expect_context::<Live>();
    let lists = move || {
        let open = live.open.get().id;
        let list = move |rooms: Vec<Room>| {
            rooms.into_iter().map(|room| item(&room, room.id == open)).collect_view()
        };
        let (channels, directs) = live.rooms.with(|rooms| (rooms.channels(), rooms.directs()));
        view! {
            <h2>{words.rooms}<a class="add" href="/rooms/new" data-over="" aria-label=words.new_room>"+"</a></h2>
            <ul>{list(channels)}</ul>
            <h2>{words.directs}<a class="add" href="/people" data-over="" aria-label=words.new_direct>"+"</a></h2>
            <ul>{list(directs)}</ul>
        }
    };
    view! {
        <nav id="rooms" popover="auto" aria-label=words.rooms>
            <Brand/>
            {lists}
            <footer>
                <a class="item" href="/settings" data-over="">{words.settings}</a>
            </footer>
        </nav>
    }
}

fn item(room: &Room, here: bool) -> impl IntoView + use<> {
    let direct = room.kind == RoomKind::Direct;
    let (mark, sign) = match room.kind {
        RoomKind::Public => ("hash", "#"),
        RoomKind::Private => ("hash lock", ""),
        RoomKind::Direct if room.online > 1 => ("dot on", ""),
        RoomKind::Direct => ("dot", ""),
    };
    // In a room for two, all that is said is said to me.
    let calls = if direct { room.unread } else { room.mentions };
    let (count, pill) = if calls > 0 { (calls, "n at") } else { (room.unread, "n") };
    let class = match (room.joined, room.unread > 0) {
        (false, _) => "item other",
        (true, true) => "item unread",
        (true, false) => "item",
    };
    let spoken = (count > 0).then(|| (words().unread)(count));
    view! {
        <li>
            <a class=class href=super::path(room) aria-current=here.then_some("page")>
                <span class=mark aria-hidden="true">{sign}</span>
                <bdi class="name">{room.name.clone()}</bdi>
                {spoken.map(|spoken| view! { <span class=pill aria-label=spoken>{count}</span> })}
            </a>
        </li>
    }
}

#[component]
pub(crate) fn People() -> impl IntoView {
    let words = words();
    let live = expect_context::<Live>();
    let lists = move || {
        let me = live.me().id;
        let (online, away, count) = live
            .open
            .get()
            .people
            .with(|people| (people.online(), people.away(), people.online_count()));
        let list = move |people: Vec<User>, online: bool| {
            people.into_iter().map(|user| person(&user, online, user.id == me)).collect_view()
        };
        view! {
            <h2>{words.online}<span class="count">{count}</span></h2>
            <ul class="online">{list(online, true)}</ul>
            <h2 hidden=away.is_empty()>{words.away}<span class="count">{away.len()}</span></h2>
            <ul class="away">{list(away, false)}</ul>
        }
    };
    view! { <aside id="people" popover="auto" aria-label=words.people>{lists}<Todos/></aside> }
}

fn person(user: &User, online: bool, me: bool) -> impl IntoView + use<> {
    let words = words();
    let note = match user.role {
        _ if me => Some(words.you),
        Role::Guest => Some(words.guest),
        Role::Member => None,
        Role::Moderator => Some(words.moderator),
        Role::Admin => Some(words.admin),
        Role::Owner => Some(words.owner),
    };
    let class = if me { "item me" } else { "item" };
    let to = if me {
        "/settings".to_owned()
    } else {
        ["/dm/", &super::address::escape(&user.name)].concat()
    };
    view! {
        <li>
            <a class=class href=to data-over=me.then_some("")>
                <span class=if online { "dot on" } else { "dot" } aria-hidden="true"></span>
                <bdi class="name">{user.name.clone()}</bdi>
                {note.map(|note| view! { <span class="note">{note}</span> })}
            </a>
        </li>
    }
}

/// A drawer has done its work when one went somewhere.
#[cfg(feature = "browser")]
pub(crate) fn close() {
    use wasm_bindgen::JsCast;
    for id in ["rooms", "people"] {
        let panel = document().get_element_by_id(id);
        if let Some(panel) = panel.and_then(|panel| panel.dyn_into::<web_sys::HtmlElement>().ok()) {
            // It refuses where it isn't a drawer.
            let _ = panel.hide_popover();
        }
    }
}
