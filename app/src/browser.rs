//! Beginning in the browser: with what the server rendered, or (under Trunk) with what it would have.

use crate::page::Page;
use crate::root::App;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Takes over the page that the server rendered.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    let Some((root, page)) = root().zip(embedded()) else {
        return;
    };
    leptos::mount::hydrate_from(root, move || App(crate::root::AppProps { page })).forget();
    mark_alive();
}

/// Renders the page where there is none.
#[cfg(feature = "csr")]
pub fn render() {
    leptos::task::spawn_local(async {
        let place =
            location().pathname().unwrap_or_default() + &location().search().unwrap_or_default();
        if let Some((root, page)) = root().zip(fetched(&place).await) {
            leptos::mount::mount_to(root, move || App(crate::root::AppProps { page })).forget();
            mark_alive();
        }
    });
}

fn root() -> Option<HtmlElement> {
    document().get_element_by_id("app")?.dyn_into().ok()
}

#[cfg(feature = "hydrate")]
fn embedded() -> Option<Page> {
    let json = document().get_element_by_id("page")?.text_content()?;
    crate::wire::from_str(&json)
}

#[cfg(feature = "csr")]
async fn fetched(place: &str) -> Option<Page> {
    use wasm_bindgen_futures::JsFuture;
    let init = web_sys::RequestInit::new();
    let request = web_sys::Request::new_with_str_and_init(&format!("/data{place}"), &init).ok()?;
    request.headers().set("accept", "application/json").ok()?;
    let response = JsFuture::from(window().fetch_with_request(&request)).await.ok()?;
    let response: web_sys::Response = response.dyn_into().ok()?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    crate::wire::from_str(&text)
}

/// Tells styles and tests that the page no longer needs to load to do something.
fn mark_alive() {
    if let Some(body) = document().body() {
        let _ = body.set_attribute("data-live", "");
    }
}
