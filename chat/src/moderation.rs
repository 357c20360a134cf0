//! What moderators do to people, and the log of it.

use crate::announcement::Announcement;
use crate::chat::Chat;
use crate::error::Error;
use crate::people::Identity;
use crate::permissions::{self, Duty};
use crate::store::people::{NewAudit, Person};
use crate::time::{millis, now};
use protocol::event::{
    Announce, AuditPage, Ban, InRoomUser, Kick, Kicked, ListAudit, Mute, Revoke, SetRole, Unban,
};
use protocol::limits::{PAGE, PAGE_MAX, REASON_CHARS};
use protocol::{ApiError, MessageText, Reason, RoomId, UserId};
use std::time::Duration;

/// A year is as long as for good.
const MINUTES_MAX: u32 = 60 * 24 * 366;

impl Chat {
    /// Sends someone out: of a room, or of the house, where their sessions end.
    pub async fn kick(&self, who: &Identity, ask: &Kick) -> Result<(), Error> {
        let reason = parse_reason(&ask.reason)?;
        if let Some(room) = ask.room {
            let ask = InRoomUser { room: room.to_string(), user: ask.user.to_string() };
            return self.remove_member(who, &ask, reason).await;
        }
        let other = self.moderated(who, ask.user).await?;
        self.expel(&other, reason).await?;
        self.note(who, "kick", Some(ask.user), None, reason).await
    }

    /// A guest's address is banned with them: else they would come back under another name.
    pub async fn ban(&self, who: &Identity, ask: &Ban) -> Result<(), Error> {
        let reason = parse_reason(&ask.reason)?;
        let until = match ask.minutes {
            None => i64::MAX,
            Some(minutes) => now() + millis(minutes_of(minutes)?),
        };
        let other = self.moderated(who, ask.user).await?;
        self.house.store.set_banned(ask.user, Some(until), other.user.guest).await?;
        self.house.standings.forget_addresses();
        self.expel(&other, reason).await?;
        self.note(who, "ban", Some(ask.user), None, reason).await
    }

    pub async fn unban(&self, who: &Identity, ask: &Unban) -> Result<(), Error> {
        self.moderated(who, ask.user).await?;
        self.house.store.set_banned(ask.user, None, false).await?;
        self.house.standings.forget_person(ask.user);
        self.house.standings.forget_addresses();
        self.note(who, "unban", Some(ask.user), None, "").await
    }

    pub async fn mute(&self, who: &Identity, ask: &Mute) -> Result<(), Error> {
        let until = match ask.minutes {
            0 => None,
            minutes => Some(now() + millis(minutes_of(minutes)?)),
        };
        self.moderated(who, ask.user).await?;
        self.house.store.set_muted(ask.user, until).await?;
        self.house.standings.forget_person(ask.user);
        self.note(who, "mute", Some(ask.user), None, &format!("{} min", ask.minutes)).await
    }

    pub async fn set_role(&self, who: &Identity, ask: &SetRole) -> Result<(), Error> {
        let (person, other) = (self.person(who).await?, self.other(ask.user).await?);
        permissions::may_set_role(&person, &other.user, ask.role)?;
        self.house.store.set_role(ask.user, ask.role).await?;
        self.house.standings.forget_person(ask.user);
        self.note(who, "set-role", Some(ask.user), None, ask.role.name()).await
    }

    /// Whether they may still see what moderators see.
    pub async fn may_oversee(&self, who: &Identity) -> Result<(), Error> {
        Ok(permissions::may_serve(Duty::Moderate, &*self.person(who).await?)?)
    }

    /// Ends a session of someone else's, or all of them.
    pub async fn revoke_of(&self, who: &Identity, ask: &Revoke) -> Result<(), Error> {
        self.moderated(who, ask.user).await?;
        match ask.session {
            Some(session) => self.end_one(ask.user, session).await?,
            None => {
                self.end_all(ask.user).await?;
                self.tell_revoked().await?;
            }
        }
        let details = ask.session.map(|session| session.to_string()).unwrap_or_default();
        self.note(who, "revoke", Some(ask.user), None, &details).await
    }

    /// Tells everyone something.
    pub async fn announce_to_all(&self, who: &Identity, ask: &Announce) -> Result<(), Error> {
        let text = MessageText::parse(&ask.text)?;
        self.may_oversee(who).await?;
        self.announce(Announcement::Announced(text.as_str().to_owned())).await;
        let noted: String = text.as_str().chars().take(REASON_CHARS).collect();
        self.note(who, "announce", None, None, &noted).await
    }

    pub async fn audit(&self, who: &Identity, ask: &ListAudit) -> Result<AuditPage, Error> {
        self.may_oversee(who).await?;
        let limit = ask.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
        let mut entries = self.house.store.audit(ask.before.unwrap_or(u64::MAX), limit + 1).await?;
        let more = entries.len() > limit;
        entries.truncate(limit);
        Ok(AuditPage { entries, more })
    }

    pub(crate) async fn note(
        &self,
        who: &Identity,
        action: &'static str,
        user: Option<UserId>,
        room: Option<RoomId>,
        details: &str,
    ) -> Result<(), Error> {
        let by = Some(who.user.id);
        let entry = NewAudit { at: now(), by, action, user, room, details: details.to_owned() };
        Ok(self.house.store.add_audit(&entry).await?)
    }

    /// Their sessions end, and they are told why.
    pub(crate) async fn expel(&self, person: &Person, reason: &str) -> Result<(), Error> {
        self.end_all(person.user.id).await?;
        let kicked = Kicked { room: None, reason: reason.to_owned() };
        self.announce(Announcement::Kicked(person.user.id, kicked)).await;
        self.tell_revoked().await
    }

    async fn end_all(&self, user: UserId) -> Result<(), Error> {
        self.house.store.end_sessions(user, None, now()).await?;
        self.house.standings.forget_person(user);
        self.forget(user).await;
        Ok(())
    }

    /// Someone, if the one who asks may do that to them.
    pub(crate) async fn moderated(&self, who: &Identity, other: UserId) -> Result<Person, Error> {
        let (person, other) = (self.person(who).await?, self.other(other).await?);
        permissions::may_moderate(&person, &other.user)?;
        Ok(other)
    }

    async fn other(&self, user: UserId) -> Result<Person, Error> {
        Ok(self.house.store.person(user).await?.ok_or_else(|| ApiError::not_found("user"))?)
    }
}

fn parse_reason(reason: &str) -> Result<&str, ApiError> {
    let reason = reason.trim();
    if reason.chars().count() > REASON_CHARS {
        return Err(ApiError::too_long("reason", REASON_CHARS));
    }
    if reason.contains('\0') {
        let told = "`reason` holds a NUL character";
        return Err(ApiError::invalid("reason", Reason::Characters, told));
    }
    Ok(reason)
}

fn minutes_of(minutes: u32) -> Result<Duration, ApiError> {
    if (1..=MINUTES_MAX).contains(&minutes) {
        return Ok(Duration::from_secs(u64::from(minutes) * 60));
    }
    let told = "`minutes` is at least 1 and at most a year";
    Err(ApiError::invalid("minutes", Reason::Malformed, told))
}
