use crate::language::lang;
use crate::pages::not_found::NotFound;
use crate::pages::room::RoomPage;
use crate::pages::sign_in::SignInPage;
use crate::time::LocalTime;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// The whole page. Every route is rendered to the end before it is sent: what arrives is readable
/// without a script.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(lang());
    LocalTime::provide();
    Effect::new(mark_alive);
    view! {
        <Title text="Beseda"/>
        <Router>
            <Routes fallback=|| view! { <NotFound/> }>
                <Route path=path!("/") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/room/:slug") view=RoomPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

/// Tells styles and tests that the page no longer needs to load to do something.
fn mark_alive() {
    if let Some(body) = document().body() {
        let _ = body.set_attribute("data-live", "");
    }
}
