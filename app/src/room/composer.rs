//! Where one writes: a form like any other until wasm has arrived; then Enter sends, and nothing is loaded.

use crate::forms;
use crate::live::writing::Task;
use crate::live::{Action, Live, matching};
use crate::page::Desk;
use crate::words::words;
use leptos::ev::KeyboardEvent;
use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use protocol::limits::MESSAGE_CHARS;

/// Names offered at once.
const NAMES: usize = 6;

/// A name that is being completed: where it begins, and what it may become.
#[derive(Clone, PartialEq)]
struct Completing {
    start: usize,
    names: Vec<String>,
    chosen: usize,
}

#[component]
pub(crate) fn Composer(desk: Desk) -> impl IntoView {
    let words = words();
    let live = expect_context::<Live>();
    let field = NodeRef::<Textarea>::new();
    let completing = RwSignal::new(None::<Completing>);
    let above = move || {
        live.open.get().writing.with(|writing| {
            let about = match writing.task() {
                Task::Say => None,
                Task::Reply(message) => Some((words.replying)(&message.user.name)),
                Task::Edit(_) => Some(words.editing.to_owned()),
            };
            let problem = writing.problem().map(|error| words.problem(error));
            view! {
                {about.map(|about| view! {
                    <p class="task"><span>{about}</span><a href="?" data-act="leave">{words.cancel}</a></p>
                })}
                <p id="refused" class="problem" role="alert">{problem}</p>
            }
        })
    };
    let beside = move || {
        live.open.get().writing.with(|writing| {
            let button = match writing.task() {
                Task::Edit(_) => words.save,
                _ => words.send,
            };
            view! {
                <span class="counter" aria-live="polite">{writing.counter()}</span>
                // Clicking it leaves the focus where one writes.
                <button type="submit" class="send" on:mousedown=|event| event.prevent_default()>
                    {button}
                </button>
            }
        })
    };
    let archived = move || live.room().is_some_and(|room| room.archived);
    let submit = move || {
        if let Some(field) = field.get_untracked() {
            live.act(Action::Submit(field.value()));
        }
    };
    #[cfg(feature = "browser")]
    field::tie(live, field);
    let draft = live.open.get_untracked().writing.with_untracked(|writing| escape(writing.text()));
    let without_wasm = without_wasm(&desk);
    let to = match &desk.task {
        crate::page::Task::Edit(message) => back_to(forms::EditMessage::url(), message),
        crate::page::Task::Reply(message) => back_to(forms::PostMessage::url(), message),
        _ => forms::PostMessage::url().to_owned(),
    };
    view! {
        <Doomed desk/>
        {move || archived().then(|| view! { <p class="archived">{words.archived}</p> })}
        <form
            class="composer" method="post" action=to hidden=archived
            on:submit=move |event| { event.prevent_default(); submit(); }
        >
            {without_wasm}
            {above}
            <Names completing field/>
            <div class="box">
                <textarea
                    node_ref=field name="text" rows="1" required maxlength=MESSAGE_CHARS * 2 dir="auto"
                    aria-label=words.message placeholder=words.write aria-describedby="refused"
                    aria-autocomplete="list" aria-controls="names"
                    aria-activedescendant=move || completing.with(|names| names.as_ref().map(|names| format!("name-{}", names.chosen)))
                    inner_html=draft
                    on:keydown=move |event| keydown(live, field, completing, &event)
                    on:input=move |_| input(live, field, completing)
                ></textarea>
                {beside}
            </div>
        </form>
    }
}

/// Where a form is sent that is about a message; refused, it leads back there.
fn back_to(form: &str, message: &protocol::Message) -> String {
    format!("{form}?at={}", message.seq)
}

/// What the plain form needs to know.
fn without_wasm(desk: &Desk) -> impl IntoView + use<> {
    use crate::page::Task;
    let (name, value) = match &desk.task {
        Task::Edit(message) => ("message", message.id.to_string()),
        Task::Reply(message) => ("reply_to", message.id.to_string()),
        Task::Say | Task::Delete(_) => ("", String::new()),
    };
    view! {
        <input type="hidden" name="room" value=desk.joined.room.id.to_string()/>
        <input type="hidden" name="id" value=desk.next.to_string()/>
        <input type="hidden" name=name value=value/>
    }
}

/// "Delete this message?" A question in the place where one writes, with wasm and without.
#[component]
fn Doomed(desk: Desk) -> impl IntoView {
    let words = words();
    let live = expect_context::<Live>();
    let room = desk.joined.room.id.to_string();
    let delete = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        live.act(Action::Delete);
    };
    move || {
        live.doomed.get().map(|message| {
            let text: String = message.text.chars().take(140).collect();
            view! {
                <form
                    class="task doomed" method="post" action=forms::DeleteMessage::url() on:submit=delete
                >
                    <input type="hidden" name="room" value=room.clone()/>
                    <input type="hidden" name="message" value=message.id.to_string()/>
                    <span>{words.delete_question}" "<q dir="auto">{text}</q></span>
                    <button type="submit" class="danger">{words.delete}</button>
                    <a href="?" data-act="leave">{words.cancel}</a>
                </form>
            }
        })
    }
}

