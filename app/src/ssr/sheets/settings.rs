use super::Sheet;
use super::outcome::{Outcome, Way};
use super::parts::{
    Check, Field, Form, back, button, choices, face, hidden, moment, problem, reader, secret, sheet,
};
use crate::forms;
use crate::page::Frame;
use crate::ssr::pages::{Body, Detour, Shown};
use crate::ssr::{Asked, admin, refusal, session};
use crate::words::sheets::sheet_words;
use crate::words::{Lang, words};
use chat::store::people::{Session, SessionKind};
use chat::{Duties, Registration};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use protocol::{SessionId, User};

pub(crate) const PATH: &str = "/settings";

#[derive(Debug, Clone)]
pub(crate) struct View {
    back: String,
    outcome: Outcome,
    frame: Frame,
    theme: String,
    motion: String,
    me: User,
    registration: Registration,
    sessions: Vec<Session>,
    here: SessionId,
    duties: Duties,
    /// One that was just made.
    token: Option<String>,
}

pub(crate) async fn load(asked: Asked) -> Result<Shown, Detour> {
    let who = reader(&asked).await?;
    let chat = asked.chat();
    let chosen = |name| asked.cookie(name).unwrap_or_default();
    let view = View {
        back: back(&asked),
        outcome: Outcome::of(&asked),
        frame: asked.frame(),
        theme: chosen(session::THEME),
        motion: chosen(session::MOTION),
        me: chat.whoami(&who).await.map_err(refusal)?,
        registration: chat.registration().await.map_err(refusal)?,
        sessions: chat.sessions(&who).await.map_err(refusal)?,
        here: who.session,
        duties: chat.duties(&who).await.map_err(refusal)?,
        token: asked.context().tokens.take(who.session),
    };
    let title = format!("{} · Beseda", asked.lang().words().settings);
    Ok(Shown::new(&asked, &title, Body::Sheet(Sheet::Settings(Box::new(view)))))
}

pub(super) fn view(view: &View) -> AnyView {
    let body = view! {
        <section>{looks(view)}</section>
        <section>{account(view)}</section>
        <section>{sessions(view)}</section>
        <section>{token(view)}</section>
    };
    sheet(words().settings, &view.back, &view.outcome, body)
}

