//! The admin's page. The server renders all of it, as it does the sheets; what lives there is in [`crate::admin`].
//!
//! | file | holds |
//! |---|---|
//! | this one | what its parts have in common |
//! | `now` | the charts, announcing, what was done lately |
//! | `people` `rooms` `log` | lists with pages |

pub(crate) mod log;
pub(crate) mod now;
pub(crate) mod people;
pub(crate) mod rooms;

use super::Asked;
use super::pages::{Body, Shown};
use super::sheets::outcome::Outcome;
use super::sheets::parts::{button, news};
use crate::admin::overview::Overview;
use crate::admin::{Board, Watched};
use crate::words::admin::{AdminWords, admin_words};
use crate::words::sheets::sheet_words;
use leptos::prelude::*;

pub(crate) const PATH: &str = "/admin";

#[derive(Debug, Clone)]
pub(crate) struct View {
    outcome: Outcome,
    board: Board,
    part: Part,
}

#[derive(Debug, Clone)]
enum Part {
    Now(log::View),
    People(people::View),
    Rooms(rooms::View),
    Log(log::View),
}

impl Part {
    fn path(&self) -> &'static str {
        match self {
            Self::Now(_) => PATH,
            Self::People(_) => people::PATH,
            Self::Rooms(_) => rooms::PATH,
            Self::Log(_) => log::PATH,
        }
    }

    fn view(&self, outcome: &Outcome) -> AnyView {
        match self {
            Self::Now(view) => now::view(view, outcome),
            Self::People(view) => people::view(view),
            Self::Rooms(view) => rooms::view(view),
            Self::Log(view) => log::view(view),
        }
    }
}

fn shown(asked: &Asked, part: Part) -> Shown {
    let record = &asked.context().record;
    let charts = matches!(part, Part::Now(_));
    let board = Board {
        lang: asked.lang(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        charts,
        past: if charts { record.past() } else { record.latest() },
    };
    let title = format!("{} · Beseda", asked.lang().admin_words().title);
    let view = View { outcome: Outcome::of(asked), board, part };
    Shown::new(asked, &title, Body::Admin(Box::new(view)))
}

impl View {
    pub(crate) fn view(&self) -> AnyView {
        let words = admin_words();
        let (board, outcome) = (self.board.clone(), &self.outcome);
        let watched = Watched::new(board.past.clone());
        view! {
            <main class="admin">
                <header>
                    <a class="back" href="/">{sheet_words().back}</a>
                    <h1>{words.title}</h1>
                    {nav(words, self.part.path())}
                </header>
                {news(outcome)}
                <div id="overview"><Overview board watched/></div>
                {self.part.view(outcome)}
            </main>
        }
        .into_any()
    }

    /// What the browser begins with.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(&self.board).unwrap_or_default()
    }
}

fn nav(words: &AdminWords, here: &str) -> AnyView {
    let parts = [
        (PATH, words.now),
        (people::PATH, words.people),
        (rooms::PATH, words.rooms),
        (log::PATH, words.log),
    ];
    let link = |(path, told): (&'static str, _)| {
        let current = (path == here).then_some("page");
        view! { <a href=path aria-current=current>{told}</a> }
    };
    view! { <nav aria-label=words.parts>{parts.into_iter().map(link).collect_view()}</nav> }
        .into_any()
}

/// A field for how a name begins.
fn search(path: &'static str, label: &'static str, query: &str) -> AnyView {
    view! {
        <form method="get" action=path role="search">
            <div class="field">
                <label for="q">{label}</label>
                <input
                    type="search" id="q" name="q" value=query.to_owned() dir="auto"
                    autocomplete="off"
                />
            </div>
            {button(admin_words().find)}
        </form>
    }
    .into_any()
}

/// The way to the page after this one.
fn further(to: Option<String>) -> Option<AnyView> {
    to.map(|to| view! { <p class="further"><a href=to>{admin_words().next}</a></p> }.into_any())
}