#[component]
fn Names(completing: RwSignal<Option<Completing>>, field: NodeRef<Textarea>) -> impl IntoView {
    let live = expect_context::<Live>();
    let option = move |index: usize, name: String, chosen: usize| {
        view! {
            <li
                role="option" id=format!("name-{index}") aria-selected=(index == chosen).to_string()
                // Before the field loses its focus.
                on:mousedown=move |event| {
                    event.prevent_default();
                    completing.update(|names| if let Some(names) = names { names.chosen = index });
                    complete(live, field, completing);
                }
            >
                <bdi>{name}</bdi>
            </li>
        }
    };
    let options = move || {
        completing.get().map(|names| {
            let chosen = names.chosen;
            names
                .names
                .into_iter()
                .enumerate()
                .map(|(index, name)| option(index, name, chosen))
                .collect_view()
        })
    };
    view! { <ul id="names" class="names" role="listbox" aria-label=words().names>{options}</ul> }
}

fn keydown(
    live: Live,
    field: NodeRef<Textarea>,
    completing: RwSignal<Option<Completing>>,
    event: &KeyboardEvent,
) {
    // While an input method composes, every key belongs to it.
    if event.is_composing() || event.key_code() == 229 {
        return;
    }
    let Some(element) = field.get_untracked() else {
        return;
    };
    let offered = completing.with_untracked(Option::is_some);
    match event.key().as_str() {
        "ArrowDown" if offered => choose(completing, 1),
        "ArrowUp" if offered => choose(completing, NAMES - 1),
        "Enter" | "Tab" if offered => complete(live, field, completing),
        "Escape" if offered => completing.set(None),
        "Escape" => live.act(Action::Leave),
        "ArrowUp" if element.value().is_empty() => live.act(Action::EditLast),
        "Enter" if !event.shift_key() && !is_touch() => live.act(Action::Submit(element.value())),
        _ => return,
    }
    event.prevent_default();
}

fn choose(completing: RwSignal<Option<Completing>>, by: usize) {
    completing.update(|names| {
        if let Some(names) = names {
            let count = names.names.len();
            let by = if by == 1 { 1 } else { count - 1 };
            names.chosen = (names.chosen + by) % count;
        }
    });
}

fn input(live: Live, field: NodeRef<Textarea>, completing: RwSignal<Option<Completing>>) {
    let Some(element) = field.get_untracked() else {
        return;
    };
    let text = element.value();
    let cursor = element.selection_end().ok().flatten().unwrap_or_default() as usize;
    completing.set(names(live, &text, cursor));
    live.act(Action::Wrote(text));
}

fn names(live: Live, text: &str, cursor: usize) -> Option<Completing> {
    let (start, prefix) = matching::at_word(text, cursor)?;
    let mut known = live.open.get_untracked().people.with_untracked(crate::live::People::names);
    let me = live.me().name;
    known.retain(|name| *name != me);
    let names = matching::complete(&known, prefix, NAMES);
    (!names.is_empty()).then_some(Completing { start, names, chosen: 0 })
}

fn complete(live: Live, field: NodeRef<Textarea>, completing: RwSignal<Option<Completing>>) {
    let Some((element, names)) = field.get_untracked().zip(completing.get_untracked()) else {
        return;
    };
    let cursor = element.selection_end().ok().flatten().unwrap_or_default() as usize;
    let Some(name) = names.names.get(names.chosen) else {
        return;
    };
    let (text, cursor) = matching::insert(&element.value(), names.start, cursor, name);
    element.set_value(&text);
    let cursor = u32::try_from(cursor).unwrap_or_default();
    let _ = element.set_selection_range(cursor, cursor);
    completing.set(None);
    live.act(Action::Wrote(text));
}

/// Where one writes with thumbs, Enter breaks the line: the button sends.
fn is_touch() -> bool {
    #[cfg(feature = "browser")]
    {
        let query = window().match_media("(pointer: coarse)");
        query.is_ok_and(|query| query.is_some_and(|query| query.matches()))
    }
    #[cfg(not(feature = "browser"))]
    false
}

/// A textarea's first value is its content, which Leptos would not escape.
fn escape(text: &str) -> String {
    // A newline right after the tag is swallowed by the parser, so one is put there.
    ["\n", &text.replace('&', "&amp;").replace('<', "&lt;")].concat()
}

#[cfg(feature = "browser")]
mod field {
    use super::{Action, Live, Task, Textarea, is_touch};
    use crate::live::RoomState;
    use leptos::prelude::*;

    /// The field shows the open room's text. What was typed before the page was alive is kept.
    pub(super) fn tie(live: Live, field: NodeRef<Textarea>) {
        Effect::new(move |before: Option<(RoomState, Option<String>)>| {
            let room = live.open.get();
            let Some(field) = field.get() else {
                return (room, None);
            };
            let typed = field.value();
            if before.is_none() && !typed.is_empty() {
                live.act(Action::Wrote(typed));
                return (room, None);
            }
            let (text, task) = room.writing.with(|writing| {
                let task = match writing.task() {
                    Task::Say => None,
                    Task::Reply(message) | Task::Edit(message) => Some(message.id.to_string()),
                };
                (writing.text().to_owned(), task)
            });
            if field.value() != text {
                field.set_value(&text);
            }
            let moved = before.is_some_and(|before| before != (room, task.clone()));
            if moved && !is_touch() {
                let _ = field.focus();
            }
            (room, task)
        });
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_returned_text_can_not_leave_its_field() {
        let escaped = super::escape("</textarea><script>&lt;");
        assert_eq!(escaped, "\n&lt;/textarea>&lt;script>&amp;lt;");
    }
}
