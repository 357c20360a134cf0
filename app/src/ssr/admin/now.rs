use super::log;
use super::{Part, shown};
use crate::forms;
use crate::ssr::Asked;
use crate::ssr::pages::{Detour, Shown};
use crate::ssr::sheets::outcome::Outcome;
use crate::ssr::sheets::parts::{Field, Form, button};
use crate::words::admin::admin_words;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Of the log: enough to see what was going on.
const RECENT: usize = 8;

pub(crate) async fn load(asked: Asked) -> Result<Shown, Detour> {
    let recent = log::read(&asked, None, RECENT).await?;
    Ok(shown(&asked, Part::Now(recent)))
}

pub(super) fn view(recent: &log::View, outcome: &Outcome) -> AnyView {
    let words = admin_words();
    view! {
        <div class="halves">
            <section>
                <h2>{words.announce}</h2>
                {announce(outcome)}
            </section>
            <section data-fresh="recent">
                <h2>{words.recent}</h2>
                {log::list(recent)}
                <p class="further"><a href=log::PATH>{words.whole_log}</a></p>
            </section>
        </div>
    }
    .into_any()
}

fn announce(outcome: &Outcome) -> AnyView {
    let words = admin_words();
    let text = Field::text("announce", "text", words.announce_text).required();
    let fields = view! {
        <p class="hint">{words.announce_hint}</p>
        {text.view(outcome, "")}
        {button(words.tell_everyone)}
    };
    Form { id: "announce", action: forms::Announce::url(), whole: true }.view(outcome, fields)
}