fn looks(view: &View) -> AnyView {
    let (words, sheet) = (words(), sheet_words());
    let languages = Lang::ALL.map(|lang| (lang.code(), lang.own_name()));
    let themes = [("system", sheet.as_system), ("light", sheet.light), ("dark", sheet.dark)];
    let motions = [("system", sheet.as_system), ("less", sheet.less_motion)];
    let one_of = |known: &[(&'static str, _)], chosen: &str| {
        known.iter().map(|(name, _)| *name).find(|name| *name == chosen).unwrap_or("system")
    };
    let (theme, motion) = (one_of(&themes, &view.theme), one_of(&motions, &view.motion));
    let switch = |name, label, hint, on| Check { name, label, hint, on, required: false }.view();
    let fields = view! {
        {choices("lang", words.language, languages, view.frame.lang.code())}
        {choices("theme", sheet.theme, themes, theme)}
        {choices("motion", sheet.motion, motions, motion)}
        <fieldset class="field">
            <legend>{sheet.notices}</legend>
            <div>
                {switch("sounds", sheet.sounds, None, view.frame.sounds)}
                {switch("notify", sheet.notify, Some(words.ask_notifications), view.frame.notify)}
            </div>
        </fieldset>
        {hidden("from", &view.back)}
        {button(words.save)}
    };
    let form = Form { id: "looks", action: forms::ChooseLooks::url(), whole: true };
    view! { <h2>{sheet.looks}</h2>{form.view(&view.outcome, fields)} }.into_any()
}

fn account(view: &View) -> AnyView {
    let (words, sheet) = (words(), sheet_words());
    let invites = Way::to("/invites").with("from", &here(&view.back)).path();
    view! {
        <h2>{sheet.account}</h2>
        <ul class="list">
            <li class="entry">
                {face(&view.me)}
                <span class="what">
                    <small>{sheet.signed_in_as}</small>
                    <strong><bdi>{view.me.name.clone()}</bdi></strong>
                </span>
                <form class="actions" method="post" action=forms::SignOut::url() data-whole="">
                    <button>{words.sign_out}</button>
                </form>
            </li>
            {view.duties.invite.then(|| view! {
                <li class="entry"><a href=invites>{sheet.invites}</a></li>
            })}
            {view.duties.moderate.then(|| view! {
                <li class="entry"><a href=admin::PATH>{sheet.administration}</a></li>
            })}
        </ul>
        {password(view)}
    }
    .into_any()
}

/// This page's address, to come back to.
fn here(back: &str) -> String {
    Way::to(PATH).with("from", back).path()
}

/// A new password is a new session: the page is loaded anew, with it.
fn password(view: &View) -> AnyView {
    let (words, sheet) = (words(), sheet_words());
    let outcome = &view.outcome;
    if !view.me.guest {
        let new = Field::password("change", "password", sheet.new_password, "new-password");
        let old = Field::password("change", "old", sheet.old_password, "current-password");
        let fields = view! {
            <p class="hint">{sheet.change_password_hint}</p>
            {username(&view.me)}
            {old.view(outcome, "")}
            {new.hint(sheet.password_hint).view(outcome, "")}
            {hidden("from", &view.back)}
            {button(sheet.change_password)}
        };
        let form = Form { id: "change", action: forms::ChangePassword::url(), whole: true };
        return form.view(outcome, fields);
    }
    if view.registration == Registration::Closed {
        return view! { <p class="hint">{words.no_accounts}</p> }.into_any();
    }
    let new = Field::password("set", "password", words.password, "new-password");
    let invite = Field::text("set", "invite", sheet.invite_code).required();
    let invited = view.registration == Registration::Invite;
    let fields = view! {
        <p class="hint">{sheet.set_password_hint}</p>
        {username(&view.me)}
        {new.hint(sheet.password_hint).view(outcome, "")}
        {invited.then(|| invite.view(outcome, ""))}
        {hidden("from", &view.back)}
        {button(sheet.set_password)}
    };
    Form { id: "set", action: forms::SetPassword::url(), whole: true }.view(outcome, fields)
}

/// Whose password it is: what keeps passwords wants to know.
fn username(me: &User) -> AnyView {
    view! { <input hidden autocomplete="username" value=me.name.clone() readonly/> }.into_any()
}

fn sessions(view: &View) -> AnyView {
    let sheet = sheet_words();
    let list = view.sessions.iter().map(|session| entry(session, view)).collect_view();
    let others = (view.sessions.len() > 1).then(|| {
        let fields = view! {
            {hidden("from", &view.back)}
            <div class="actions"><button>{sheet.end_others}</button></div>
        };
        let form = Form { id: "others", action: forms::EndOtherSessions::url(), whole: false };
        form.view(&view.outcome, fields)
    });
    view! {
        <h2>{sheet.sessions}</h2>
        {problem(&view.outcome, "sessions")}
        <ul class="list">{list}</ul>
        {others}
    }
    .into_any()
}

fn entry(session: &Session, view: &View) -> AnyView {
    let sheet = sheet_words();
    let kind = match session.kind {
        SessionKind::Browser => sheet.browser,
        SessionKind::Program | SessionKind::Visit => sheet.program,
    };
    let (named, placed) = (!session.label.is_empty(), !session.address.is_empty());
    let here = session.id == view.here;
    let end = (!here).then(|| {
        let label = format!("{}: {} {}", sheet.end_session, kind, session.label);
        view! {
            <form class="actions" method="post" action=forms::EndSession::url()>
                {hidden("session", &session.id)}
                {hidden("from", &view.back)}
                <button aria-label=label>{sheet.end_session}</button>
            </form>
        }
    });
    view! {
        <li class="entry">
            <span class="what">
                <strong>
                    {kind}
                    {named.then(|| view! { ": "<bdi>{session.label.clone()}</bdi> })}
                    {here.then(|| format!(" ({})", sheet.this_session))}
                </strong>
                <small>
                    {sheet.since}" "{moment(session.created_at)}
                    " · "{sheet.last_active}" "{moment(session.seen_at)}
                    {placed.then(|| view! { " · "<bdi>{session.address.clone()}</bdi> })}
                </small>
            </span>
            {end}
        </li>
    }
    .into_any()
}

fn token(view: &View) -> AnyView {
    let sheet = sheet_words();
    let made = view.token.clone().map(|token| secret("token-made", sheet.token_made, token));
    let fields = view! {
        <p class="hint">{sheet.token_hint}</p>
        {Field::text("token", "label", sheet.token_label).view(&view.outcome, "")}
        {hidden("from", &view.back)}
        <div class="actions"><button>{sheet.make_token}</button></div>
    };
    let form = Form { id: "token", action: forms::MakeToken::url(), whole: false };
    view! { <h2>{sheet.token}</h2>{made}{form.view(&view.outcome, fields)} }.into_any()
}
