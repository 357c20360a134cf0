//! What sheets are made of.

use super::outcome::Outcome;
use crate::live::letters::initial;
use crate::room::address::{Address, escape};
use crate::ssr::forms::onward;
use crate::ssr::pages::Detour;
use crate::ssr::{Asked, refusal};
use crate::time::Clock;
use crate::words::sheets::{SheetWords, Trouble, sheet_words};
use crate::words::{Lang, Words};
use chat::Identity;
use http::header::REFERER;
use leptos::prelude::*;
use protocol::{Role, User};

/// Who reads the page; being here is what they are by that.
pub(crate) async fn reader(asked: &Asked) -> Result<Identity, Detour> {
    let who = asked.who().await?;
    asked.chat().seen(&who).await.map_err(refusal)?;
    Ok(who)
}

/// Where one came from: the address says it, or else the browser, if it was a room.
pub(super) fn back(asked: &Asked) -> String {
    let named = asked.query("from").filter(|from| onward(from).is_some());
    named.or_else(|| referring_room(asked)).unwrap_or_else(|| "/".into())
}

/// The address of the room in which one has clicked.
pub(crate) fn referring_room(asked: &Asked) -> Option<String> {
    let referer = asked.headers().get(REFERER)?.to_str().ok()?;
    let path = url::Url::parse(referer).ok()?.path().to_owned();
    Address::of(&path).map(|_| path)
}

pub(crate) fn person_path(name: &str) -> String {
    format!("/people/{}", escape(name))
}

pub(super) fn sheet(
    title: impl IntoView + 'static,
    back: &str,
    outcome: &Outcome,
    body: impl IntoView + 'static,
) -> AnyView {
    view! {
        <main class="sheet">
            <header>
                <a class="back" href=back.to_owned()>{sheet_words().back}</a>
                <h1>{title}</h1>
            </header>
            {news(outcome)}
            {body}
        </main>
    }
    .into_any()
}

/// What a form has done. Focused, so that it is read out in a dialog, too, where no page is loaded.
pub(crate) fn news(outcome: &Outcome) -> Option<AnyView> {
    let told = (sheet_words().told)(outcome.told()?);
    Some(view! { <p class="told" role="status" tabindex="-1" autofocus>{told}</p> }.into_any())
}

pub(super) fn told(trouble: Trouble) -> &'static str {
    use_context::<Lang>().unwrap_or_default().trouble(trouble)
}

/// What is wrong with a form, or with a list of forms, as a whole.
pub(super) fn problem(outcome: &Outcome, id: &str) -> Option<AnyView> {
    let told = told(outcome.trouble(id)?);
    let id = format!("{id}-problem");
    Some(
        view! { <p class="problem" role="alert" id=id tabindex="-1" autofocus>{told}</p> }
            .into_any(),
    )
}

pub(crate) struct Form {
    pub(crate) id: &'static str,
    pub(crate) action: &'static str,
    /// After it the whole page is another one: with a script, too, it is loaded anew.
    pub(crate) whole: bool,
}

impl Form {
    pub(crate) fn view(self, outcome: &Outcome, body: impl IntoView + 'static) -> AnyView {
        let Self { id, action, whole } = self;
        view! {
            <form id=id method="post" action=action data-whole=whole.then_some("")>
                {body}
                {problem(outcome, id)}
            </form>
        }
        .into_any()
    }
}

pub(super) fn hidden(name: &'static str, value: &impl ToString) -> AnyView {
    view! { <input type="hidden" name=name value=value.to_string()/> }.into_any()
}

pub(crate) fn button(told: &'static str) -> AnyView {
    view! { <div class="actions"><button class="primary">{told}</button></div> }.into_any()
}

pub(super) fn danger(told: &'static str) -> AnyView {
    view! { <div class="actions"><button class="danger">{told}</button></div> }.into_any()
}

/// A field of one line.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    form: &'static str,
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    hint: Option<&'static str>,
    bounds: Option<(u32, u32)>,
    required: bool,
    focus: bool,
    autocomplete: &'static str,
}

impl Field {
    pub(crate) fn text(form: &'static str, name: &'static str, label: &'static str) -> Self {
        Self {
            form,
            name,
            label,
            kind: "text",
            hint: None,
            bounds: None,
            required: false,
            focus: false,
            autocomplete: "off",
        }
    }

    pub(super) fn number(
        form: &'static str,
        name: &'static str,
        label: &'static str,
        bounds: (u32, u32),
    ) -> Self {
        let bounds = Some(bounds);
        Self { kind: "number", bounds, required: true, ..Self::text(form, name, label) }
    }

