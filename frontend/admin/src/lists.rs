//! The lists beside the charts are the server's: when what they show has changed, the page is fetched again, and they
//! are put in the place of the old ones.

use leptos::prelude::{document, window};
use leptos::task::spawn_local;
use protocol::event::{self, AuditPage, ListAudit, Stats};
use socketio_client::{Answer, Namespace};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomParser, Element, Request, Response, SupportedType};

const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// What has this attribute is replaced by what has the same.
const FRESH: &str = "data-fresh";

/// What the lists depend on: the latest entry of the log, how many people and rooms are here; and for all that leaves
/// those as they were, such as one who comes when another goes, the half minute.
type State = (Option<u64>, usize, usize, u64);
const HALF_A_MINUTE: u64 = 30;

#[derive(Default)]
pub(crate) struct Lists {
    shown: Rc<Cell<Option<State>>>,
    looking: Rc<Cell<bool>>,
}

impl Lists {
    pub(crate) fn look(&self, admin: &Namespace, stats: &Stats) {
        if self.looking.replace(true) {
            return;
        }
        let (shown, looking, admin) = (self.shown.clone(), self.looking.clone(), admin.clone());
        let (users, rooms, time) = (stats.users, stats.rooms, stats.uptime / HALF_A_MINUTE);
        spawn_local(async move {
            if let Some(latest) = latest(&admin).await {
                let depends = Some((latest, users, rooms, time));
                if shown.get() != depends && renew().await.is_some() {
                    shown.set(depends);
                }
            }
            looking.set(false);
        });
    }
}

/// The latest entry of the log, if there is one.
async fn latest(admin: &Namespace) -> Option<Option<u64>> {
    let ask = ListAudit { before: None, limit: Some(1) };
    let answer = admin.event(event::AUDIT).timeout(ANSWER_WITHIN).emit_with_ack::<Answer>(&ask);
    let page = answer.await.ok()?.get::<AuditPage>(0).ok()?;
    Some(page.entries.first().map(|entry| entry.id))
}

async fn renew() -> Option<()> {
    old()?;
    let request = Request::new_with_str(&window().location().href().ok()?).ok()?;
    request.headers().set("accept", "text/html").ok()?;
    let response: Response =
        JsFuture::from(window().fetch_with_request(&request)).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let html = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    let parser = DomParser::new().ok()?;
    let page = parser.parse_from_string(&html, SupportedType::TextHtml).ok()?;
    // Someone may have come to one of them meanwhile.
    for list in old()? {
        let name = list.get_attribute(FRESH)?;
        let new = page.query_selector(&format!("[{FRESH}={name}]")).ok()??;
        list.replace_with_with_node_1(&new).ok()?;
    }
    Some(())
}

/// Nothing while someone is at one of them: the keyboard would lose its place.
fn old() -> Option<Vec<Element>> {
    let found = document().query_selector_all(&format!("[{FRESH}]")).ok()?;
    let lists: Vec<Element> =
        (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect();
    let focused = document().active_element();
    let free = lists.iter().all(|list| !list.contains(focused.as_deref()));
    (free && !lists.is_empty()).then_some(lists)
}
