//! Coming in, being known, going.

use super::answer::{Answer, Granted, Refusal};
use super::ask::{Ask, Asker, Caller};
use app::ssr::session;
use axum::extract::State;
use axum::response::AppendHeaders;
use chat::store::people;
use chat::{Chat, SignedIn};
use http::HeaderValue;
use http::header::{HeaderName, SET_COOKIE};
use protocol::event::{Done, WhoAmI};
use protocol::{ApiError, Name, Password, Reason, SessionId, User};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// An answer that a browser keeps the session of, or forgets it.
type WithCookie<T> =
    Result<(AppendHeaders<Option<(HeaderName, HeaderValue)>>, Granted<T>), Refusal>;

/// How long an invite lasts when nothing else is said.
const INVITE_HOURS: u32 = 7 * 24;

/// A guest has no password, an account has one.
#[derive(Deserialize, ToSchema)]
pub(super) struct SignIn {
    name: String,
    password: Option<String>,
    /// Makes an account of this name.
    #[serde(default)]
    register: bool,
    /// Lets one make an account where not everyone may.
    invite: Option<String>,
}

/// Who one is from now on. The token is for programs, and lasts 24 hours.
#[derive(Serialize, ToSchema)]
pub(super) struct Welcome {
    user: User,
    token: String,
}

/// Without `old` a guest's first password, which makes an account of them.
#[derive(Deserialize, ToSchema)]
pub(super) struct SetPassword {
    password: String,
    old: Option<String>,
    /// Lets one make an account where not everyone may.
    invite: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Sessions {
    sessions: Vec<Session>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Session {
    id: SessionId,
    kind: SessionKind,
    /// What its holder calls itself.
    label: String,
    created_at: i64,
    seen_at: i64,
    expires_at: i64,
    /// Whether it is the one that asks.
    current: bool,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum SessionKind {
    /// Held in a cookie.
    Browser,
    /// Held as a token.
    Program,
}

/// Names a session.
#[derive(Deserialize, ToSchema)]
pub(super) struct OfSession {
    id: SessionId,
}

/// A code for new accounts; whoever uses it may enter the room, if one is named.
#[derive(Deserialize, ToSchema)]
pub(super) struct MakeInvite {
    room: Option<String>,
    /// For how many people it is good; 1 when nothing is said.
    uses: Option<u32>,
    /// How long it lasts; a week when nothing is said.
    hours: Option<u32>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Invited {
    invite: String,
}

pub(super) async fn sign_in(
    State(chat): State<Chat>,
    caller: Caller,
    Ask(ask): Ask<SignIn>,
) -> WithCookie<Welcome> {
    let from = caller.address;
    let signed_in = match (&ask.password, ask.register) {
        (Some(password), false) => chat.sign_in(&ask.name, password, from).await?,
        (Some(password), true) => {
            let (name, password) = (Name::parse(&ask.name)?, Password::parse(password)?);
            chat.register(&name, &password, ask.invite.as_deref(), from).await?
        }
        (None, false) => chat.sign_in_guest(&Name::parse(&ask.name)?, from).await?,
        (None, true) => {
            let told = "an account needs a `password`";
            return Err(ApiError::invalid("password", Reason::Empty, told).into());
        }
    };
    welcome(&chat, signed_in, &caller.agent).await
}

pub(super) async fn who_am_i(State(chat): State<Chat>, Asker(who): Asker) -> Answer<WhoAmI> {
    let user = chat.whoami(&who).await?;
    Ok(Granted(WhoAmI { user, server: crate::server_info() }))
}

pub(super) async fn sign_out(State(chat): State<Chat>, Asker(who): Asker) -> WithCookie<Done> {
    chat.sign_out(&who).await?;
    Ok((set_cookie(session::forgotten()), Granted(Done {})))
}

pub(super) async fn set_password(
    State(chat): State<Chat>,
    Asker(who): Asker,
    caller: Caller,
    Ask(ask): Ask<SetPassword>,
) -> WithCookie<Welcome> {
    let password = Password::parse(&ask.password)?;
    let signed_in = match &ask.old {
        Some(old) => chat.change_password(&who, old, &password).await?,
        None => chat.become_account(&who, &password, ask.invite.as_deref()).await?,
    };
    welcome(&chat, signed_in, &caller.agent).await
}

pub(super) async fn list(State(chat): State<Chat>, Asker(who): Asker) -> Answer<Sessions> {
    let sessions = chat.sessions(&who).await?.into_iter().map(|session| Session {
        id: session.id,
        kind: match session.kind {
            people::SessionKind::Browser => SessionKind::Browser,
            people::SessionKind::Program | people::SessionKind::Visit => SessionKind::Program,
        },
        label: session.label,
        created_at: session.created_at,
        seen_at: session.seen_at,
        expires_at: session.expires_at,
        current: session.id == who.session,
    });
    Ok(Granted(Sessions { sessions: sessions.collect() }))
}

pub(super) async fn revoke(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<OfSession>,
) -> Answer<Done> {
    chat.revoke(&who, ask.id).await?;
    Ok(Granted(Done {}))
}

pub(super) async fn make_invite(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<MakeInvite>,
) -> Answer<Invited> {
    let lasts = Duration::from_hours(ask.hours.unwrap_or(INVITE_HOURS).into());
    let room = ask.room.as_deref();
    let code = chat.make_invite(&who, room, ask.uses.unwrap_or(1), lasts).await?;
    Ok(Granted(Invited { invite: code.as_str().to_owned() }))
}

async fn welcome(chat: &Chat, signed_in: SignedIn, agent: &str) -> WithCookie<Welcome> {
    let token = chat.program_token(&signed_in.identity, agent).await?;
    let (user, token) = (signed_in.identity.user, token.as_str().to_owned());
    Ok((set_cookie(session::kept(&signed_in.token)), Granted(Welcome { user, token })))
}

fn set_cookie(cookie: Option<HeaderValue>) -> AppendHeaders<Option<(HeaderName, HeaderValue)>> {
    AppendHeaders(cookie.map(|cookie| (SET_COOKIE, cookie)))
}
