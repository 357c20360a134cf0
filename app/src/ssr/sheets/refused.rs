use crate::words::{Lang, words};
use leptos::prelude::*;
use protocol::{ApiError, ErrorCode};

pub(crate) fn title(lang: Lang, error: &ApiError) -> &'static str {
    let words = lang.words();
    match error.code {
        ErrorCode::Forbidden if error.reason().is_none() => lang.sheet_words().may_not,
        ErrorCode::NotFound => words.not_found,
        ErrorCode::RoomFull => words.room_full,
        ErrorCode::Unavailable | ErrorCode::Internal => words.unavailable,
        _ => words.problem(error),
    }
}

pub(super) fn view(error: &ApiError) -> AnyView {
    let words = words();
    let hint = (error.code == ErrorCode::NotFound).then_some(words.not_found_hint);
    view! {
        <main class="plain">
            <h1>{title(use_context().unwrap_or_default(), error)}</h1>
            <p>{hint}</p>
            <p><a href="/">{words.way_back}</a></p>
        </main>
    }
    .into_any()
}
