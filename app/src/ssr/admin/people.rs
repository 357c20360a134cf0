use super::{Part, further, search, shown};
use crate::ssr::pages::{Detour, Shown};
use crate::ssr::sheets::outcome::Way;
use crate::ssr::sheets::parts::{face, person_path, reader, role};
use crate::ssr::{Asked, refusal};
use crate::words::admin::admin_words;
use crate::words::sheets::sheet_words;
use crate::words::words;
use leptos::prelude::*;
use protocol::event::{AllPeople, ListAll, PersonOf};

pub(super) const PATH: &str = "/admin/people";

#[derive(Debug, Clone)]
pub(super) struct View {
    query: String,
    here: String,
    page: AllPeople,
}

pub(crate) async fn load(asked: Asked) -> Result<Shown, Detour> {
    let who = reader(&asked).await?;
    let query = asked.query("q").unwrap_or_default().trim().to_owned();
    let ask = ListAll { query: Some(query.clone()), after: asked.query("after"), limit: None };
    let page = asked.chat().list_people(&who, &ask).await.map_err(refusal)?;
    let here = asked.place().to_owned();
    Ok(shown(&asked, Part::People(View { query, here, page })))
}

pub(super) fn view(view: &View) -> AnyView {
    let words = admin_words();
    let page = &view.page;
    let next = page.next.as_deref();
    let next = next.map(|next| Way::to(PATH).with("q", &view.query).with("after", next).path());
    let entries = page.people.iter().map(|person| entry(person, &view.here)).collect_view();
    let none = page.people.is_empty().then(|| view! { <p class="empty">{words.no_person}</p> });
    view! {
        <section>
            {search(PATH, words.find_person, &view.query)}
            <div data-fresh="people">
                <ul class="list">{entries}</ul>
                {none}
                {further(next)}
            </div>
        </section>
    }
    .into_any()
}

/// What can be done to someone is on their own page, which leads back here.
fn entry(person: &PersonOf, here: &str) -> AnyView {
    let (words, admin) = (words(), admin_words());
    let user = &person.user;
    let to = Way::to(person_path(&user.name)).with("from", here).path();
    let (presence, dot) =
        if person.online { (words.online, "dot on") } else { (words.away, "dot") };
    let note = format!("{presence}, {}", role(words, sheet_words(), user.role));
    let marks = [
        person.muted_until.map(|_| admin.muted),
        person.banned_until.map(|_| admin.banned),
        person.disabled.then_some(admin.disabled),
    ];
    let mark = |mark| view! { " "<span class="mark">{mark}</span> };
    let label = format!("{}: {}", admin.manage, user.name);
    view! {
        <li class="entry">
            {face(user)}
            <span class="what">
                <strong>
                    <a href=to.clone()><bdi>{user.name.clone()}</bdi></a>
                    {marks.into_iter().flatten().map(mark).collect_view()}
                </strong>
                <small><i class=dot aria-hidden="true"></i>{note}</small>
            </span>
            <a class="quiet" href=to aria-label=label>{admin.manage}</a>
        </li>
    }
    .into_any()
}
