//! Ctrl K: to a room or a person by typing.

use crate::live::{Action, Live, matching};
use crate::words::words;
use leptos::prelude::*;
use protocol::RoomKind;
#[cfg(feature = "browser")]
use wasm_bindgen::JsCast;

const SHOWN: usize = 8;

#[derive(Clone)]
struct Goal {
    sign: &'static str,
    name: String,
    path: String,
}

impl AsRef<str> for Goal {
    fn as_ref(&self) -> &str {
        &self.name
    }
}

/// What was found, and which of it is chosen. Nothing is looked for while the palette is closed.
#[derive(Clone, Default)]
struct Found {
    goals: Vec<Goal>,
    chosen: usize,
}

#[component]
pub(crate) fn Palette() -> impl IntoView {
    let words = words();
    let live = expect_context::<Live>();
    let found = RwSignal::new(Found::default());
    let go = move |index: usize| {
        let goal = found.with_untracked(|found| found.goals.get(index).cloned());
        if let Some(goal) = goal {
            close();
            live.act(Action::Go(goal.path));
        }
    };
    let keydown = move |event: leptos::ev::KeyboardEvent| {
        let Found { goals, chosen } = found.get_untracked();
        let count = goals.len().max(1);
        match event.key().as_str() {
            "ArrowDown" => found.update(|found| found.chosen = (chosen + 1) % count),
            "ArrowUp" => found.update(|found| found.chosen = (chosen + count - 1) % count),
            "Enter" if !event.is_composing() => go(chosen),
            _ => return,
        }
        event.prevent_default();
    };
    let option = move |index: usize, goal: Goal, chosen: bool| {
        view! {
            <li
                role="option" id=format!("goal-{index}") aria-selected=chosen.to_string()
                on:click=move |_| go(index)
            >
                <span class="hash" aria-hidden="true">{goal.sign}</span><bdi>{goal.name}</bdi>
            </li>
        }
    };
    let options = move || {
        let Found { goals, chosen } = found.get();
        let goals = goals.into_iter().enumerate();
        goals.map(|(index, goal)| option(index, goal, index == chosen)).collect_view()
    };
    let look = move |query: &str| found.set(Found { goals: find(live, query), chosen: 0 });
    #[cfg(feature = "browser")]
    listen();
    view! {
        <dialog class="palette" aria-label=words.go_to>
            <input
                type="text" role="combobox" aria-expanded="true" aria-controls="goals" autocomplete="off"
                aria-label=words.room_or_person placeholder=words.room_or_person
                aria-activedescendant=move || found.with(|found| {
                    (!found.goals.is_empty()).then(|| format!("goal-{}", found.chosen))
                })
                on:focus=move |event| look(&event_target_value(&event))
                on:input=move |event| look(&event_target_value(&event))
                on:keydown=keydown
            />
            <ul id="goals" role="listbox" aria-label=words.go_to>{options}</ul>
            <p class="empty">{words.nothing_found}</p>
        </dialog>
    }
}

fn find(live: Live, query: &str) -> Vec<Goal> {
    let mut goals: Vec<Goal> = live.rooms.with_untracked(|rooms| {
        let all = rooms.channels().into_iter().chain(rooms.directs());
        all.map(|room| Goal {
            sign: if room.kind == RoomKind::Direct { "@" } else { "#" },
            path: super::path(&room),
            name: room.name,
        })
        .collect()
    });
    let me = live.me().name;
    let names = live.open.get_untracked().people.with_untracked(crate::live::People::names);
    for name in names {
        if name != me && goals.iter().all(|goal| goal.sign != "@" || goal.name != name) {
            let path = ["/dm/", &super::address::escape(&name)].concat();
            goals.push(Goal { sign: "@", name, path });
        }
    }
    let found = matching::find(query, &goals, SHOWN);
    found.into_iter().filter_map(|index| goals.get(index).cloned()).collect()
}

#[cfg(feature = "browser")]
fn dialog() -> Option<web_sys::HtmlDialogElement> {
    document().query_selector("dialog.palette").ok()??.dyn_into().ok()
}

pub(crate) fn open() {
    #[cfg(feature = "browser")]
    if let Some(dialog) = dialog()
        && !dialog.open()
    {
        if let Ok(Some(field)) = dialog.query_selector("input") {
            field.unchecked_into::<web_sys::HtmlInputElement>().set_value("");
        }
        let _ = dialog.show_modal();
    }
}

fn close() {
    #[cfg(feature = "browser")]
    if let Some(dialog) = dialog() {
        dialog.close();
    }
}

/// The page's only shortcut.
#[cfg(feature = "browser")]
fn listen() {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            open();
        }
    });
    on_cleanup(move || handle.remove());
}
