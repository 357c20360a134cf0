//! The bodies of the server functions: each asks `chat` and says where to go next.

pub(crate) mod answer;
pub(crate) mod messages;
pub(crate) mod moderation;
pub(crate) mod people;
pub(crate) mod rooms;
pub(crate) mod settings;
pub(crate) mod todos;

use super::sheets::parts::referring_room;
use super::{Asked, session};
use crate::answers::Refusal;
use crate::room::address::escape;
use chat::SignedIn;
use leptos_axum::redirect;
use protocol::{ApiError, ErrorCode, Reason};

pub(crate) fn room_path(slug: &str) -> String {
    format!("/room/{}", escape(slug))
}

/// The room that a form stands in. The form knows its id; people know its name, or whom they talk to there.
fn back(asked: &Asked, room: &str) -> String {
    referring_room(asked).unwrap_or_else(|| room_path(room))
}

/// Where one signs in, and comes back from.
pub(crate) fn sign_in_path(next: &str) -> String {
    if next == "/" { "/".into() } else { format!("/?next={}", escape(next)) }
}

/// Only a place of ours, whatever the form says.
pub(crate) fn onward(next: &str) -> Option<&str> {
    let ours = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    (ours && !next.contains(char::is_control)).then_some(next)
}

/// The word for a refusal in an address.
pub(crate) fn problem(error: &ApiError) -> &'static str {
    match (error.reason(), error.code) {
        (Some(reason), _) => Reason::name(reason),
        (None, ErrorCode::RateLimited) => "rate-limited",
        _ => "failed",
    }
}

/// Without a session one has to sign in; any other refusal is the form's to tell.
fn or_sign_in(error: Refusal) -> Refusal {
    if error.0.code == ErrorCode::Unauthorized {
        redirect("/");
    }
    error
}

/// The browser is signed in from now on.
async fn remember(asked: &Asked, signed_in: &SignedIn) -> Result<(), chat::Error> {
    session::remember(&signed_in.token, &signed_in.identity.user.name);
    asked.chat().label_session(&signed_in.identity, &session::label(asked.headers())).await
}

/// Who sent this form.
async fn sender() -> Result<(Asked, chat::Identity), Refusal> {
    let asked = Asked::here()?;
    let who = asked.who().await.map_err(or_sign_in)?;
    Ok((asked, who))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_sent_on_only_to_a_place_of_ours() {
        assert_eq!(onward("/room/x?at=3"), Some("/room/x?at=3"));
        for elsewhere in ["", "//evil.example", "https://evil.example", "/\\evil", "/a\nb"] {
            assert_eq!(onward(elsewhere), None, "{elsewhere}");
        }
    }
}
