//! The list of messages.

use crate::live::timeline::{Draft, Row};
use crate::live::{Action, Link, Live};
use crate::time::Time;
use crate::words::words;
use leptos::prelude::*;
use protocol::{ClientId, Message};
use std::sync::Arc;

#[component]
pub(crate) fn Log() -> impl IntoView {
    let words = words();
    let live = expect_context::<Live>();
    let keys = Memo::new(move |_| live.timeline.with(crate::live::Timeline::keys));
    let nothing = move || live.timeline.with(crate::live::Timeline::is_empty);
    view! {
        // Reversed by the style: it begins at its end and stays there, with or without a script.
        <div class="scroll" tabindex="0">
            <ol class="log" role="log" aria-label=words.messages>
                <For each=move || keys.get() key=|key| *key let:key>
                    <RowItem key_=key/>
                </For>
            </ol>
            <p class="empty" hidden=move || !nothing()>{words.nothing_yet}</p>
        </div>
    }
    .into_any()
}

#[component]
fn RowItem(key_: ClientId) -> impl IntoView {
    let live = expect_context::<Live>();
    let row = Memo::new(move |_| live.timeline.with(|timeline| timeline.row(key_)));
    let is = move |state: fn(&Row) -> bool| row.with(|row| row.as_ref().is_some_and(state));
    view! {
        <li
            class="message"
            class:first=move || is(|row| matches!(row, Row::Said { first: true, .. }))
            class:pending=move || is(|row| matches!(row, Row::Draft(draft) if draft.refused.is_none()))
            class:failed=move || is(|row| matches!(row, Row::Draft(draft) if draft.refused.is_some()))
        >
            {move || row.get().map(|row| match row {
                Row::Said { message, first } => said(&message, first),
                Row::Draft(draft) => draft_view(&draft, live),
            })}
        </li>
    }
    .into_any()
}

fn said(message: &Arc<Message>, first: bool) -> AnyView {
    let user = &message.user;
    let text = message.text.clone();
    let at = message.at;
    let head = if first {
        view! {
            <span class=format!("face c{}", user.color) aria-hidden="true">{initial(&user.name)}</span>
            <span class="who"><bdi class="name">{user.name.clone()}</bdi><Time at/></span>
        }
        .into_any()
    } else {
        view! { <span class="gutter"><Time at/></span> }.into_any()
    };
    view! { {head} <span class="body" dir="auto">{text}</span> }.into_any()
}

fn draft_view(draft: &Arc<Draft>, live: Live) -> AnyView {
    let words = words();
    let id = draft.id;
    let state = match &draft.refused {
        None => {
            let told = move || match live.link.get() {
                Link::Connected => words.sending,
                _ => words.waiting,
            };
            view! { <span class="state">{told}</span> }.into_any()
        }
        Some(error) => view! {
            <span class="state" role="alert">
                {(words.not_sent)(words.problem(error))}
                <button type="button" on:click=move |_| live.act(Action::Retry(id))>{words.retry}</button>
                <button type="button" on:click=move |_| live.act(Action::Withdraw(id))>{words.delete}</button>
            </span>
        }
        .into_any(),
    };
    view! { <span class="body" dir="auto">{draft.text.clone()}</span> {state} }.into_any()
}

fn initial(name: &str) -> String {
    name.chars().next().map(|first| first.to_uppercase().collect()).unwrap_or_default()
}
