use super::signer::Claims;
use super::token::TokenHash;
use super::{Address, Identity, Token};
use crate::chat::Chat;
use crate::error::Error;
use crate::store::people::{NewSession, Person, Session, SessionKey, SessionKind};
use crate::store::rooms::Counted;
use crate::store::{Store, StoreError};
use crate::time::{millis, now};
use protocol::limits::{Limit, TOKEN_LASTS};
use protocol::{ApiError, Reason, RoomId, SessionId, User, UserId};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long a browser stays signed in; its cookie lasts no longer anyway.
const BROWSER_LASTS: Duration = Duration::from_hours(24 * 400);
/// When a session was last used is kept as precisely as this.
const TOUCH_AFTER: Duration = Duration::from_hours(1);

const LABEL_CHARS: usize = 100;

#[derive(Debug)]
pub struct SignedIn {
    pub identity: Identity,
    pub token: Token,
}

impl Chat {
    pub async fn authenticate(&self, token: &Token, from: Address) -> Result<Identity, Error> {
        let key = self.session_key(token).ok_or_else(ApiError::unauthorized)?;
        let found = match key {
            SessionKey::Token(token) => self.house.holders.ask(token).await?,
            SessionKey::Id(_) => self.house.store.session(key, now()).await?,
        };
        let (session, person) = found.ok_or_else(ApiError::unauthorized)?;
        refuse_barred(&person)?;
        if person.user.guest {
            self.refuse_banned(from).await?;
            if !self.house.guests {
                return Err(ApiError::unauthorized().into());
            }
        }
        if session.seen_at + millis(TOUCH_AFTER) < now() {
            self.house.store.touch_session(session.id, now()).await?;
        }
        Ok(Identity { user: person.user, session: session.id, address: from })
    }

    /// Who asks, as they are now.
    pub async fn whoami(&self, who: &Identity) -> Result<User, Error> {
        Ok(self.person(who).await?.user.clone())
    }

    pub async fn sign_out(&self, who: &Identity) -> Result<(), Error> {
        self.revoke(who, who.session).await?;
        // Elsewhere they may be signed in, and here.
        if self.house.store.sessions_of(who.user.id, now()).await?.is_empty() {
            self.forget(who.user.id).await;
        }
        Ok(())
    }

    pub async fn sessions(&self, who: &Identity) -> Result<Vec<Session>, Error> {
        self.person(who).await?;
        Ok(self.house.store.sessions_of(who.user.id, now()).await?)
    }

    /// Ends a session of one's own.
    pub async fn revoke(&self, who: &Identity, session: SessionId) -> Result<(), Error> {
        self.end_one(who.user.id, session).await
    }

    pub(crate) async fn end_one(&self, user: UserId, session: SessionId) -> Result<(), Error> {
        if !self.house.store.end_session(user, session, now()).await? {
            return Err(ApiError::not_found("session").into());
        }
        self.house.standings.forget_person(user);
        self.tell_revoked().await
    }

    /// Ends all of one's sessions but the one that asks.
    pub async fn revoke_others(&self, who: &Identity) -> Result<(), Error> {
        self.person(who).await?;
        self.house.store.end_sessions(who.user.id, Some(who.session), now()).await?;
        self.house.standings.forget_person(who.user.id);
        self.tell_revoked().await
    }

    /// Says what the session that asks is held by, such as a browser's name.
    pub async fn label_session(&self, who: &Identity, label: &str) -> Result<(), Error> {
        Ok(self.house.store.label_session(who.session, &tidy_label(label)).await?)
    }

    /// A token for a program, in the name of whoever asks. It lasts a day, or until it is revoked.
    pub async fn program_token(&self, who: &Identity, label: &str) -> Result<Token, Error> {
        let person = self.person(who).await?;
        self.issue(person.user.id, label).await.map(|(token, _)| token)
    }

    pub(crate) async fn issue(
        &self,
        user: UserId,
        label: &str,
    ) -> Result<(Token, SessionId), Error> {
        let session =
            self.add_session(user, SessionKind::Program, None, label, None, TOKEN_LASTS).await?;
        let seconds = now() / 1_000;
        let lasts = i64::try_from(TOKEN_LASTS.as_secs()).unwrap_or(i64::MAX);
        let claims = Claims { sub: user, sid: session, iat: seconds, exp: seconds + lasts };
        let token = self.house.signer.sign(&claims).ok_or_else(ApiError::internal)?;
        Ok((Token::from_text(&token), session))
    }

    pub(super) async fn begin_session(
        &self,
        user: User,
        from: Address,
        label: &str,
    ) -> Result<SignedIn, Error> {
        let token = Token::random().map_err(|_| ApiError::internal())?;
        let kind = SessionKind::Browser;
        let session =
            self.add_session(user.id, kind, Some(&token), label, Some(from), BROWSER_LASTS).await?;
        let identity = Identity { user, session, address: from };
        self.seen(&identity).await?;
        Ok(SignedIn { identity, token })
    }

