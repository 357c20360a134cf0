use leptos::prelude::*;

#[component]
pub(crate) fn Brand() -> impl IntoView {
    view! {
        <div class="brand">
            <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" aria-hidden="true">
                <path d="M3 10 12 3l9 7M5 10v7a3 3 0 0 0 3 3h1l3 2 3-2h1a3 3 0 0 0 3-3v-7"/>
                <path d="M9 13h6M9 16h3" stroke-linecap="round"/>
            </svg>
            "Beseda"
        </div>
    }
}
