//! The HTML document around the page.

use super::PageContext;
use crate::language::lang;
use crate::root::App;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use leptos::config::LeptosOptions;
use leptos::hydration::AutoReload;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::MetaTags;

pub type Page = AnyView;

/// Where the browser finds what the page is made of.
#[derive(Debug, Clone)]
pub struct PageFiles {
    pub script: String,
    pub wasm: String,
    pub style: String,
}

pub fn shell(options: LeptosOptions) -> Page {
    let Some(PageContext { files, .. }) = use_context() else {
        return ().into_any();
    };
    let PageFiles { script, wasm, style } = files;
    let nonce = use_nonce();
    send_headers(nonce.as_deref());
    // A preload link would fetch the wasm even where scripts are off.
    let fetch = format!("var wasm=fetch('{wasm}')");
    let start = format!(
        "import init,{{hydrate}} from '{script}';init({{module_or_path:wasm}}).then(hydrate)"
    );
    view! {
        <!DOCTYPE html>
        <html lang=lang().code()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content"/>
                <meta name="color-scheme" content="light dark"/>
                <script nonce=nonce.clone()>{fetch}</script>
                <link rel="modulepreload" href=script nonce=nonce.clone()/>
                <link rel="stylesheet" href=style/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="apple-touch-icon" href="/apple-touch-icon.png"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <AutoReload options/>
                <MetaTags/>
                <script type="module" nonce=nonce>{start}</script>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
    .into_any()
}

fn send_headers(nonce: Option<&str>) {
    let Some(response) = use_context::<ResponseOptions>() else {
        return;
    };
    let nonce = nonce.unwrap_or_default();
    // `cargo leptos watch` tells the page to reload over a socket of its own.
    let reload = if std::env::var_os("LEPTOS_WATCH").is_some() { " ws:" } else { "" };
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data:; connect-src 'self'{reload}; manifest-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
    response.insert_header(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
}