    async fn add_session(
        &self,
        user: UserId,
        kind: SessionKind,
        token: Option<&Token>,
        label: &str,
        from: Option<Address>,
        lasts: Duration,
    ) -> Result<SessionId, Error> {
        let (id, at) = (SessionId(Uuid::now_v7()), now());
        let session = NewSession {
            id,
            user,
            kind,
            token: token.map(Token::hash),
            label: tidy_label(label),
            address: from.map(Address::bannable).unwrap_or_default(),
            at,
            expires_at: at + millis(lasts),
        };
        self.house.store.add_session(&session).await?;
        Ok(id)
    }

    pub(crate) fn session_key(&self, token: &Token) -> Option<SessionKey> {
        if token.is_signed() {
            self.house.signer.read(token.as_str()).map(|claims| SessionKey::Id(claims.sid))
        } else {
            Some(SessionKey::Token(token.hash()))
        }
    }

    /// A session that no one holds a token of: the open door's.
    pub(super) async fn begin_visit(&self, user: User, from: Address) -> Result<Identity, Error> {
        let kind = SessionKind::Visit;
        let session = self.add_session(user.id, kind, None, "", Some(from), BROWSER_LASTS).await?;
        Ok(Identity { user, session, address: from })
    }

    /// Only guests' addresses are banned; an account can't be made there either.
    pub(super) async fn refuse_banned(&self, from: Address) -> Result<(), Error> {
        if self.is_banned(from).await? { Err(banned(None).into()) } else { Ok(()) }
    }

    /// A page was read or a form was sent: its reader is here, socket or not.
    pub async fn seen(&self, who: &Identity) -> Result<(), Error> {
        let rooms = self.house.store.rooms_of(who.user.id).await?;
        self.house.presence.seen(&who.user, rooms).await;
        Ok(())
    }

    /// One more socket. Answers the rooms that its owner is a member of.
    pub async fn connected(&self, who: &Identity) -> Result<Vec<RoomId>, Error> {
        let theirs = self.house.memberships.ask(who.user.id).await?;
        let rooms: Vec<RoomId> = theirs.iter().map(|counted| counted.room).collect();
        self.house.presence.connected(&who.user, rooms.clone()).await;
        let revs = theirs.into_iter().map(|counted| (counted.room, counted.rev)).collect();
        self.house.sequence.reaches(revs).await;
        Ok(rooms)
    }

    /// A socket has gone that no one waits for.
    pub async fn dropped(&self, user: UserId) {
        self.house.presence.dropped(user).await;
    }

    /// Whether someone from there may knock once more.
    pub async fn may_connect(&self, from: Address) -> Result<(), Error> {
        self.house.limits.check_address(Limit::Connect, from).await
    }

    /// Whether someone may ask anything at all just now. Each node counts for itself: to ask the others would
    /// cost more than most of what is asked.
    pub fn may_ask(&self, who: &Identity) -> Result<(), Error> {
        self.house.limits.check_here(Limit::Event, who)
    }

    pub async fn disconnected(&self, user: UserId) {
        self.house.presence.disconnected(user).await;
    }
}

fn banned(until: Option<i64>) -> ApiError {
    let error = ApiError::forbidden("you are banned here").because("user", Reason::Banned);
    match until.map(|until| until.saturating_sub(now())).and_then(|wait| u64::try_from(wait).ok()) {
        Some(wait) if wait < millis(BROWSER_LASTS).unsigned_abs() => error.after(wait),
        _ => error,
    }
}

pub(crate) fn refuse_barred(person: &Person) -> Result<(), Error> {
    if person.disabled {
        return Err(ApiError::unauthorized().into());
    }
    match person.banned_until {
        Some(until) if until > now() => Err(banned(Some(until)).into()),
        _ => Ok(()),
    }
}

/// Short, and with nothing in it that can't be shown.
pub(crate) fn tidy_label(label: &str) -> String {
    label.chars().filter(|c| !c.is_control()).take(LABEL_CHARS).collect()
}

/// Whose sessions these tokens open.
pub(crate) async fn holders(
    store: Arc<dyn Store>,
    tokens: Vec<TokenHash>,
) -> Result<Vec<Option<(Session, Person)>>, StoreError> {
    let found = store.sessions(&tokens, now()).await?;
    let holders: HashMap<TokenHash, (Session, Person)> =
        found.into_iter().map(|(token, session, person)| (token, (session, person))).collect();
    Ok(tokens.iter().map(|token| holders.get(token).cloned()).collect())
}

/// The rooms that each is a member of.
pub(crate) async fn memberships(
    store: Arc<dyn Store>,
    users: Vec<UserId>,
) -> Result<Vec<Vec<Counted>>, StoreError> {
    let mut theirs: HashMap<UserId, Vec<Counted>> = HashMap::new();
    for (user, counted) in store.memberships(&users).await? {
        theirs.entry(user).or_default().push(counted);
    }
    Ok(users.iter().map(|user| theirs.get(user).cloned().unwrap_or_default()).collect())
}