    pub(super) fn password(
        form: &'static str,
        name: &'static str,
        label: &'static str,
        autocomplete: &'static str,
    ) -> Self {
        Self { kind: "password", required: true, autocomplete, ..Self::text(form, name, label) }
    }

    pub(super) fn hint(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }

    pub(crate) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(super) fn focus(self) -> Self {
        Self { focus: true, ..self }
    }

    pub(crate) fn view(self, outcome: &Outcome, value: &str) -> AnyView {
        let id = format!("{}-{}", self.form, self.name);
        let trouble = outcome.trouble(&id);
        let value = outcome.typed(&id).unwrap_or(value).to_owned();
        let (hint_id, problem_id) = (format!("{id}-hint"), format!("{id}-problem"));
        let ties = match (self.hint, trouble) {
            (Some(_), Some(_)) => Some(format!("{hint_id} {problem_id}")),
            (Some(_), None) => Some(hint_id.clone()),
            (None, Some(_)) => Some(problem_id.clone()),
            (None, None) => None,
        };
        let focus = trouble.is_some() || self.focus && !outcome.is_refused();
        view! {
            <div class="field">
                <label for=id.clone()>{self.label}</label>
                <input
                    id=id name=self.name type=self.kind value=value dir="auto"
                    required=self.required autofocus=focus autocomplete=self.autocomplete
                    min=self.bounds.map(|(min, _)| min) max=self.bounds.map(|(_, max)| max)
                    aria-invalid=trouble.map(|_| "true") aria-describedby=ties
                />
                {self.hint.map(|hint| view! { <span class="hint" id=hint_id>{hint}</span> })}
                {trouble.map(|trouble| view! {
                    <span class="problem" role="alert" id=problem_id>{told(trouble)}</span>
                })}
            </div>
        }
        .into_any()
    }
}

/// A list to choose one from.
pub(super) fn select(
    (form, name): (&'static str, &'static str),
    label: &'static str,
    options: Vec<(String, String)>,
    chosen: &str,
) -> AnyView {
    let id = format!("{form}-{name}");
    let option = |(value, told): (String, String)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{told}</option> }
    };
    let options = options.into_iter().map(option).collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name>{options}</select>
        </div>
    }
    .into_any()
}

/// A few to choose one from.
pub(super) fn choices<const N: usize>(
    name: &'static str,
    legend: &'static str,
    options: [(&'static str, &'static str); N],
    chosen: &str,
) -> AnyView {
    let option = |(value, told)| {
        view! {
            <label>
                <input type="radio" name=name value=value checked=value == chosen/>
                <span>{told}</span>
            </label>
        }
    };
    let options = options.into_iter().map(option).collect_view();
    view! {
        <fieldset class="field">
            <legend>{legend}</legend>
            <div class="choices">{options}</div>
        </fieldset>
    }
    .into_any()
}

pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: Option<&'static str>,
    pub(super) on: bool,
    pub(super) required: bool,
}

impl Check {
    pub(super) fn view(self) -> AnyView {
        view! {
            <label class="check">
                <input type="checkbox" name=self.name value="on" checked=self.on required=self.required/>
                <span>{self.label}{self.hint.map(|hint| view! { <small>{hint}</small> })}</span>
            </label>
        }
        .into_any()
    }
}

pub(crate) fn face(user: &User) -> AnyView {
    let class = format!("face c{}", user.color);
    view! { <span class=class aria-hidden="true">{initial(&user.name).to_owned()}</span> }
        .into_any()
}

pub(crate) fn role(words: &'static Words, sheet: &'static SheetWords, role: Role) -> &'static str {
    match role {
        Role::Guest => words.guest,
        Role::Member => sheet.member,
        Role::Moderator => words.moderator,
        Role::Admin => words.admin,
        Role::Owner => words.owner,
    }
}

/// A day and a time.
pub(crate) fn moment(at: i64) -> AnyView {
    let clock = expect_context::<Clock>();
    let day = clock.day(clock.zone().day(at));
    let told = format!("{day}, {}", clock.time(at));
    view! { <time datetime=crate::zone::iso(at) title=clock.moment(at)>{told}</time> }.into_any()
}

/// A secret that is shown once, in a field from which it is easily copied.
pub(super) fn secret(id: &'static str, told: &'static str, secret: String) -> AnyView {
    view! {
        <div class="field">
            <label for=id>{told}</label>
            <input id=id value=secret readonly autofocus autocomplete="off"/>
        </div>
    }
    .into_any()
}
