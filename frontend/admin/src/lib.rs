//! What the browser does on the admin's page: it takes the charts over that the server has rendered, and keeps them.
//!
//! | file | holds |
//! |---|---|
//! | this one | beginning |
//! | `socket` | the connection, and what is heard |
//! | `lists` | the lists beside the charts: when they are out of date, and fetching them |

#![recursion_limit = "512"]

mod lists;
mod socket;

use app::admin::overview::{Overview, OverviewProps};
use app::admin::{Board, Watched};
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlElement;

#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    let Some((root, board)) = root().zip(embedded()) else { return };
    let overview = move || {
        let watched = Watched::new(board.past.clone());
        socket::start(watched);
        Overview(OverviewProps { board, watched })
    };
    leptos::mount::hydrate_from(root, overview).forget();
    if let Some(body) = document().body() {
        let _ = body.set_attribute("data-live", "");
    }
}

fn root() -> Option<HtmlElement> {
    document().get_element_by_id("overview")?.dyn_into().ok()
}

/// What the server has rendered it from.
fn embedded() -> Option<Board> {
    let json = document().get_element_by_id("board")?.text_content()?;
    serde_json::from_str(&json).ok()
}
