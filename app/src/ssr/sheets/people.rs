use super::Sheet;
use super::outcome::{Outcome, Way};
use super::parts::{Field, back, button, face, hidden, person_path, reader, sheet};
use crate::room::address::escape;
use crate::ssr::Asked;
use crate::ssr::pages::{Body, Detour, Shown};
use crate::words::sheets::{Trouble, sheet_words};
use crate::words::words;
use chat::Identity;
use leptos::prelude::*;
use protocol::event::WhoIsHere;
use protocol::room::GENERAL;
use protocol::{ApiError, ErrorCode, User};

const PATH: &str = "/people";

#[derive(Debug, Clone)]
pub(crate) struct View {
    back: String,
    outcome: Outcome,
    name: String,
    /// Others who are here.
    online: Vec<User>,
}

/// With a name the way leads on to the room of two, if there is someone of that name.
pub(crate) async fn load(asked: Asked) -> Result<Shown, Detour> {
    let who = reader(&asked).await?;
    let name = asked.query("name").unwrap_or_default().trim().to_owned();
    let trouble = match name.as_str() {
        "" => None,
        name => match asked.chat().profile(&who, name).await.map_err(ApiError::from) {
            Ok(profile) if profile.user.id == who.user.id => Some(Trouble::Oneself),
            Ok(profile) => return Err(Detour::To(direct_path(&profile.user.name))),
            Err(error) if error.code == ErrorCode::NotFound => Some(Trouble::NoPerson),
            Err(error) => Some(Trouble::from(&error)),
        },
    };
    let view = View {
        back: back(&asked),
        outcome: Outcome::default().with("direct-name", trouble),
        name,
        online: online(&asked, &who).await?,
    };
    let title = format!("{} · Beseda", asked.lang().words().new_direct);
    Ok(Shown::new(&asked, &title, Body::Sheet(Sheet::People(view))))
}

fn direct_path(name: &str) -> String {
    format!("/dm/{}", escape(name))
}

/// Everyone is in `general`, unless they have left it; then they see no one.
async fn online(asked: &Asked, who: &Identity) -> Result<Vec<User>, Detour> {
    let ask = WhoIsHere { room: GENERAL.to_owned(), after: None };
    match asked.chat().online(who, &ask).await.map_err(ApiError::from) {
        Ok(here) => Ok(here.users.into_iter().filter(|user| user.id != who.user.id).collect()),
        Err(error) if error.code == ErrorCode::Forbidden => Ok(Vec::new()),
        Err(error) => Err(crate::answers::Refusal(error).into()),
    }
}

pub(super) fn view(view: &View) -> AnyView {
    let (words, sheet_words) = (words(), sheet_words());
    let name = Field::text("direct", "name", sheet_words.person_name).required().focus();
    let body = view! {
        <section>
            <form method="get" action=PATH>
                {name.view(&view.outcome, &view.name)}
                {hidden("from", &view.back)}
                {button(sheet_words.write_to)}
            </form>
        </section>
        <section>
            <h2>{words.online}</h2>
            {list(view)}
        </section>
    };
    sheet(words.new_direct, &view.back, &view.outcome, body)
}

fn list(view: &View) -> AnyView {
    let words = sheet_words();
    if view.online.is_empty() {
        return view! { <p class="empty">{words.no_one_else}</p> }.into_any();
    }
    let here = Way::to(PATH).with("from", &view.back).path();
    let entry = |user: &User| {
        let to = Way::to(person_path(&user.name)).with("from", &here).path();
        let label = format!("{}: {}", words.write_to, user.name);
        view! {
            <li class="entry">
                {face(user)}
                <span class="what">
                    <strong><a href=to><bdi>{user.name.clone()}</bdi></a></strong>
                </span>
                <span class="actions">
                    <a href=direct_path(&user.name) aria-label=label>{words.write_to}</a>
                </span>
            </li>
        }
    };
    view! { <ul class="list">{view.online.iter().map(entry).collect_view()}</ul> }.into_any()
}
