use super::Sheet;
use super::outcome::Outcome;
use super::parts::{
    Field, Form, back, button, danger, face, hidden, moment, problem, reader, role, select, sheet,
};
use crate::forms;
use crate::room::address::escape;
use crate::ssr::pages::{Body, Detour, Shown};
use crate::ssr::{Asked, refusal};
use crate::words::admin::admin_words;
use crate::words::sheets::{LASTS, sheet_words};
use crate::words::words;
use chat::Profile;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use protocol::Role;
use protocol::event::{OfUser, SessionOf};

#[derive(Debug, Clone)]
pub(crate) struct View {
    back: String,
    outcome: Outcome,
    profile: Profile,
    me: bool,
    /// Only for those who may end them.
    sessions: Vec<SessionOf>,
}

pub(crate) async fn load(asked: Asked) -> Result<Shown, Detour> {
    let who = reader(&asked).await?;
    let profile = asked.chat().profile(&who, &asked.segment(1)).await.map_err(refusal)?;
    let sessions = if profile.moderated {
        let ask = OfUser { user: profile.user.id };
        asked.chat().sessions_of(&who, ask).await.map_err(refusal)?.sessions
    } else {
        Vec::new()
    };
    let view = View {
        sessions,
        back: back(&asked),
        outcome: Outcome::of(&asked),
        me: profile.user.id == who.user.id,
        profile,
    };
    let title = format!("{} · Beseda", view.profile.user.name);
    Ok(Shown::new(&asked, &title, Body::Sheet(Sheet::Person(Box::new(view)))))
}

pub(super) fn view(view: &View) -> AnyView {
    let profile = &view.profile;
    let sections = [
        Some(about(view)),
        (!profile.roles.is_empty()).then(|| give_role(view)),
        profile.moderated.then(|| sessions(view)),
        profile.moderated.then(|| mute(view)),
        profile.moderated.then(|| kick(view)),
        profile.moderated.then(|| ban(view)),
    ];
    let section = |section: AnyView| view! { <section>{section}</section> };
    let body = sections.into_iter().flatten().map(section).collect_view();
    let title = view! { <bdi>{profile.user.name.clone()}</bdi> };
    sheet(title, &view.back, &view.outcome, body)
}

fn about(view: &View) -> AnyView {
    let (words, sheet) = (words(), sheet_words());
    let Profile { user, online, .. } = &view.profile;
    let here = if *online { words.online } else { words.away };
    let note = format!("{here}, {}", role(words, sheet, user.role));
    let to = if view.me { "/settings".to_owned() } else { format!("/dm/{}", escape(&user.name)) };
    let told = if view.me { words.settings } else { sheet.write_to };
    let me = view.me.then(|| view! { <strong>{sheet.oneself}</strong> });
    view! {
        <div class="entry">
            {face(user)}
            <span class="what">
                {me}
                <small>{note}</small>
            </span>
        </div>
        <p class="actions"><a class="primary" href=to>{told}</a></p>
    }
    .into_any()
}

/// Which person, and where to go back to.
fn whom(view: &View) -> AnyView {
    view! { {hidden("user", &view.profile.user.id)}{hidden("from", &view.back)} }.into_any()
}

fn give_role(view: &View) -> AnyView {
    let (words, sheet) = (words(), sheet_words());
    let option = |one: &Role| (one.name().to_owned(), role(words, sheet, *one).to_owned());
    let options = view.profile.roles.iter().map(option).collect();
    let fields = view! {
        {whom(view)}
        {select(("role", "role"), sheet.role, options, view.profile.user.role.name())}
        {button(sheet.give_role)}
    };
    let form = Form { id: "role", action: forms::SetRole::url(), whole: false };
    view! { <h2>{sheet.give_role}</h2>{form.view(&view.outcome, fields)} }.into_any()
}

