//! What moderators do to people, and links that let strangers in.

use super::super::sheets::outcome::Way;
use super::super::sheets::parts::person_path;
use super::super::{Asked, admin};
use super::answer::{Form, Refused};
use super::{room_path, sender};
use crate::answers::Refusal;
use crate::room::address::escape;
use crate::words::sheets::{Told, Trouble};
use chat::Identity;
use http::header::ORIGIN;
use leptos_axum::redirect;
use protocol::event::{Announce, Ban, Kick, Mute, Revoke, SetRole, Unban};
use protocol::{Role, SessionId, UserId};
use std::time::Duration;

/// One is sent back to the person whatever they are called by now.
async fn page(asked: &Asked, who: &Identity, user: UserId, from: &str) -> Way {
    let profile = asked.chat().profile(who, &user.to_string()).await;
    let name = profile.map_or_else(|_| user.to_string(), |profile| profile.user.name);
    Way::to(person_path(&name)).with("from", from)
}

pub(crate) async fn kick(user: UserId, reason: String, from: String) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let form = Form { id: "kick", fields: &[("reason", reason.as_str())] };
    let ask = Kick { user, room: None, reason: reason.clone() };
    let done = asked.chat().kick(&who, &ask).await.map_err(Refused::from);
    form.answer(page(&asked, &who, user, &from).await, done.map(|()| Told::Kicked))
}

/// Without `minutes` for good.
pub(crate) async fn ban(
    user: UserId,
    minutes: String,
    reason: String,
    from: String,
) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let form = Form { id: "ban", fields: &[("reason", reason.as_str())] };
    let done = async {
        let minutes = match minutes.as_str() {
            "" => None,
            // Zero is refused.
            minutes => Some(minutes.parse().unwrap_or_default()),
        };
        let ask = Ban { user, minutes, reason: reason.clone() };
        asked.chat().ban(&who, &ask).await.map_err(Refused::from)
    };
    let done = done.await;
    form.answer(page(&asked, &who, user, &from).await, done.map(|()| Told::Banned))
}

pub(crate) async fn unban(user: UserId, from: String) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let form = Form { id: "unban", fields: &[] };
    let done = asked.chat().unban(&who, &Unban { user }).await.map_err(Refused::from);
    form.answer(page(&asked, &who, user, &from).await, done.map(|()| Told::Unbanned))
}

/// No minutes at all end it.
pub(crate) async fn mute(user: UserId, minutes: u32, from: String) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let form = Form { id: "mute", fields: &[] };
    let told = if minutes == 0 { Told::Unmuted } else { Told::Muted };
    let done = asked.chat().mute(&who, &Mute { user, minutes }).await.map_err(Refused::from);
    form.answer(page(&asked, &who, user, &from).await, done.map(|()| told))
}

pub(crate) async fn set_role(user: UserId, role: Role, from: String) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let form = Form { id: "role", fields: &[] };
    let done = asked.chat().set_role(&who, &SetRole { user, role }).await.map_err(Refused::from);
    form.answer(page(&asked, &who, user, &from).await, done.map(|()| Told::RoleGiven))
}

pub(crate) async fn revoke(
    user: UserId,
    session: Option<SessionId>,
    from: String,
) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let form = Form { id: "revoke", fields: &[] };
    let told = if session.is_some() { Told::SessionEnded } else { Told::Kicked };
    let done = asked.chat().revoke_of(&who, &Revoke { user, session }).await;
    let done = done.map(|()| told).map_err(Refused::from);
    form.answer(page(&asked, &who, user, &from).await, done)
}

pub(crate) async fn announce(text: String) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let form = Form { id: "announce", fields: &[("text", &text)] };
    let done = asked.chat().announce_to_all(&who, &Announce { text: text.clone() }).await;
    form.answer(Way::to(admin::PATH), done.map(|()| Told::Announced).map_err(Refused::from))
}

const DAYS: std::ops::RangeInclusive<u32> = 1..=365;

pub(crate) async fn make_invite(
    uses: String,
    days: String,
    room: String,
    from: String,
) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let page = Way::to("/invites").with("from", &from);
    let made = async {
        let uses = uses.trim().parse().map_err(|_| Refused::at("uses", Trouble::Uses))?;
        let days = days.trim().parse().ok().filter(|days| DAYS.contains(days));
        let days = days.ok_or_else(|| Refused::at("days", Trouble::Days))?;
        let room = Some(room.as_str()).filter(|room| !room.is_empty());
        let lasts = Duration::from_hours(u64::from(days) * 24);
        Ok::<_, Refused>(asked.chat().make_invite(&who, room, uses, lasts).await?)
    };
    let made = made.await;
    match made {
        Ok(code) => {
            let link = format!("{}/invite/{}", origin(&asked), escape(code.as_str()));
            let next = if room.is_empty() { String::new() } else { room_path(&room) };
            asked.context().links.put(who.session, Way::to(link).with("next", &next).path());
            redirect(&page.path());
            Ok(())
        }
        Err(refused) => {
            let fields = [("uses", uses.as_str()), ("days", &days), ("room", &room)];
            Form { id: "link", fields: &fields }.refuse(page, &refused)
        }
    }
}

/// Where the house is, as the browser knows it: a proxy may stand in front of us.
fn origin(asked: &Asked) -> &str {
    let origin = asked.headers().get(ORIGIN).and_then(|origin| origin.to_str().ok());
    origin.filter(|origin| origin.starts_with("http")).unwrap_or_default()
}
