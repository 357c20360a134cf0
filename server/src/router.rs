//! Every HTTP route. Socket.IO's (`/socket.io/`) is a layer above them: see [`crate::namespaces`]. The
//! JavaScript client's files stand before that layer: [`with_client`].

use crate::api;
use crate::cluster::Cluster;
use crate::http::assets::Assets;
use crate::http::client;
use crate::http::engine;
use crate::http::health::{self, Readiness};
use crate::http::mirror::{self, Mirror};
use crate::http::{request, security};
use app::ssr::document::shell;
use app::ssr::pages::{self, Detour, Load, PAGES, Shown};
use app::ssr::{Asked, PageContext, Record};
use axum::extract::{DefaultBodyLimit, FromRef, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router, middleware};
use chat::Chat;
use http::header::ACCEPT;
use http::{HeaderMap, StatusCode};
use leptos::config::LeptosOptions;
use leptos_axum::{handle_server_fns_with_context, render_app_async_with_context};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tower_http::compression::{CompressionLayer, CompressionLevel};

/// The longest message, with every byte of it escaped as a form escapes it, and as much again.
pub(crate) const BODY_BYTES: usize = 128 * 1024;

/// Of brotli's 0 to 11: a page is compressed for each reader anew.
const PAGE_QUALITY: i32 = 5;

#[derive(Clone)]
pub(crate) struct AppState {
    options: LeptosOptions,
    assets: Arc<Assets>,
    page: PageContext,
    readiness: Readiness,
    mirror: Mirror,
}

pub(crate) fn build(
    chat: Chat,
    cluster: Option<Arc<Cluster>>,
    assets: Assets,
    mirror: Mirror,
    record: Record,
    stopping: CancellationToken,
    metrics: Router<AppState>,
) -> Router {
    let readiness = Readiness { chat: chat.clone(), cluster, stopping };
    let page = PageContext::new(chat.clone(), assets.files.clone(), record);
    let state =
        AppState { options: leptos_options(), assets: Arc::new(assets), page, readiness, mirror };
    // The pages: `app::ssr::pages` lists them.
    let pages = PAGES.iter().fold(Router::new(), |router, (path, load)| {
        router.route(path, get(move |state, request| show(*load, state, request)))
    });
    // Nothing secret is in a page beside what others wrote: the session is in a cookie.
    let compressed = CompressionLayer::new().quality(CompressionLevel::Precise(PAGE_QUALITY));
    Router::new()
        .merge(pages.layer(compressed))
        // The API for programs (`api::table` lists its routes), and the documents about it.
        .nest("/api", api::router(chat))
        // `nest` leaves this one out.
        .route("/api/", any(api::nowhere))
        .route("/health", get(health::alive))
        .route("/health/ready", get(health::ready))
        .route(mirror::PATH, get(mirror::show))
        .merge(metrics)
        // What the forms post to: `app::forms`.
        .route("/forms/{name}", post(form))
        .route(pages::SEEN, get(seen))
        .fallback(file_or_not_found)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(middleware::from_fn(security::headers))
        .layer(middleware::from_fn(request::name_route))
        .with_state(state)
}

/// `/socket.io/socket.io.js` and what is beside it, for a tutorial's page that has nothing else.
pub(crate) fn with_client(inner: Router) -> Router {
    let files = client::FILES.iter().fold(Router::new(), |router, file| {
        let path = format!("{}{}", engine::PATH, file.0);
        router.route(&path, get(async move |headers: HeaderMap| client::serve(file, &headers)))
    });
    files
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(security::headers))
        .fallback_service(inner)
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.options.clone()
    }
}

impl FromRef<AppState> for Readiness {
    fn from_ref(state: &AppState) -> Self {
        state.readiness.clone()
    }
}

impl FromRef<AppState> for Mirror {
    fn from_ref(state: &AppState) -> Self {
        state.mirror.clone()
    }
}

impl AppState {
    /// What pages and server functions find in their context.
    fn given(&self) -> impl Fn() + Clone + Send + Sync + 'static {
        let page = self.page.clone();
        move || page.provide()
    }

    async fn render(&self, shown: Shown, request: Request) -> Response {
        let (options, shown) = (self.options.clone(), Arc::new(shown));
        let document = move || shell(options.clone(), &shown);
        render_app_async_with_context(self.given(), document)(request).await.into_response()
    }
}

async fn show(load: Load, State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let asked = Asked::new(&state.page, &parts);
    let request = Request::from_parts(parts, body);
    let shown = match load(asked.clone()).await {
        Ok(shown) => Ok(shown),
        Err(Detour::To(path)) => Err(path),
        Err(Detour::Refused(refusal)) => pages::instead(&asked, refusal),
    };
    match shown {
        // For Trunk, which renders it in the browser.
        Ok(shown) if wants_json(&request) => Json(shown.page()).into_response(),
        Ok(shown) => state.render(shown, request).await,
        Err(path) => Redirect::to(&path).into_response(),
    }
}

fn wants_json(request: &Request) -> bool {
    request.headers().get(ACCEPT).is_some_and(|accept| accept == "application/json")
}

async fn form(State(state): State<AppState>, request: Request) -> Response {
    handle_server_fns_with_context(state.given(), request).await.into_response()
}

/// It is an `<img>` that asks, so there is no one to be told of a refusal.
async fn seen(State(state): State<AppState>, request: Request) -> StatusCode {
    let (parts, _) = request.into_parts();
    match pages::seen(&Asked::new(&state.page, &parts)).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(app::answers::Refusal(error)) => {
            StatusCode::from_u16(error.code.http_status()).unwrap_or_default()
        }
    }
}

/// A file of the page, or the page that says there is nothing here.
async fn file_or_not_found(State(state): State<AppState>, request: Request) -> Response {
    if let Some(file) = state.assets.serve(request.uri().path(), request.headers()) {
        return file;
    }
    let (parts, body) = request.into_parts();
    let shown = pages::nowhere(&Asked::new(&state.page, &parts));
    state.render(shown, Request::from_parts(parts, body)).await
}

/// Leptos needs these only to reload the page under `cargo leptos watch`: the files' names come from
/// [`Assets`], because a release binary carries them inside.
fn leptos_options() -> LeptosOptions {
    let reload_port = std::env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok());
    LeptosOptions::builder().output_name("beseda").reload_port(reload_port.unwrap_or(3001)).build()
}
