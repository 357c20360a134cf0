use crate::live::{Action, Link, Live};
use crate::words::words;
use leptos::prelude::*;

/// After so many tries in vain it is no short break.
const MANY_TRIES: u32 = 10;

/// What is to be told, and what can be done about it.
struct News {
    told: String,
    button: Option<&'static str>,
    signed_out: bool,
}

/// Says so when the connection is lost, and lets one try at once. Other news pass here, too.
#[component]
pub(crate) fn Banner() -> impl IntoView {
    let words = words();
    let live = expect_context::<Live>();
    let press = move |_| match live.link.get_untracked() {
        Link::Waiting { .. } => live.act(Action::TryNow),
        _ if live.announced.with_untracked(Option::is_some) => live.announced.set(None),
        _ if live.told.with_untracked(Option::is_some) => live.told.set(None),
        _ => live.act(Action::AllowNotifications),
    };
    let banner = move || {
        news(live).map(|News { told, button, signed_out }| {
            let button = button.map(|word| {
                view! { <button type="button" on:click=press>{word}</button> }
            });
            let way_back = signed_out.then(|| view! { <a href="/">{words.way_back}</a> });
            // That it waits is read out; how long still, every second, is not.
            let quiet = matches!(live.link.get(), Link::Waiting { .. }).then_some("off");
            view! { <div class="banner"><span aria-live=quiet>{told}</span>{button}{way_back}</div> }
        })
    };
    view! { <div role="status">{banner}</div> }
}

fn news(live: Live) -> Option<News> {
    let words = words();
    let signed_out = live.link.get() == Link::SignedOut;
    let (told, button) = match live.link.get() {
        Link::Waiting { seconds, tries } if tries >= MANY_TRIES => {
            ((words.unreachable)(seconds), Some(words.try_now))
        }
        Link::Waiting { seconds, .. } => ((words.connection_lost)(seconds), Some(words.try_now)),
        Link::Connecting => (words.connecting.to_owned(), None),
        Link::SignedOut => (words.signed_out.to_owned(), None),
        Link::Page | Link::Connected if live.announced.with(Option::is_some) => {
            (live.announced.get().unwrap_or_default(), Some(words.close))
        }
        Link::Page | Link::Connected => {
            let told = live.told.with(|told| told.as_ref().map(|error| words.problem(error)));
            let (told, button) = match told {
                Some(told) => (told, words.close),
                None if live.may_ask.get() => (words.ask_notifications, words.allow),
                None => return None,
            };
            (told.to_owned(), Some(button))
        }
    };
    Some(News { told, button, signed_out })
}
