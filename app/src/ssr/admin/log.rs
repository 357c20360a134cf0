use super::{Part, further, shown};
use crate::ssr::pages::{Detour, Shown};
use crate::ssr::sheets::outcome::Way;
use crate::ssr::sheets::parts::{moment, person_path, reader, role};
use crate::ssr::{Asked, refusal};
use crate::words::admin::admin_words;
use crate::words::sheets::sheet_words;
use crate::words::words;
use leptos::prelude::*;
use protocol::event::{AuditEntry, AuditPage, ListAudit};
use protocol::limits::PAGE;
use protocol::{Role, User};
use uuid::Uuid;

pub(super) const PATH: &str = "/admin/log";

#[derive(Debug, Clone)]
pub(super) struct View {
    here: String,
    page: AuditPage,
}

pub(crate) async fn load(asked: Asked) -> Result<Shown, Detour> {
    let before = asked.query("before").and_then(|before| before.parse().ok());
    let log = read(&asked, before, PAGE).await?;
    Ok(shown(&asked, Part::Log(log)))
}

pub(super) async fn read(asked: &Asked, before: Option<u64>, limit: usize) -> Result<View, Detour> {
    let who = reader(asked).await?;
    let ask = ListAudit { before, limit: Some(limit) };
    let page = asked.chat().audit(&who, &ask).await.map_err(refusal)?;
    Ok(View { here: asked.place().to_owned(), page })
}

pub(super) fn view(view: &View) -> AnyView {
    let page = &view.page;
    let last = page.entries.last().filter(|_| page.more);
    let next = last.map(|last| Way::to(PATH).with("before", &last.id.to_string()).path());
    view! {
        <section data-fresh="log">
            <p class="hint">{admin_words().log_hint}</p>
            {list(view)}
            {further(next)}
        </section>
    }
    .into_any()
}

pub(super) fn list(view: &View) -> AnyView {
    if view.page.entries.is_empty() {
        return view! { <p class="empty">{admin_words().nothing_done}</p> }.into_any();
    }
    let entries = view.page.entries.iter().map(|entry| deed(entry, &view.here)).collect_view();
    view! { <ol class="deeds">{entries}</ol> }.into_any()
}

fn deed(entry: &AuditEntry, here: &str) -> AnyView {
    let words = admin_words();
    let by = match &entry.by {
        Some(user) => person(user, here),
        None => view! { <span>{words.command_line}</span> }.into_any(),
    };
    let done = (words.deed)(&entry.action).map_or_else(|| entry.action.clone(), str::to_owned);
    // No sentence: in one, each language would bend the names.
    let whom = entry.user.as_ref().map(|user| view! { " — "{person(user, here)} });
    let details = details(entry).map(|told| view! { <q dir="auto">{told}</q> });
    view! {
        <li>
            <span class="when">{moment(entry.at)}</span>
            <span class="deed">{by}": "<em>{done}</em>{whom}</span>
            {details}
        </li>
    }
    .into_any()
}

fn person(user: &User, here: &str) -> AnyView {
    let to = Way::to(person_path(&user.name)).with("from", here).path();
    view! { <a href=to><bdi>{user.name.clone()}</bdi></a> }.into_any()
}

/// For a person to read: what only a program knows is left out.
fn details(entry: &AuditEntry) -> Option<String> {
    let details = entry.details.as_str();
    let known = Role::from_name(details)
        .filter(|_| matches!(entry.action.as_str(), "set-role" | "add-user"));
    match (entry.action.as_str(), known) {
        _ if details.is_empty() || details.parse::<Uuid>().is_ok() => None,
        (_, Some(given)) => Some(role(words(), sheet_words(), given).to_owned()),
        ("mute", _) => Some((admin_words().minutes)(details.trim_end_matches(" min"))),
        _ => Some(details.to_owned()),
    }
}
