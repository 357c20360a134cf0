use crate::words::{Words, words};
use leptos::prelude::*;
use protocol::{ApiError, ErrorCode};

pub(crate) fn title(words: &'static Words, error: &ApiError) -> &'static str {
    match error.code {
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
            <h1>{title(words, error)}</h1>
            <p>{hint}</p>
            <p><a href="/">{words.way_back}</a></p>
        </main>
    }
    .into_any()
}
