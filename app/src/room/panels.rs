//! What stands at the sides: rooms at the left, people at the right.

use super::brand::Brand;
use crate::forms::SignOut;
use crate::live::Live;
use crate::pages::sign_in::Languages;
use crate::words::words;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use protocol::User;

#[component]
pub(crate) fn Rooms() -> impl IntoView {
    let words = words();
    let live = expect_context::<Live>();
    let room = live.room();
    view! {
        <nav aria-label=words.rooms>
            <Brand/>
            <h2>{words.rooms}</h2>
            <a class="item" href=format!("/room/{}", room.slug) aria-current="page">
                <span class="hash" aria-hidden="true">"#"</span>
                {room.name}
            </a>
            <footer>
                <Languages/>
                <form method="post" action=SignOut::url()>
                    <button class="quiet">{words.sign_out}</button>
                </form>
            </footer>
        </nav>
    }
    .into_any()
}

#[component]
pub(crate) fn People() -> impl IntoView {
    let words = words();
    let live = expect_context::<Live>();
    let online = Memo::new(move |_| live.people.with(crate::live::People::online));
    let away = Memo::new(move |_| live.people.with(crate::live::People::away));
    let nobody_away = move || away.with(Vec::is_empty);
    view! {
        <aside aria-label=words.people>
            <h2>{words.online}<span class="count">{move || online.with(Vec::len)}</span></h2>
            <ul class="online">
                <For each=move || online.get() key=|user| user.id let:user>
                    <Person user online=true/>
                </For>
            </ul>
            <h2 hidden=nobody_away>{words.away}<span class="count">{move || away.with(Vec::len)}</span></h2>
            <ul class="away">
                <For each=move || away.get() key=|user| user.id let:user>
                    <Person user online=false/>
                </For>
            </ul>
        </aside>
    }
    .into_any()
}

#[component]
fn Person(user: User, online: bool) -> impl IntoView {
    let words = words();
    let me = expect_context::<Live>().me();
    let note = if user.id == me.id { Some(words.you) } else { user.guest.then_some(words.guest) };
    view! {
        <li class="item" class:me=user.id == me.id>
            <span class="dot" class:on=online aria-hidden="true"></span>
            <bdi>{user.name}</bdi>
            {note.map(|note| view! { <span class="note">{note}</span> })}
        </li>
    }
    .into_any()
}
