use crate::forms;
use crate::page::{Door, Lobby};
use crate::room::address::escape;
use crate::room::brand::Brand;
use crate::words::{Lang, Words, words};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use protocol::limits::NAME_CHARS;
use protocol::{ApiError, Name, Password};

#[component]
pub(crate) fn SignIn(lobby: Lobby) -> impl IntoView {
    let words = words();
    let told = match &lobby.door {
        Door::Guest => Some((words.invitation)(lobby.online)),
        Door::Register { invite } if !invite.is_empty() => Some(words.invited.to_owned()),
        _ => None,
    };
    let others = others(&lobby, words);
    view! {
        <div class="lobby">
            <main>
                <Brand/>
                <h1>{words.welcome}</h1>
                <p>{told}</p>
                <Entrance lobby/>
                <p class="others">{others}</p>
            </main>
            <Languages/>
        </div>
    }
}

/// A form like any other; with wasm, what can't be right isn't sent.
#[component]
fn Entrance(lobby: Lobby) -> impl IntoView {
    let words = words();
    let Lobby { door, name, problem, next, .. } = lobby;
    let asks_password = door != Door::Guest;
    // What is to be filled in, or mended, has the focus.
    let begins_at_password = asks_password
        && problem.as_ref().map_or(!name.is_empty(), |problem| is_about(problem, "password"));
    let problem = RwSignal::new(problem);
    let told = move |field: &'static str| {
        problem.with(|problem| {
            let problem = problem.as_ref()?;
            let here = is_about(problem, "password") == (field == "password");
            here.then(|| words.problem(problem))
        })
    };
    let name_field = NodeRef::<leptos::html::Input>::new();
    let password_field = NodeRef::<leptos::html::Input>::new();
    let new = matches!(door, Door::Register { .. });
    let check = move |event: leptos::ev::SubmitEvent| {
        let name = name_field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let password = password_field.get_untracked().map(|field| field.value());
        if let Err(error) = acceptable(&name, password.filter(|_| new)) {
            event.prevent_default();
            problem.set(Some(error));
        }
    };
    let invite = match &door {
        Door::Register { invite } => invite.clone(),
        _ => String::new(),
    };
    let button = match &door {
        Door::Guest => words.join,
        Door::Password => words.sign_in,
        Door::Register { .. } => words.make_account,
    };
    let autocomplete = if new { "new-password" } else { "current-password" };
    view! {
        <form method="post" action=forms::SignIn::url() on:submit=check>
            <label for="name">{words.your_name}</label>
            <input
                node_ref=name_field id="name" name="name" value=name required maxlength=NAME_CHARS * 4
                autofocus=!begins_at_password autocomplete="username" autocapitalize="words" spellcheck="false"
                aria-invalid=move || told("name").map(|_| "true") aria-describedby="name-problem"
            />
            <span id="name-problem" class="problem" role="alert">{move || told("name")}</span>
            {asks_password.then(|| view! {
                <label for="password">{words.password}</label>
                <input
                    node_ref=password_field id="password" name="password" type="password" required
                    autofocus=begins_at_password autocomplete=autocomplete
                    aria-invalid=move || told("password").map(|_| "true") aria-describedby="password-problem"
                />
                <span id="password-problem" class="problem" role="alert">{move || told("password")}</span>
            })}
            <input type="hidden" name="with" value=door.name()/>
            <input type="hidden" name="invite" value=invite/>
            <input type="hidden" name="next" value=next/>
            <button type="submit">{button}</button>
        </form>
    }
}

fn is_about(problem: &ApiError, field: &str) -> bool {
    problem.details.as_ref().is_some_and(|details| details.field == field)
}

fn acceptable(name: &str, new_password: Option<String>) -> Result<(), ApiError> {
    Name::parse(name)?;
    if let Some(password) = new_password {
        Password::parse(&password)?;
    }
    Ok(())
}

/// The other ways in.
fn others(lobby: &Lobby, words: &'static Words) -> Vec<impl IntoView + use<>> {
    let guest = ("guest", words.no_password);
    let password = ("password", words.have_password);
    let account = ("account", words.new_account);
    let ways = match &lobby.door {
        Door::Password => vec![guest, account],
        Door::Register { invite } if invite.is_empty() => vec![guest, password],
        Door::Guest | Door::Register { .. } => vec![password],
    };
    // Each leads on to where one wanted to go.
    let next = match lobby.next.as_str() {
        "" => String::new(),
        next => ["&next=", &escape(next)].concat(),
    };
    let way = |(with, told)| {
        let to = ["/?with=", with, &next].concat();
        view! { <a href=to>{told}</a> }
    };
    ways.into_iter().map(way).collect()
}

/// A plain form: the whole page is in another language afterwards.
#[component]
fn Languages() -> impl IntoView {
    let here = use_context::<Lang>().unwrap_or_default();
    let button = move |lang: Lang| {
        view! {
            <button name="lang" value=lang.code() lang=lang.code() aria-pressed=(lang == here).to_string()>
                {lang.own_name()}
            </button>
        }
    };
    view! {
        <form class="languages" method="post" action=forms::ChooseLanguage::url() aria-label=words().language>
            {Lang::ALL.map(button).collect_view()}
        </form>
    }
}
