//! Server functions. The browser calls them when it has wasm; without it they are what a `<form>`
//! posts to, and they answer with a redirect to a page that says what became of it.

use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, JsonEncoding};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use protocol::event::Joined;
use protocol::{ApiError, ErrorCode, User};
use serde::{Deserialize, Serialize};

/// An [`ApiError`] as a server function returns it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Refusal(pub ApiError);

impl FromServerFnError for Refusal {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        use ServerFnErrorErr as E;
        Self(match error {
            E::Args(_) | E::MissingArg(_) => {
                ApiError::new(ErrorCode::Validation, "the form is incomplete")
            }
            E::Request(_) | E::Response(_) => ApiError::unavailable(1_000),
            _ => ApiError::internal(),
        })
    }
}

/// What the sign-in page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lobby {
    pub online: usize,
}

/// What the room page shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoomView {
    pub me: User,
    pub joined: Joined,
    /// What the form sent that was refused, once.
    pub returned: Option<Returned>,
    /// The id of the next message that the form sends: sending it twice says it once.
    pub next: protocol::ClientId,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Returned {
    pub text: String,
    pub error: ApiError,
}

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
pub async fn post_message(
    room: String,
    id: protocol::ClientId,
    text: String,
) -> Result<(), Refusal> {
    crate::ssr::forms::post_message(room, id, text).await
}

#[server(prefix = "/forms", endpoint = "language")]
#[allow(clippy::unused_async, reason = "server functions are async")]
pub async fn choose_language(lang: crate::words::Lang) -> Result<(), Refusal> {
    crate::ssr::forms::choose_language(lang);
    Ok(())
}
