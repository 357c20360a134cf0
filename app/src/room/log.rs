//! The list of messages.

use super::row::RowItem;
use crate::live::{RoomState, Timeline};
use crate::words::words;
use leptos::html::Div;
use leptos::prelude::*;

#[component]
pub(crate) fn Log(room: RoomState) -> impl IntoView {
    let words = words();
    let keys = Memo::new(move |_| room.timeline.with(Timeline::keys));
    let nothing = move || {
        keys.with(Vec::is_empty).then(|| view! { <p class="empty">{words.nothing_yet}</p> })
    };
    let more = move || {
        let older =
            room.timeline.with(|timeline| timeline.first_seq().filter(|_| timeline.older()));
        older.map(|seq| view! { <a class="more" href=format!("?before={seq}")>{words.older}</a> })
    };
    let down = move || {
        let below = room.timeline.with(|timeline| {
            let away = timeline.newer() || !timeline.is_following();
            away.then(|| timeline.unseen())
        });
        below.map(|count| {
            let told = match count {
                0 => words.to_the_end.to_owned(),
                _ => (words.new_below)(count as u64),
            };
            view! { <a class="down" href="?" data-act="latest">{told}" ↓"</a> }
        })
    };
    let typing = move || {
        let names = room.typists.with(crate::live::Typists::names);
        (!names.is_empty()).then(|| {
            view! { <i aria-hidden="true"><b></b><b></b><b></b></i> {(words.typing)(&names)} }
        })
    };
    let scroller = NodeRef::<Div>::new();
    #[cfg(feature = "browser")]
    let moved = super::scroll::keep(expect_context(), scroller, keys);
    #[cfg(not(feature = "browser"))]
    let moved = || ();
    view! {
        // Reversed by the style: it begins at its end and stays there, with or without a script.
        <div
            class="scroll" node_ref=scroller tabindex="0"
            role="log" aria-live="polite" aria-label=words.messages
            on:scroll=move |_| moved()
            on:keydown=move |event| super::gestures::between_rows(&event)
        >
            <ol class="log">
                <For each=move || keys.get() key=|key| *key let:key>
                    <RowItem room key_=key/>
                </For>
            </ol>
            {nothing}
            {more}
        </div>
        {down}
        <p class="typing" role="status">{typing}</p>
    }
}
