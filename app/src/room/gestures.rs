//! Clicks, wherever they fall: a link to a room opens it in place, a link to a sheet opens it over the
//! chat, and what a message's links would do by loading a page is done here.

#[cfg(feature = "browser")]
use crate::live::Action;
use crate::live::Live;
use leptos::ev::{KeyboardEvent, MouseEvent};
#[cfg(feature = "browser")]
use protocol::{ClientId, TodoId};

#[cfg(not(feature = "browser"))]
pub(crate) fn clicked(_: Live, _: &MouseEvent) {}

#[cfg(feature = "browser")]
pub(crate) fn clicked(live: Live, event: &MouseEvent) {
    use wasm_bindgen::JsCast;
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let Some(link) = target.and_then(|target| target.closest("a[href], [data-act]").ok()?) else {
        return;
    };
    if !is_plain(event) || event.default_prevented() {
        return;
    }
    let to = link.get_attribute("href").unwrap_or_default();
    let done = match link.get_attribute("data-act") {
        Some(act) => act_on(live, &act, &link, &to),
        None if link.has_attribute("data-over") => super::over::open(live, &to),
        None => follow(live, to),
    };
    if done {
        event.prevent_default();
    }
}

/// Not one that asks for another tab or window, or for a copy.
#[cfg(feature = "browser")]
pub(super) fn is_plain(click: &MouseEvent) -> bool {
    click.button() == 0
        && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
}

/// By arrow keys from message to message: so the list is one stop on the way by keyboard, not hundreds.
#[cfg(not(feature = "browser"))]
pub(crate) fn between_rows(_: &KeyboardEvent) {}

#[cfg(feature = "browser")]
pub(crate) fn between_rows(event: &KeyboardEvent) {
    use wasm_bindgen::JsCast;
    let up = match event.key().as_str() {
        "ArrowUp" => true,
        "ArrowDown" => false,
        _ => return,
    };
    let Some(target) = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok()) else {
        return;
    };
    let mut next = match target.closest("li[data-key]") {
        Ok(Some(row)) if up => row.previous_element_sibling(),
        Ok(Some(row)) => row.next_element_sibling(),
        // From the list itself to its last message.
        _ => target.query_selector("li[data-key]:last-of-type").ok().flatten(),
    };
    while let Some(row) = next {
        if row.has_attribute("data-key") {
            event.prevent_default();
            let _ = row.unchecked_into::<web_sys::HtmlElement>().focus();
            return;
        }
        next = if up { row.previous_element_sibling() } else { row.next_element_sibling() };
    }
}

#[cfg(feature = "browser")]
fn follow(live: Live, to: String) -> bool {
    let ours = super::address::Address::of(&to).is_some();
    if ours {
        live.act(Action::Go(to));
        super::panels::close();
    }
    ours
}

/// The address of a message is relative to its room's.
#[cfg(feature = "browser")]
fn act_on(live: Live, act: &str, link: &web_sys::Element, to: &str) -> bool {
    let row = link.closest("[data-key]").ok().flatten();
    let key = row.and_then(|row| crate::wire::uuid(&row.get_attribute("data-key")?)).map(ClientId);
    let at = to.strip_prefix("?at=").and_then(|to| to.split('#').next()?.parse().ok());
    match (act, key, at) {
        ("leave", ..) => live.act(Action::Leave),
        ("latest", ..) => live.act(Action::Latest),
        ("reply", Some(key), _) => live.act(Action::Reply(key)),
        ("edit", Some(key), _) => live.act(Action::Edit(key)),
        ("delete", Some(key), _) => live.act(Action::Doom(key)),
        ("retry", Some(key), _) => live.act(Action::Retry(key)),
        ("withdraw", Some(key), _) => live.act(Action::Withdraw(key)),
        ("done", Some(key), _) => live.act(Action::TickTodo(TodoId(key.0), true)),
        ("reopen", Some(key), _) => live.act(Action::TickTodo(TodoId(key.0), false)),
        ("remove", Some(key), _) => live.act(Action::RemoveTodo(TodoId(key.0))),
        ("jump", _, Some(at)) => live.act(Action::Jump(at)),
        ("copy", _, Some(at)) => live.act(Action::Copy(at)),
        _ => return false,
    }
    true
}
