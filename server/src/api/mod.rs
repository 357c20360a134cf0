//! The API over HTTP, `/api/v1`: what the sockets' events do, for programs and pages without a socket.
//! A handler asks `chat` with the same payload as the event and answers the same body as its ack.
//!
//! | file | holds |
//! |---|---|
//! | this one | every route |
//! | `session` `rooms` `messages` `search` `todos` `notifications` `admin` | the handlers, by family |
//! | `ask` | what a request says: who asks, and for what |
//! | `answer` | what it is told |
//! | `route` | how a route documents itself |
//! | `openapi` `asyncapi` | the documents: of this API, of the sockets' events |

mod admin;
mod answer;
mod ask;
mod asyncapi;
mod messages;
mod notifications;
mod openapi;
mod rooms;
mod route;
mod search;
mod session;
mod todos;

pub(crate) use answer::Refusal;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use chat::Chat;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use protocol::{ApiError, ErrorCode};
use route::Table;
use serde_json::Value;
use std::sync::{Arc, LazyLock};
use tracing::Instrument;

/// Every route below `/api/v1`. In a path, `{room}` is an id or a slug.
fn table() -> Table {
    Table::default()
        .family("session", "Coming in, being known, going")
        .post("/session", session::sign_in, "Sign in, or make an account")
        .get("/session", session::who_am_i, "Who one is")
        .delete("/session", session::sign_out, "Sign out")
        .post("/password", session::set_password, "Set or change one's password")
        .get("/sessions", session::list, "Where one is signed in")
        .delete("/sessions/{id}", session::revoke, "End one of one's sessions")
        .post("/invites", session::make_invite, "Make a code with which accounts are made")
        .family("rooms", "Rooms and who is in them")
        .get("/rooms", rooms::list, "The rooms that one is in, and the public ones")
        .post("/rooms", rooms::create, "Make a room")
        .patch("/rooms/{room}", rooms::update, "Change a room's name, topic or size")
        .delete("/rooms/{room}", rooms::delete, "Delete a room")
        .post("/rooms/{room}/archive", rooms::archive, "Have nothing more said in a room")
        .post("/rooms/{room}/join", rooms::join, "Enter a room, or look at one that one is in")
        .post("/rooms/{room}/leave", rooms::leave, "Leave a room")
        .post("/rooms/{room}/invite", rooms::invite, "Invite someone into a room")
        .get("/rooms/{room}/members", rooms::members, "Who is a member")
        .delete("/rooms/{room}/members/{user}", rooms::remove_member, "Send a member out")
        .get("/rooms/{room}/presence", rooms::presence, "Who is online there")
        .post("/dms", rooms::open_dm, "Open the direct room with someone")
        .family("messages", "What is said")
        .get("/rooms/{room}/messages", messages::history, "What was said, before or after a place")
        .post(
            "/rooms/{room}/messages",
            messages::send,
            "Say something, once however often it is sent",
        )
        .patch("/rooms/{room}/messages/{message}", messages::edit, "Change one's message")
        .delete("/rooms/{room}/messages/{message}", messages::delete, "Delete a message")
        .post("/rooms/{room}/read", messages::read, "Mark a room as read up to a message")
        .post("/sync", messages::sync, "What has changed in rooms since")
        .get("/search", search::search, "Find words in one's rooms")
        .family("todos", "What a room wants done")
        .get("/rooms/{room}/todos", todos::list, "The room's to-do list")
        .post("/rooms/{room}/todos", todos::add, "Add to it")
        .patch("/rooms/{room}/todos/{todo}", todos::tick, "Tick something off, or not")
        .delete("/rooms/{room}/todos/{todo}", todos::remove, "Take something off the list")
        .family("notifications", "What one is told although the room isn't open")
        .get("/notifications", notifications::list, "What one was told and has not dismissed")
        .delete("/notifications/{id}", notifications::dismiss, "Dismiss a notification")
        .family("admin", "What moderators do and see")
        .post("/admin/kick", admin::kick, "Send someone out of a room, or of the house")
        .post("/admin/ban", admin::ban, "Keep someone out for a while, or for good")
        .post("/admin/unban", admin::unban, "Let someone in again")
        .post("/admin/mute", admin::mute, "Have someone say nothing for a while")
        .post("/admin/set-role", admin::set_role, "Make someone a member, moderator or admin")
        .post("/admin/announce", admin::announce, "Tell everyone something")
        .post("/admin/revoke", admin::revoke, "End a session of someone's, or all of them")
        .get("/admin/people", admin::people, "Everyone, or those whose name begins so")
        .get("/admin/people/{user}/sessions", admin::sessions, "Where someone is signed in")
        .get("/admin/rooms", admin::rooms, "The public rooms, or those whose name begins so")
        .get("/admin/audit", admin::audit, "Who did what to whom")
}

/// What the router nests at `/api`.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(chat: Chat) -> Router<S> {
    let (routes, documentation) = table().finish();
    // Few ask for them, and every start would wait.
    let openapi = document(move || openapi::document(documentation));
    let asyncapi = document(asyncapi::document);
    Router::new()
        .nest("/v1", routes.with_state(chat).layer(middleware::from_fn(to_the_end)))
        .route("/openapi.json", openapi)
        .route("/asyncapi.json", asyncapi)
        .fallback(nowhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn(keep_private))
}

/// A route that writes its document when it is asked for the first time.
fn document<S: Clone + Send + Sync + 'static>(
    write: impl FnOnce() -> Value + Send + 'static,
) -> MethodRouter<S> {
    let written = Arc::new(LazyLock::new(|| write().to_string()));
    get(async move || ([(CONTENT_TYPE, "application/json")], String::clone(&written)))
}

/// Whoever hangs up would stop a command in the middle: a ban that is in no log, a member whom no one
/// is told of. A task of its own is not stopped.
async fn to_the_end(request: Request, next: Next) -> Response {
    match tokio::spawn(next.run(request).in_current_span()).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "a handler failed");
            Refusal(ApiError::internal()).into_response()
        }
    }
}

/// No one between us and the asker keeps an answer: it is theirs alone.
async fn keep_private(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

pub(crate) async fn nowhere() -> Refusal {
    ApiError::not_found("address; /api/openapi.json lists them all").into()
}

async fn wrong_method() -> impl IntoResponse {
    let told = "that can't be done at this address; the header Allow says what can";
    let refusal = Refusal(ApiError::new(ErrorCode::Validation, told));
    (StatusCode::METHOD_NOT_ALLOWED, refusal)
}
