//! The room's to-do list, below its people: forms as everywhere, until wasm has arrived.

use crate::forms;
use crate::live::{Action, Live};
use crate::words::words;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use protocol::Todo;
use protocol::limits::TITLE_CHARS;

#[component]
pub(crate) fn Todos() -> impl IntoView {
    let words = words();
    let live = expect_context::<Live>();
    let field = NodeRef::<Input>::new();
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(field) = field.get_untracked() {
            live.act(Action::AddTodo(field.value()));
        }
    };
    // What was written goes from the field when it is in the list, and not if it is refused.
    Effect::new(move |_| {
        let added =
            live.open.get().todos.with(|todos| todos.list().last().map(|todo| todo.title.clone()));
        if let (Some(field), Some(added)) = (field.get(), added)
            && field.value().trim() == added
        {
            field.set_value("");
        }
    });
    let list = move || {
        let state = live.open.get();
        let (room, say) = (state.id.to_string(), state.may.get().say);
        state.todos.with(|todos| {
            let list = todos.list().iter().map(|todo| entry(todo, &room, say)).collect_view();
            view! {
                <h2>{words.todos}<span class="count">{todos.open()}</span></h2>
                <ul>{list}</ul>
                <input type="hidden" form="add-todo" name="room" value=room/>
            }
        })
    };
    view! {
        <section class="todos" aria-label=words.todos>
            {list}
            <form
                id="add-todo" method="post" action=forms::AddTodo::url() on:submit=add
                hidden=move || !live.open.get().may.get().say
            >
                <input
                    node_ref=field name="title" required maxlength=TITLE_CHARS autocomplete="off" dir="auto"
                    aria-label=words.add_todo placeholder=words.add_todo
                />
            </form>
        </section>
    }
}

fn entry(todo: &Todo, room: &str, say: bool) -> impl IntoView + use<> {
    let (act, next) = if todo.done { ("reopen", "") } else { ("done", "on") };
    let remove = [words().remove_todo, ": ", &todo.title].concat();
    view! {
        <li data-key=todo.id.to_string()>
            <form method="post" action=forms::ChangeTodo::url()>
                <input type="hidden" name="room" value=room.to_owned()/>
                <input type="hidden" name="todo" value=todo.id.to_string()/>
                <button
                    name="done" value=next data-act=act disabled=!say
                    role="checkbox" aria-checked=todo.done.to_string() aria-label=todo.title.clone()
                ></button>
                <span dir="auto">{todo.title.clone()}</span>
                <button name="remove" value="on" data-act="remove" hidden=!say aria-label=remove>"×"</button>
            </form>
        </li>
    }
}
