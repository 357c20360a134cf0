use crate::answers::{Refusal, RoomView};
use crate::forms::load_room;
use crate::live::Live;
use crate::pages::not_found::NotFound;
use crate::room::banner::Banner;
use crate::room::composer::Composer;
use crate::room::log::Log;
use crate::room::panels::{People, Rooms};
use crate::words::words;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_params_map;
use protocol::ErrorCode;

#[component]
pub(crate) fn RoomPage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let view = Resource::new_blocking(move || slug.get(), load_room);
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match view.await {
                    Ok(view) => view! { <RoomScreen view/> }.into_any(),
                    Err(Refusal(error)) => refused(error.code),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn refused(code: ErrorCode) -> AnyView {
    match code {
        ErrorCode::Unauthorized => view! { <Redirect path="/"/> }.into_any(),
        ErrorCode::NotFound => view! { <NotFound/> }.into_any(),
        _ => view! { <main class="plain"><h1>{words().unavailable}</h1></main> }.into_any(),
    }
}

#[component]
fn RoomScreen(view: RoomView) -> impl IntoView {
    let RoomView { me, joined, returned, next } = view;
    let room = joined.room.clone();
    let title = format!("#{} · Beseda", room.name);
    let (name, topic) = (format!("#{}", room.name), room.topic.clone());
    let live = Live::open(me, joined);
    provide_context(live);
    view! {
        <Title text=title/>
        <div class="chat" data-link=move || live.link.get().name()>
            <Rooms/>
            <header>
                <h1>{name}</h1>
                <p>{topic}</p>
            </header>
            <main>
                <Banner/>
                <Log/>
                <Composer returned next/>
            </main>
            <People/>
        </div>
    }
    .into_any()
}
