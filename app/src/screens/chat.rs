use crate::live::Live;
use crate::page::{Desk, Frame};
use crate::room::banner::Banner;
use crate::room::composer::Composer;
use crate::room::header::Header;
use crate::room::log::Log;
use crate::room::palette::Palette;
use crate::room::panels::{People, Rooms};
use crate::time::Clock;
use leptos::prelude::*;

#[component]
pub(crate) fn Chat(desk: Desk, frame: Frame) -> impl IntoView {
    let live = Live::open(&desk, frame, expect_context::<Clock>());
    provide_context(live);
    view! {
        <div
            class="chat"
            data-link=move || live.link.get().name()
            on:click=move |event| crate::room::gestures::clicked(live, &event)
        >
            <Rooms/>
            <Header/>
            <main>
                <Banner/>
                {move || view! { <Log room=live.open.get()/> }}
                <Composer desk/>
            </main>
            <People/>
            <Palette/>
            <dialog class="over"></dialog>
        </div>
    }
}
