use crate::live::{Action, Link, Live};
use crate::words::words;
use leptos::prelude::*;

/// Says so when the connection is lost, and lets one try at once.
#[component]
pub(crate) fn Banner() -> impl IntoView {
    let words = words();
    let live = expect_context::<Live>();
    let told = move || match live.link.get() {
        Link::Page | Link::Connected => None,
        Link::Connecting => Some(words.connecting.to_owned()),
        Link::Waiting { seconds } => Some((words.connection_lost)(seconds)),
        Link::SignedOut => Some(words.signed_out.to_owned()),
    };
    let waiting = move || matches!(live.link.get(), Link::Waiting { .. });
    view! {
        <div class="banner" role="status" hidden=move || told().is_none()>
            <span>{told}</span>
            <button type="button" hidden=move || !waiting() on:click=move |_| live.act(Action::TryNow)>
                {words.try_now}
            </button>
            <a href="/" hidden=move || live.link.get() != Link::SignedOut>{words.way_back}</a>
        </div>
    }
    .into_any()
}
