//! The bodies of the server functions: each asks `chat` and says where to go next.

use super::{asker, context, headers, refusal, session};
use crate::answers::{Lobby, Refusal, Returned, RoomView};
use crate::words::Lang;
use http::StatusCode;
use http::header::ACCEPT;
use leptos::prelude::use_context;
use leptos_axum::{ResponseOptions, redirect};
use protocol::room::GENERAL;
use protocol::{ApiError, ClientId, ErrorCode, MessageKind, Name, Reason, event};
use std::fmt::Write as _;
use uuid::Uuid;

pub(crate) async fn lobby() -> Result<Lobby, Refusal> {
    let context = context()?;
    if asker(&context.chat).await.is_ok() {
        redirect(&room_path(GENERAL));
    }
    Ok(Lobby { online: context.chat.online_count() })
}

pub(crate) async fn room(slug: &str) -> Result<RoomView, Refusal> {
    show_room(slug).await.inspect_err(|Refusal(error)| match error.code {
        ErrorCode::Unauthorized => redirect("/"),
        code => set_status(code),
    })
}

async fn show_room(slug: &str) -> Result<RoomView, Refusal> {
    let context = context()?;
    let chat = &context.chat;
    let who = asker(chat).await?;
    chat.seen(&who).await.map_err(refusal)?;
    let room = chat.join(&who, slug).await.map_err(refusal)?;
    let joined = chat.view(&who, room).await.map_err(refusal)?;
    let returned = context.returned.take(who.session);
    Ok(RoomView { me: who.user, joined, returned, next: ClientId(Uuid::now_v7()) })
}

pub(crate) async fn sign_in(name: String) -> Result<Option<ApiError>, Refusal> {
    let Err(Refusal(error)) = enter(&name).await else {
        redirect(&room_path(GENERAL));
        return Ok(None);
    };
    if is_plain_form() {
        let reason = error.reason().map_or("failed", Reason::name);
        redirect(&format!("/?name={}&problem={reason}", url_escape(&name)));
    }
    Ok(Some(error))
}

async fn enter(name: &str) -> Result<(), Refusal> {
    let name = Name::parse(name).map_err(Refusal)?;
    let signed_in = context()?.chat.sign_in_guest(&name).await.map_err(refusal)?;
    session::remember(&signed_in.token);
    Ok(())
}

pub(crate) async fn sign_out() -> Result<(), Refusal> {
    let chat = context()?.chat;
    if let Ok(who) = asker(&chat).await {
        chat.sign_out(&who).await.map_err(refusal)?;
    }
    session::forget();
    redirect("/");
    Ok(())
}

pub(crate) async fn post_message(room: String, id: ClientId, text: String) -> Result<(), Refusal> {
    let context = context()?;
    let who = match asker(&context.chat).await {
        Ok(who) => who,
        Err(error) => {
            redirect("/");
            return Err(error);
        }
    };
    // A form sends CR LF for a line's end (HTML's rule); everywhere else it is LF.
    let message = event::Send {
        room: room.clone(),
        id,
        text: text.replace("\r\n", "\n"),
        kind: MessageKind::Text,
    };
    let sent = async { context.chat.send(&who, message).await?.durable().await };
    match sent.await {
        Ok(_) => {}
        Err(error) if is_plain_form() => {
            let error = ApiError::from(error);
            context.returned.put(who.session, Returned { text, error });
        }
        Err(error) => return Err(refusal(error)),
    }
    redirect(&room_path(&room));
    Ok(())
}

pub(crate) fn choose_language(lang: Lang) {
    session::remember_language(lang.code());
}

fn room_path(slug: &str) -> String {
    format!("/room/{}", url_escape(slug))
}

/// Whether a browser without wasm sent this form, and expects a page for an answer.
fn is_plain_form() -> bool {
    let accept = headers().and_then(|headers| headers.get(ACCEPT).cloned());
    accept.is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")))
}

fn set_status(code: ErrorCode) {
    if let (Some(response), Ok(status)) =
        (use_context::<ResponseOptions>(), StatusCode::from_u16(code.http_status()))
    {
        response.set_status(status);
    }
}

fn url_escape(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}
