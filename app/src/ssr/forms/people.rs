use super::super::sheets::outcome::Way;
use super::super::{Asked, refusal, session};
use super::{onward, problem, room_path};
use crate::answers::Refusal;
use crate::page::Door;
use crate::room::address::escape;
use chat::SignedIn;
use leptos_axum::redirect;
use protocol::room::GENERAL;
use protocol::{Name, Password};

pub(crate) async fn sign_in(
    door: Door,
    name: String,
    password: String,
    next: String,
) -> Result<(), Refusal> {
    let asked = Asked::here()?;
    match enter(&asked, &door, &name, &password).await {
        Ok(signed_in) => {
            super::remember(&asked, &signed_in).await.map_err(refusal)?;
            redirect(onward(&next).unwrap_or(&room_path(GENERAL)));
        }
        Err(Refusal(error)) => {
            let page = match &door {
                Door::Register { invite } if !invite.is_empty() => {
                    format!("/invite/{}", escape(invite))
                }
                _ => "/".to_owned(),
            };
            let field = error.details.as_ref().map_or("", |details| &details.field);
            let way = Way::to(page).with("with", door.name());
            let way = way.with("problem", problem(&error)).with("field", field);
            redirect(&way.typed("name", &name).with("next", &next).path());
        }
    }
    Ok(())
}

async fn enter(
    asked: &Asked,
    door: &Door,
    name: &str,
    password: &str,
) -> Result<SignedIn, Refusal> {
    let (chat, from) = (asked.chat(), asked.address());
    let signed_in = match door {
        Door::Guest => chat.sign_in_guest(&Name::parse(name).map_err(Refusal)?, from).await,
        Door::Password => chat.sign_in(name, password, from).await,
        Door::Register { invite } => {
            let name = Name::parse(name).map_err(Refusal)?;
            let password = Password::parse(password).map_err(Refusal)?;
            let invite = Some(invite.as_str()).filter(|invite| !invite.is_empty());
            chat.register(&name, &password, invite, from).await
        }
    };
    signed_in.map_err(refusal)
}

pub(crate) async fn sign_out() -> Result<(), Refusal> {
    let asked = Asked::here()?;
    if let Ok(who) = asked.who().await {
        asked.chat().sign_out(&who).await.map_err(refusal)?;
    }
    session::forget();
    redirect("/");
    Ok(())
}