fn sessions(view: &View) -> AnyView {
    let words = admin_words();
    let list = view.sessions.iter().map(|session| one_session(view, session)).collect_view();
    let none = view.sessions.is_empty().then(|| view! { <p class="hint">{words.no_sessions}</p> });
    let all = (view.sessions.len() > 1).then(|| {
        let fields = view! { {whom(view)}{danger(words.end_all)} };
        let action = forms::Revoke::url();
        view! { <form method="post" action=action>{fields}</form> }
    });
    view! {
        <h2>{words.sessions}</h2>
        {problem(&view.outcome, "revoke")}
        {none}
        <ul class="list">{list}</ul>
        {all}
    }
    .into_any()
}

fn one_session(view: &View, session: &SessionOf) -> AnyView {
    let sheet = sheet_words();
    let kind = if session.program { sheet.program } else { sheet.browser };
    let named = !session.label.is_empty();
    let label = format!("{}: {kind} {}", sheet.end_session, session.label);
    view! {
        <li class="entry">
            <span class="what">
                <strong>{kind}{named.then(|| view! { ": "<bdi>{session.label.clone()}</bdi> })}</strong>
                <small>
                    {sheet.since}" "{moment(session.created_at)}
                    " · "{sheet.last_active}" "{moment(session.seen_at)}
                </small>
            </span>
            <form class="actions" method="post" action=forms::Revoke::url()>
                {whom(view)}
                {hidden("session", &session.id)}
                <button aria-label=label>{sheet.end_session}</button>
            </form>
        </li>
    }
    .into_any()
}

fn durations() -> Vec<(String, String)> {
    let told = sheet_words().duration;
    LASTS.into_iter().map(|minutes| (minutes.to_string(), told(minutes).to_owned())).collect()
}

fn mute(view: &View) -> AnyView {
    let sheet = sheet_words();
    let form = Form { id: "mute", action: forms::Mute::url(), whole: false };
    let fields = match view.profile.muted_until {
        Some(until) => view! {
            {whom(view)}
            {hidden("minutes", &0)}
            <p>{sheet.muted_until}" "{moment(until)}</p>
            {button(sheet.unmute)}
        }
        .into_any(),
        None => view! {
            <p class="hint">{sheet.mute_hint}</p>
            {whom(view)}
            {select(("mute", "minutes"), sheet.lasts, durations(), "")}
            {danger(sheet.mute)}
        }
        .into_any(),
    };
    view! { <h2>{sheet.mute}</h2>{form.view(&view.outcome, fields)} }.into_any()
}

fn kick(view: &View) -> AnyView {
    let sheet = sheet_words();
    let reason = Field::text("kick", "reason", sheet.reason).hint(sheet.reason_hint);
    let fields = view! {
        <p class="hint">{sheet.kick_hint}</p>
        {whom(view)}
        {reason.view(&view.outcome, "")}
        {danger(sheet.kick)}
    };
    let form = Form { id: "kick", action: forms::Kick::url(), whole: false };
    view! { <h2>{sheet.kick}</h2>{form.view(&view.outcome, fields)} }.into_any()
}

fn ban(view: &View) -> AnyView {
    let sheet = sheet_words();
    if let Some(until) = view.profile.banned_until {
        let until = match until {
            i64::MAX => view! { {sheet.banned_for_good} }.into_any(),
            until => view! { {sheet.banned_until}" "{moment(until)} }.into_any(),
        };
        let fields = view! { {whom(view)}<p>{until}</p>{button(sheet.unban)} };
        let form = Form { id: "unban", action: forms::Unban::url(), whole: false };
        return view! { <h2>{sheet.ban}</h2>{form.view(&view.outcome, fields)} }.into_any();
    }
    let reason = Field::text("ban", "reason", sheet.reason).hint(sheet.reason_hint);
    let for_good = (String::new(), sheet.for_good.to_owned());
    let lasts = durations().into_iter().chain([for_good]).collect();
    let fields = view! {
        <p class="hint">{sheet.ban_hint}</p>
        {whom(view)}
        {select(("ban", "minutes"), sheet.lasts, lasts, "1440")}
        {reason.view(&view.outcome, "")}
        {danger(sheet.ban)}
    };
    let form = Form { id: "ban", action: forms::Ban::url(), whole: false };
    view! { <h2>{sheet.ban}</h2>{form.view(&view.outcome, fields)} }.into_any()
}
