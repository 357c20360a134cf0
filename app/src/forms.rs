//! Server functions: what every form posts to, with wasm and without. Each answers with a redirect to a
//! page that says what became of it.

use crate::answers::Refusal;
use leptos::prelude::*;
use protocol::{ClientId, MessageId, Role, SessionId, TodoId, UserId};

#[server(prefix = "/forms", endpoint = "sign-in")]
pub async fn sign_in(
    name: String,
    #[server(default)] password: String,
    #[server(default)] with: String,
    #[server(default)] invite: String,
    #[server(default)] next: String,
) -> Result<(), Refusal> {
    let door = crate::page::Door::named(&with, invite);
    crate::ssr::forms::people::sign_in(door, name, password, next).await
}

#[server(prefix = "/forms", endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), Refusal> {
    crate::ssr::forms::people::sign_out().await
}

#[server(prefix = "/forms", endpoint = "message")]
pub async fn post_message(
    room: String,
    id: ClientId,
    text: String,
    #[server(default)] reply_to: Option<MessageId>,
) -> Result<(), Refusal> {
    crate::ssr::forms::messages::post(room, id, text, reply_to).await
}

#[server(prefix = "/forms", endpoint = "edit")]
pub async fn edit_message(room: String, message: MessageId, text: String) -> Result<(), Refusal> {
    crate::ssr::forms::messages::edit(room, message, text).await
}

#[server(prefix = "/forms", endpoint = "delete")]
pub async fn delete_message(room: String, message: MessageId) -> Result<(), Refusal> {
    crate::ssr::forms::messages::delete(room, message).await
}

#[server(prefix = "/forms", endpoint = "todo")]
pub async fn add_todo(room: String, title: String) -> Result<(), Refusal> {
    crate::ssr::forms::todos::add(room, title).await
}

/// Removed, or done, or not done after all.
#[server(prefix = "/forms", endpoint = "change-todo")]
pub async fn change_todo(
    room: String,
    todo: TodoId,
    #[server(default)] done: String,
    #[server(default)] remove: String,
) -> Result<(), Refusal> {
    if ticked(&remove) {
        crate::ssr::forms::todos::remove(room, todo).await
    } else {
        crate::ssr::forms::todos::tick(room, todo, ticked(&done)).await
    }
}

#[server(prefix = "/forms", endpoint = "language")]
#[allow(clippy::unused_async, reason = "server functions are async")]
pub async fn choose_language(lang: crate::words::Lang) -> Result<(), Refusal> {
    crate::ssr::session::choose(crate::ssr::session::LANGUAGE, lang.code());
    Ok(())
}

#[server(prefix = "/forms", endpoint = "looks")]
#[allow(clippy::unused_async, reason = "server functions are async")]
pub async fn choose_looks(
    lang: crate::words::Lang,
    #[server(default)] theme: String,
    #[server(default)] motion: String,
    #[server(default)] sounds: String,
    #[server(default)] notify: String,
    #[server(default)] from: String,
) -> Result<(), Refusal> {
    let (sounds, notify) = (ticked(&sounds), ticked(&notify));
    let looks = crate::ssr::forms::settings::Looks { lang, theme, motion, sounds, notify };
    crate::ssr::forms::settings::looks(&looks, &from);
    Ok(())
}

#[server(prefix = "/forms", endpoint = "set-password")]
pub async fn set_password(
    password: String,
    #[server(default)] invite: String,
    #[server(default)] from: String,
) -> Result<(), Refusal> {
    crate::ssr::forms::settings::set_password(password, invite, from).await
}

#[server(prefix = "/forms", endpoint = "change-password")]
pub async fn change_password(
    old: String,
    password: String,
    #[server(default)] from: String,
) -> Result<(), Refusal> {
    crate::ssr::forms::settings::change_password(old, password, from).await
}

#[server(prefix = "/forms", endpoint = "end-session")]
pub async fn end_session(
    session: SessionId,
    #[server(default)] from: String,
) -> Result<(), Refusal> {
    crate::ssr::forms::settings::end_session(session, from).await
}

#[server(prefix = "/forms", endpoint = "end-other-sessions")]
pub async fn end_other_sessions(#[server(default)] from: String) -> Result<(), Refusal> {
    crate::ssr::forms::settings::end_other_sessions(from).await
}

#[server(prefix = "/forms", endpoint = "token")]
pub async fn make_token(
    #[server(default)] label: String,
    #[server(default)] from: String,
) -> Result<(), Refusal> {
    crate::ssr::forms::settings::make_token(label, from).await
}

