use crate::words::words;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub(crate) fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    let words = words();
    view! {
        <Title text=format!("{} · Beseda", words.not_found)/>
        <main class="plain">
            <h1>{words.not_found}</h1>
            <p>{words.not_found_hint}</p>
            <p><a href="/">{words.way_back}</a></p>
        </main>
    }
    .into_any()
}
