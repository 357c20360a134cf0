use crate::live::Live;
use crate::room::palette;
use crate::words::words;
use leptos::prelude::*;
use protocol::{Room, RoomKind};

#[component]
pub(crate) fn Header() -> impl IntoView {
    let words = words();
    let live = expect_context::<Live>();
    view! {
        <header class="head">
            <button type="button" class="menu" popovertarget="rooms" aria-label=words.rooms>"☰"</button>
            {move || live.room().map(|room| about(&room))}
            <span class="tools">
                <button type="button" class="goto" on:click=move |_| palette::open()>
                    {words.go_to}<kbd>"Ctrl K"</kbd>
                </button>
                <a href="/search" data-over="">{words.search}</a>
                {move || live.room().and_then(|room| details(&room))}
                <button type="button" class="menu" popovertarget="people" aria-label=words.people>"☺"</button>
            </span>
        </header>
    }
}

fn about(room: &Room) -> impl IntoView + use<> {
    let name = match room.kind {
        RoomKind::Direct => room.name.clone(),
        _ => ["#", &room.name].concat(),
    };
    let topic = (!room.topic.is_empty()).then(|| {
        view! { <p class="topic" dir="auto">{room.topic.clone()}</p> }
    });
    view! { <h1><bdi>{name}</bdi></h1>{topic} }
}

fn details(room: &Room) -> Option<impl IntoView + use<>> {
    (room.kind != RoomKind::Direct).then(|| {
        let path = super::path(room) + "/details";
        view! { <a href=path data-over="">{words().details}</a> }
    })
}
