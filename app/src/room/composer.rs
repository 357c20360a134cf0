use crate::answers::Returned;
use crate::forms::PostMessage;
use crate::live::{Action, Live};
use crate::words::words;
use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use protocol::limits::MESSAGE_CHARS;
use protocol::{ClientId, MessageText};

/// A form like any other until wasm has arrived; then Enter sends, and nothing is loaded.
#[component]
pub(crate) fn Composer(returned: Option<Returned>, next: ClientId) -> impl IntoView {
    let words = words();
    let live = expect_context::<Live>();
    let field = NodeRef::<Textarea>::new();
    let problem = RwSignal::new(returned.as_ref().map(|returned| words.problem(&returned.error)));
    let draft = returned.map(|returned| escape(&returned.text)).unwrap_or_default();
    let send = move || {
        let Some(field) = field.get_untracked() else {
            return;
        };
        match MessageText::parse(&field.value()) {
            Ok(text) => {
                field.set_value("");
                problem.set(None);
                live.act(Action::Say(text.as_str().to_owned()));
            }
            Err(error) => problem.set(Some(words.problem(&error))),
        }
    };
    view! {
        <form
            class="composer" method="post" action=PostMessage::url()
            on:submit=move |event| { event.prevent_default(); send(); }
        >
            <input type="hidden" name="room" value=live.room().slug/>
            <input type="hidden" name="id" value=next.to_string()/>
            <p id="refused" class="problem" role="alert">{move || problem.get()}</p>
            <div class="box">
                <textarea
                    node_ref=field name="text" rows="1" required maxlength=MESSAGE_CHARS * 2 dir="auto"
                    aria-label=words.message placeholder=words.write aria-describedby="refused"
                    inner_html=draft
                    on:keydown=move |event| {
                        // While an input method composes, Enter belongs to it.
                        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                            event.prevent_default();
                            send();
                        }
                    }
                    on:input=move |_| problem.set(None)
                ></textarea>
                <button type="submit" class="send">{words.send}</button>
            </div>
        </form>
    }
    .into_any()
}

/// A textarea's first value is its content, which Leptos would not escape.
fn escape(text: &str) -> String {
    // A newline right after the tag is swallowed by the parser, so one is put there.
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_returned_text_can_not_leave_its_field() {
        let escaped = super::escape("</textarea><script>&lt;");
        assert_eq!(escaped, "\n&lt;/textarea>&lt;script>&amp;lt;");
    }
}
