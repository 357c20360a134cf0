//! The list of messages.

use super::row::RowItem;
use crate::live::timeline::Page;
use crate::live::{Live, RoomState, Timeline};
use crate::words::words;
use leptos::html::Div;
use leptos::prelude::*;

#[component]
pub(crate) fn Log(room: RoomState) -> impl IntoView {
    let words = words();
    let live = expect_context::<Live>();
    // A room that one comes back to shows its last page at once, and those above it when that is painted.
    let whole = RwSignal::new(live.at.get_untracked().is_some());
    Effect::new(move || {
        request_animation_frame(move || request_animation_frame(move || _ = whole.try_set(true)));
    });
    let pages = Memo::new(move |_| {
        let mut pages = room.timeline.with(Timeline::pages);
        if !whole.get() {
            pages.drain(..pages.len() - 1);
        }
        pages
    });
    let nothing = move || {
        let is_empty = pages.with(|pages| pages.iter().all(|page| page.keys.is_empty()));
        is_empty.then(|| view! { <p class="empty">{words.nothing_yet}</p> })
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
    // New messages are read out to whoever is at the end; what comes for someone on the way up is counted.
    let aloud = move || if room.timeline.with(Timeline::is_following) { "polite" } else { "off" };
    let scroller = NodeRef::<Div>::new();
    #[cfg(feature = "browser")]
    let moved = super::scroll::keep(live, scroller, pages);
    #[cfg(not(feature = "browser"))]
    let moved = || ();
    view! {
        // Reversed by the style: it begins at its end and stays there, with or without a script.
        <div
            class="scroll" node_ref=scroller tabindex="0"
            role="log" aria-live=aloud aria-label=words.messages
            on:scroll=move |_| moved()
            on:keydown=move |event| super::gestures::between_rows(&event)
        >
            <ol class="log">
                <For each=move || pages.get() key=|page| page.number let:page>
                    <Rows room pages number=page.number/>
                </For>
            </ol>
            {nothing}
            {more}
        </div>
        <div class="below" role="status">{down}</div>
        <p class="typing" role="status">{typing}</p>
    }
}

#[component]
fn Rows(room: RoomState, pages: Memo<Vec<Page>>, number: i32) -> impl IntoView {
    let keys = Memo::new(move |_| {
        pages.with(|pages| {
            let page = pages.iter().find(|page| page.number == number);
            page.map(|page| page.keys.clone()).unwrap_or_default()
        })
    });
    view! {
        <For each=move || keys.get() key=|key| *key let:key>
            <RowItem room key_=key/>
        </For>
    }
}