#[server(prefix = "/forms", endpoint = "create-room")]
pub async fn create_room(
    name: String,
    #[server(default)] topic: String,
    #[server(default)] private: String,
    #[server(default)] max_users: String,
    #[server(default)] from: String,
) -> Result<(), Refusal> {
    let private = ticked(&private);
    let new = crate::ssr::forms::rooms::New { name, topic, private, max_users, from };
    crate::ssr::forms::rooms::create(new).await
}

#[server(prefix = "/forms", endpoint = "update-room")]
pub async fn update_room(
    room: String,
    name: String,
    #[server(default)] topic: String,
    #[server(default)] max_users: String,
) -> Result<(), Refusal> {
    crate::ssr::forms::rooms::update(room, name, topic, max_users).await
}

#[server(prefix = "/forms", endpoint = "invite-member")]
pub async fn invite_member(room: String, user: String) -> Result<(), Refusal> {
    crate::ssr::forms::rooms::invite(room, user).await
}

#[server(prefix = "/forms", endpoint = "remove-member")]
pub async fn remove_member(room: String, user: String) -> Result<(), Refusal> {
    crate::ssr::forms::rooms::remove(room, user).await
}

#[server(prefix = "/forms", endpoint = "leave-room")]
pub async fn leave_room(room: String) -> Result<(), Refusal> {
    crate::ssr::forms::rooms::leave(room).await
}

#[server(prefix = "/forms", endpoint = "archive-room")]
pub async fn archive_room(room: String, #[server(default)] sure: String) -> Result<(), Refusal> {
    crate::ssr::forms::rooms::archive(room, ticked(&sure)).await
}

#[server(prefix = "/forms", endpoint = "delete-room")]
pub async fn delete_room(room: String, #[server(default)] sure: String) -> Result<(), Refusal> {
    crate::ssr::forms::rooms::delete(room, ticked(&sure)).await
}

#[server(prefix = "/forms", endpoint = "kick")]
pub async fn kick(
    user: UserId,
    #[server(default)] reason: String,
    #[server(default)] from: String,
) -> Result<(), Refusal> {
    crate::ssr::forms::moderation::kick(user, reason, from).await
}

/// Without `minutes` for good.
#[server(prefix = "/forms", endpoint = "ban")]
pub async fn ban(
    user: UserId,
    #[server(default)] minutes: String,
    #[server(default)] reason: String,
    #[server(default)] from: String,
) -> Result<(), Refusal> {
    crate::ssr::forms::moderation::ban(user, minutes, reason, from).await
}

#[server(prefix = "/forms", endpoint = "unban")]
pub async fn unban(user: UserId, #[server(default)] from: String) -> Result<(), Refusal> {
    crate::ssr::forms::moderation::unban(user, from).await
}

/// No minutes at all (0) end it.
#[server(prefix = "/forms", endpoint = "mute")]
pub async fn mute(
    user: UserId,
    minutes: u32,
    #[server(default)] from: String,
) -> Result<(), Refusal> {
    crate::ssr::forms::moderation::mute(user, minutes, from).await
}

#[server(prefix = "/forms", endpoint = "set-role")]
pub async fn set_role(
    user: UserId,
    role: Role,
    #[server(default)] from: String,
) -> Result<(), Refusal> {
    crate::ssr::forms::moderation::set_role(user, role, from).await
}

/// Without a session all of theirs.
#[server(prefix = "/forms", endpoint = "revoke")]
pub async fn revoke(
    user: UserId,
    #[server(default)] session: Option<SessionId>,
    #[server(default)] from: String,
) -> Result<(), Refusal> {
    crate::ssr::forms::moderation::revoke(user, session, from).await
}

#[server(prefix = "/forms", endpoint = "announce")]
pub async fn announce(text: String) -> Result<(), Refusal> {
    crate::ssr::forms::moderation::announce(text).await
}

#[server(prefix = "/forms", endpoint = "invite-link")]
pub async fn make_invite(
    #[server(default)] uses: String,
    #[server(default)] days: String,
    #[server(default)] room: String,
    #[server(default)] from: String,
) -> Result<(), Refusal> {
    crate::ssr::forms::moderation::make_invite(uses, days, room, from).await
}

/// A browser sends a box that isn't ticked not at all.
#[cfg(feature = "ssr")]
fn ticked(sent: &str) -> bool {
    !sent.is_empty()
}
