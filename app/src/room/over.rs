//! The server's pages, opened over the chat: what would load a page is fetched, and its `main` is shown
//! in a dialog. When an answer leads to a room, the dialog closes and the chat goes there.

use crate::live::{Action, Live};
use crate::room::address::Address;
use crate::room::gestures::is_plain;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Event, FormData, HtmlDialogElement, HtmlFormElement, Request, RequestInit, Response,
    SubmitEvent, UrlSearchParams,
};

thread_local! {
    static LISTENING: Cell<bool> = const { Cell::new(false) };
    /// The number of the page that was asked for last: an answer to an older question is too late.
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

/// Opens the page at this address; answers whether it could.
pub(crate) fn open(live: Live, to: &str) -> bool {
    let Some(dialog) = dialog() else {
        return false;
    };
    if !LISTENING.replace(true) {
        listen(live, &dialog);
    }
    load(live, to.to_owned(), None);
    true
}

pub(crate) fn close() {
    forget();
    if let Some(dialog) = dialog() {
        dialog.close();
    }
}

/// Whatever is on its way comes too late.
fn forget() {
    ASKED.set(ASKED.get().wrapping_add(1));
}

fn dialog() -> Option<HtmlDialogElement> {
    document().query_selector("dialog.over").ok()??.dyn_into().ok()
}

/// The dialog is as old as the page, so its listener is, too.
fn listen(live: Live, dialog: &HtmlDialogElement) {
    let submitted = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        let Some(form) = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok())
        else {
            return;
        };
        let button = event.dyn_ref::<SubmitEvent>().and_then(SubmitEvent::submitter);
        // Signing out, a theme, a language: the whole page is another one afterwards.
        if form.has_attribute("data-whole") {
            return;
        }
        event.prevent_default();
        send(live, &form, button.as_ref());
    });
    let _ = dialog.add_event_listener_with_callback("submit", submitted.as_ref().unchecked_ref());
    submitted.forget();
    let clicked = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let Some(target) = target else { return };
        if target.tag_name() == "DIALOG" {
            return close();
        }
        let Ok(Some(link)) = target.closest("a[href]") else { return };
        let to = link.get_attribute("href").unwrap_or_default();
        if !to.starts_with('/') || !event.dyn_ref().is_some_and(is_plain) {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
        follow(live, &to);
    });
    let _ = dialog.add_event_listener_with_callback("click", clicked.as_ref().unchecked_ref());
    clicked.forget();
    // By Esc, the browser closes it.
    let closed = Closure::<dyn FnMut(Event)>::new(|_| forget());
    let _ = dialog.add_event_listener_with_callback("close", closed.as_ref().unchecked_ref());
    closed.forget();
}

fn follow(live: Live, to: &str) {
    if Address::of(to).is_some() {
        close();
        live.act(Action::Go(to.to_owned()));
    } else {
        load(live, to.to_owned(), None);
    }
}

fn send(live: Live, form: &HtmlFormElement, button: Option<&web_sys::HtmlElement>) {
    let Some(fields) = fields(form, button) else {
        return;
    };
    let action = form.get_attribute("action").unwrap_or_default();
    if form.method() == "get" {
        let query: String = fields.to_string().into();
        load(live, format!("{action}?{query}"), None);
    } else {
        load(live, action, Some(fields));
    }
}

fn fields(
    form: &HtmlFormElement,
    button: Option<&web_sys::HtmlElement>,
) -> Option<UrlSearchParams> {
    let data = FormData::new_with_form(form).ok()?;
    if let Some(button) = button
        && let Some(name) = button.get_attribute("name").filter(|name| !name.is_empty())
    {
        let value = button.get_attribute("value").unwrap_or_default();
        data.append_with_str(&name, &value).ok()?;
    }
    UrlSearchParams::new_with_str_sequence_sequence(&data).ok()
}

fn load(live: Live, to: String, fields: Option<UrlSearchParams>) {
    spawn_local(async move {
        if fetched(live, &to, fields).await.is_none() {
            // Offline, or something unheard of: the browser tells it better than we could.
            live.told.set(Some(protocol::ApiError::unavailable(0)));
        }
    });
}

async fn fetched(live: Live, to: &str, fields: Option<UrlSearchParams>) -> Option<()> {
    let init = RequestInit::new();
    if let Some(fields) = fields {
        init.set_method("POST");
        init.set_body(&fields);
    }
    let request = Request::new_with_str_and_init(to, &init).ok()?;
    request.headers().set("accept", "text/html").ok()?;
    let number = ASKED.get().wrapping_add(1);
    ASKED.set(number);
    let response = JsFuture::from(window().fetch_with_request(&request)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    let url = web_sys::Url::new(&response.url()).ok()?;
    let place = url.pathname() + &url.search();
    if Address::of(&place).is_some() {
        close();
        live.act(Action::Go(place));
        return Some(());
    }
    let html: JsValue = JsFuture::from(response.text().ok()?).await.ok()?;
    let parser = web_sys::DomParser::new().ok()?;
    let page =
        parser.parse_from_string(&html.as_string()?, web_sys::SupportedType::TextHtml).ok()?;
    if ASKED.get() != number {
        return Some(());
    }
    let Some(main) = page.query_selector("main.sheet, main.plain").ok()? else {
        // Signed out meanwhile, for one.
        window().location().set_href(&place).ok()?;
        return Some(());
    };
    show(&main)
}

fn show(main: &web_sys::Element) -> Option<()> {
    let dialog = dialog()?;
    dialog.replace_children_with_node_1(main);
    let label = main.query_selector("h1").ok()?.and_then(|title| title.text_content());
    dialog.set_attribute("aria-label", &label.unwrap_or_default()).ok()?;
    if !dialog.open() {
        dialog.show_modal().ok()?;
    }
    let first = main.query_selector("[autofocus], [aria-invalid=true]").ok()?;
    if let Some(first) = first.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        first.focus().ok()?;
    }
    Some(())
}
