//! Every HTTP route. Socket.IO's (`/socket.io/`) is a layer above them: see [`crate::namespaces`].

use crate::http::assets::Assets;
use crate::http::{health, security};
use app::ssr::PageContext;
use app::ssr::document::PageFiles;
use app::{App, shell};
use axum::extract::{FromRef, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use chat::Chat;
use leptos::config::LeptosOptions;
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use std::sync::Arc;
use tower_http::trace::TraceLayer;

#[derive(Clone)]
struct AppState {
    options: LeptosOptions,
    assets: Arc<Assets>,
    page: PageContext,
}

pub(crate) fn build(chat: Chat, assets: Assets) -> Router {
    let files = PageFiles {
        script: assets.script.clone(),
        wasm: assets.wasm.clone(),
        style: assets.style.clone(),
    };
    let page = PageContext::new(chat, files);
    let state = AppState { options: leptos_options(), assets: Arc::new(assets), page };
    Router::new()
        .route("/health", get(health::alive))
        // The pages (`app::App` lists them) and the forms' server functions (`app::forms`).
        .leptos_routes_with_context(
            &state,
            generate_route_list(App),
            state.given(),
            state.document(),
        )
        .fallback(file_or_not_found)
        .layer(middleware::from_fn(security::headers))
        .layer(TraceLayer::new_for_http())
        .with_state(state)
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.options.clone()
    }
}

impl AppState {
    /// What pages and server functions find in their context.
    fn given(&self) -> impl Fn() + Clone + Send + Sync + 'static {
        let page = self.page.clone();
        move || page.provide()
    }

    fn document(&self) -> impl Fn() -> app::Page + Clone + Send + Sync + 'static {
        let options = self.options.clone();
        move || shell(options.clone())
    }
}

/// A file of the page, or the page that says there is nothing here.
async fn file_or_not_found(State(state): State<AppState>, request: Request) -> Response {
    if let Some(file) = state.assets.serve(request.uri().path(), request.headers()) {
        return file;
    }
    render_app_async_with_context(state.given(), state.document())(request).await.into_response()
}

/// Leptos needs these only to reload the page under `cargo leptos watch`: the files' names come from
/// [`Assets`], because a release binary carries them inside.
fn leptos_options() -> LeptosOptions {
    let reload_port = std::env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok());
    LeptosOptions::builder().output_name("beseda").reload_port(reload_port.unwrap_or(3001)).build()
}
