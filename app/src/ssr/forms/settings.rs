//! How the page looks, one's password, where one is signed in.

use super::super::session;
use super::super::sheets::outcome::Way;
use super::answer::{Form, Refused};
use super::{remember, sender};
use crate::answers::Refusal;
use crate::words::Lang;
use crate::words::sheets::{Told, Trouble};
use leptos_axum::redirect;
use protocol::{Password, SessionId};

const PATH: &str = "/settings";

/// What one may choose of; anything else is the system's choice.
const THEMES: [&str; 2] = ["light", "dark"];
const MOTIONS: [&str; 1] = ["less"];
const SYSTEM: &str = "system";

pub(crate) struct Looks {
    pub(crate) lang: Lang,
    pub(crate) theme: String,
    pub(crate) motion: String,
    pub(crate) sounds: bool,
    pub(crate) notify: bool,
}

fn page(from: &str) -> Way {
    Way::to(PATH).with("from", from)
}

pub(crate) fn looks(looks: &Looks, from: &str) {
    let one_of = |known: &[&'static str], chosen: &str| {
        known.iter().copied().find(|known| *known == chosen).unwrap_or(SYSTEM)
    };
    let switch = |on| if on { "on" } else { "off" };
    session::choose(session::LANGUAGE, looks.lang.code());
    session::choose(session::THEME, one_of(&THEMES, &looks.theme));
    session::choose(session::MOTION, one_of(&MOTIONS, &looks.motion));
    session::choose(session::SOUNDS, switch(looks.sounds));
    session::choose(session::NOTIFY, switch(looks.notify));
    redirect(&page(from).told(Told::Saved).path());
}

pub(crate) async fn set_password(
    password: String,
    invite: String,
    from: String,
) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let form = Form { id: "set", fields: &[("password", ""), ("invite", &invite)] };
    let done = async {
        let password = Password::parse(&password)?;
        let invite = Some(invite.trim()).filter(|invite| !invite.is_empty());
        let signed_in = asked.chat().become_account(&who, &password, invite).await?;
        remember(&asked, &signed_in).await?;
        Ok(Told::PasswordSet)
    };
    form.answer(page(&from), done.await)
}

pub(crate) async fn change_password(
    old: String,
    password: String,
    from: String,
) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let form = Form { id: "change", fields: &[("old", ""), ("password", "")] };
    let done = async {
        let new = Password::parse(&password)?;
        let changed = asked.chat().change_password(&who, &old, &new).await;
        let signed_in = changed.map_err(|error| match Refused::from(error) {
            refused if refused.trouble() == Trouble::PasswordWrong => {
                Refused::at("old", Trouble::PasswordWrong)
            }
            refused => refused,
        })?;
        remember(&asked, &signed_in).await?;
        Ok(Told::PasswordChanged)
    };
    form.answer(page(&from), done.await)
}

pub(crate) async fn end_session(session: SessionId, from: String) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let form = Form { id: "sessions", fields: &[] };
    let ended = asked.chat().revoke(&who, session).await;
    form.answer(page(&from), ended.map(|()| Told::SessionEnded).map_err(Refused::from))
}

pub(crate) async fn end_other_sessions(from: String) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    let form = Form { id: "sessions", fields: &[] };
    let ended = asked.chat().revoke_others(&who).await;
    form.answer(page(&from), ended.map(|()| Told::OthersEnded).map_err(Refused::from))
}

pub(crate) async fn make_token(label: String, from: String) -> Result<(), Refusal> {
    let (asked, who) = sender().await?;
    match asked.chat().program_token(&who, label.trim()).await {
        Ok(token) => {
            asked.context().tokens.put(who.session, token.as_str().to_owned());
            redirect(&page(&from).path());
            Ok(())
        }
        Err(error) => Form { id: "token", fields: &[("label", &label)] }
            .refuse(page(&from), &Refused::from(error)),
    }
}
