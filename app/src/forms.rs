//! Server functions. The browser calls them when it has wasm; without it they are what a `<form>`
//! posts to, and they answer with a redirect to a page that says what became of it.

use crate::answers::{Lobby, Refusal, RoomView};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use protocol::{ApiError, ClientId};

#[server(prefix = "/data", endpoint = "lobby", input = GetUrl)]
pub async fn load_lobby() -> Result<Lobby, Refusal> {
    crate::ssr::forms::lobby().await
}

#[server(prefix = "/data", endpoint = "room", input = GetUrl)]
pub async fn load_room(slug: String) -> Result<RoomView, Refusal> {
    crate::ssr::forms::room(&slug).await
}

/// Answers with what is wrong with the name, if something is: that is no failure, and the browser's
/// console stays clean.
#[server(prefix = "/forms", endpoint = "sign-in")]
pub async fn sign_in(name: String) -> Result<Option<ApiError>, Refusal> {
    crate::ssr::forms::sign_in(name).await
}

#[server(prefix = "/forms", endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), Refusal> {
    crate::ssr::forms::sign_out().await
}

#[server(prefix = "/forms", endpoint = "message")]
pub async fn post_message(room: String, id: ClientId, text: String) -> Result<(), Refusal> {
    crate::ssr::forms::post_message(room, id, text).await
}

#[server(prefix = "/forms", endpoint = "language")]
#[allow(clippy::unused_async, reason = "server functions are async")]
pub async fn choose_language(lang: crate::words::Lang) -> Result<(), Refusal> {
    crate::ssr::forms::choose_language(lang);
    Ok(())
}
