//! The HTML document around a page.

use super::PageContext;
use super::pages::{Body, SEEN, Shown};
use super::session;
use super::sheets::Sheet;
use super::sheets::outcome::Way;
use crate::page::{Page, Screen};
use crate::root::App;
use crate::time::Clock;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use leptos::config::LeptosOptions;
use leptos::hydration::AutoReload;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use std::sync::Arc;

/// Where the browser finds what the pages are made of.
#[derive(Debug, Clone)]
pub struct PageFiles {
    pub chat: Files,
    /// What the admin's page loads besides. Without it nothing lives there.
    pub admin: Option<Files>,
}

#[derive(Debug, Clone)]
pub struct Files {
    pub script: String,
    pub wasm: String,
    pub style: String,
}

pub fn shell(options: LeptosOptions, shown: &Arc<Shown>) -> AnyView {
    let Some(PageContext { files, .. }) = use_context() else {
        return ().into_any();
    };
    let asked = super::Asked::here().ok();
    let chosen = |name| asked.as_ref().and_then(|asked| asked.cookie(name));
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    send_headers(&nonce, shown);
    provide_context(shown.frame.lang);
    let admin = files.admin.filter(|_| matches!(shown.body, Body::Admin(_)));
    let scripts = match (&shown.body, &admin) {
        (Body::Live(_), _) => Some(scripts(&files.chat, &nonce)),
        (Body::Admin(_), Some(files)) => Some(scripts(files, &nonce)),
        _ => None,
    };
    let more_style = admin.map(|files| view! { <link rel="stylesheet" href=files.style/> });
    view! {
        <!DOCTYPE html>
        <html
            lang=shown.frame.lang.code()
            data-theme=chosen(session::THEME) data-motion=chosen(session::MOTION)
        >
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f4f3ef"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0c0f0e"/>
                <title>{shown.title.clone()}</title>
                {scripts}
                <link rel="stylesheet" href=files.chat.style/>
                {more_style}
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="apple-touch-icon" href="/apple-touch-icon.png"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <AutoReload options/>
            </head>
            {match (&shown.body, shown.page()) {
                (_, Some(page)) => live(page),
                (Body::Sheet(sheet), None) => {
                    provide_context(Clock::new(shown.frame));
                    sheet_body(sheet)
                }
                (Body::Admin(view), None) => {
                    provide_context(Clock::new(shown.frame));
                    admin_body(view)
                }
                (Body::Live(_), None) => ().into_any(),
            }}
        </html>
    }
    .into_any()
}

fn scripts(files: &Files, nonce: &str) -> AnyView {
    let Files { script, wasm, .. } = files;
    // A preload link would fetch the wasm even where scripts are off.
    let fetch = format!("var wasm=fetch('{wasm}')");
    let start = format!(
        "import init,{{hydrate}} from '{script}';init({{module_or_path:wasm}}).then(hydrate)"
    );
    view! {
        <script nonce=nonce.to_owned()>{fetch}</script>
        <link rel="modulepreload" href=script.clone() nonce=nonce.to_owned()/>
        <script type="module" nonce=nonce.to_owned()>{start}</script>
    }
    .into_any()
}

fn live(page: Page) -> AnyView {
    let json = inside_script(&serde_json::to_string(&page).unwrap_or_default());
    let screen = match page.screen {
        Screen::SignIn(_) => "sign-in",
        Screen::Chat(_) => "chat",
    };
    let seen = seen(&page.screen).map(|seen| {
        view! { <noscript><img src=seen alt="" hidden/></noscript> }
    });
    view! {
        <body data-screen=screen>
            <div id="app"><App page/></div>
            {seen}
            <script type="application/json" id="page" inner_html=json></script>
        </body>
    }
    .into_any()
}

/// Only this could end a script.
fn inside_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// Without a script, that the browser asks for this "image" says that what the page shows has been seen.
fn seen(screen: &Screen) -> Option<String> {
    let Screen::Chat(desk) = screen else { return None };
    let last = desk.joined.messages.iter().map(|message| message.seq).max()?;
    let room = desk.joined.room.id.to_string();
    Some(Way::to(SEEN).with("room", &room).with("seq", &last.to_string()).path())
}

fn sheet_body(sheet: &Sheet) -> AnyView {
    view! { <body>{sheet.view()}</body> }.into_any()
}

fn admin_body(view: &super::admin::View) -> AnyView {
    let json = inside_script(&view.json());
    view! {
        <body data-screen="admin">
            {view.view()}
            <script type="application/json" id="board" inner_html=json></script>
        </body>
    }
    .into_any()
}

fn send_headers(nonce: &str, shown: &Shown) {
    let Some(response) = use_context::<ResponseOptions>() else {
        return;
    };
    response.set_status(shown.status());
    // `cargo leptos watch` tells the page to reload over a socket of its own.
    let reload = if std::env::var_os("LEPTOS_WATCH").is_some() { " ws:" } else { "" };
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'{reload}; \
         manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
    response.insert_header(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
}
