use crate::answers::Refusal;
use crate::forms::{ChooseLanguage, SignIn, load_lobby};
use crate::room::brand::Brand;
use crate::words::{Lang, words};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;
use protocol::Reason;
use protocol::limits::NAME_CHARS;

#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    let words = words();
    let lobby = Resource::new_blocking(|| (), |()| load_lobby());
    view! {
        <div class="lobby">
            <main>
                <Brand/>
                <h1>{words.welcome}</h1>
                <p>
                    <Suspense>
                        {move || Suspend::new(async move {
                            let online = lobby.await.map(|lobby| lobby.online).unwrap_or_default();
                            (words.invitation)(online)
                        })}
                    </Suspense>
                </p>
                <SignInForm/>
            </main>
            <Languages/>
        </div>
    }
    .into_any()
}

#[component]
fn SignInForm() -> impl IntoView {
    let words = words();
    let action = ServerAction::<SignIn>::new();
    let query = use_query_map().get_untracked();
    // Without wasm, a refusal comes back in the address.
    let told_before = query.get("problem").map(|problem| match reason(&problem) {
        Some(reason) => words.name_problem(reason),
        None => words.failed,
    });
    let problem = move || match action.value().get() {
        Some(Ok(Some(error)) | Err(Refusal(error))) => Some(words.problem(&error)),
        Some(Ok(None)) => None,
        None => told_before,
    };
    let name = query.get("name").unwrap_or_default();
    view! {
        <ActionForm action>
            <label for="name">{words.your_name}</label>
            <input
                id="name" name="name" value=name required maxlength=NAME_CHARS * 4
                autofocus autocomplete="nickname" autocapitalize="words" spellcheck="false"
                aria-invalid=move || problem().map(|_| "true") aria-describedby="problem"
            />
            <span id="problem" class="problem" role="alert">{problem}</span>
            <button type="submit" disabled=move || action.pending().get()>{words.join}</button>
        </ActionForm>
    }
    .into_any()
}

fn reason(name: &str) -> Option<Reason> {
    Reason::ALL.into_iter().find(|reason| reason.name() == name)
}

/// A form without an action of its own: the whole page is in another language afterwards.
#[component]
pub(crate) fn Languages() -> impl IntoView {
    let here = use_context::<Lang>().unwrap_or_default();
    let button = move |lang: Lang| {
        view! {
            <button name="lang" value=lang.code() lang=lang.code() aria-pressed=(lang == here).to_string()>
                {lang.own_name()}
            </button>
        }
    };
    view! {
        <form class="languages" method="post" action=ChooseLanguage::url() aria-label=words().language>
            {Lang::ALL.map(button).collect_view()}
        </form>
    }
    .into_any()
}
