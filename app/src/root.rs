use crate::page::{Page, Screen};
use crate::screens::{chat::Chat, sign_in::SignIn};
use crate::time::Clock;
use leptos::either::Either;
use leptos::prelude::*;

/// What lives in the browser. No view of it is type-erased: an `AnyView` keeps the code for a second,
/// asynchronous way of hydrating each type, which made up a tenth of the page.
#[component]
pub fn App(page: Page) -> impl IntoView {
    provide_context(page.frame.lang);
    provide_context(Clock::new(page.frame));
    match page.screen {
        Screen::SignIn(lobby) => Either::Left(view! { <SignIn lobby=*lobby/> }),
        Screen::Chat(desk) => Either::Right(view! { <Chat desk=*desk frame=page.frame/> }),
    }
}
