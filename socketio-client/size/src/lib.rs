//! A page with what every page has: typed JSON both ways, values of any shape, futures, fetch, timers, texts
//! put together. With the feature `client` it also chats.

#[cfg(not(feature = "client"))]
mod stub;

use std::{
    cell::RefCell,
    collections::HashMap,
    rc::Rc,
    sync::{Arc, Mutex},
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::{JsFuture, spawn_local};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    id: String,
    text: String,
    at: u64,
    score: f64,
    tags: Vec<String>,
    extra: serde_json::Value,
}

fn window() -> web_sys::Window {
    js_sys::global().unchecked_into()
}

fn show(text: &str) {
    if let Some(body) = window().document().and_then(|document| document.body()) {
        body.set_inner_text(text);
    }
}

async fn load(url: String) -> Result<Message, String> {
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_body(&JsValue::from_str("{}"));
    let response = JsFuture::from(window().fetch_with_str_and_init(&url, &init)).await;
    let response: web_sys::Response =
        response.map_err(|error| format!("{error:?}"))?.unchecked_into();
    if !response.ok() {
        return Err(format!("{}", response.status()));
    }
    let text = JsFuture::from(response.text().map_err(|_| "text")?).await.map_err(|_| "text")?;
    serde_json::from_str(&text.as_string().unwrap_or_default()).map_err(|error| error.to_string())
}

#[wasm_bindgen(start)]
pub fn main() {
    let seen: Rc<RefCell<HashMap<String, Message>>> = Rc::default();
    let shared: Arc<Mutex<Vec<String>>> = Arc::default();
    chat(&seen);
    let tick = Closure::<dyn FnMut()>::new({
        let shared = shared.clone();
        move || show(&shared.lock().unwrap().join(","))
    });
    let _ = window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(tick.as_ref().unchecked_ref(), 1000);
    tick.forget();
    let moved = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
        shared.lock().unwrap().push(event.type_());
    });
    let _ = window().add_event_listener_with_callback("click", moved.as_ref().unchecked_ref());
    moved.forget();
    spawn_local(async move {
        let mut loading: FuturesUnordered<_> =
            ["/a", "/b"].into_iter().map(|url| load(url.to_owned())).collect();
        while let Some(message) = loading.next().await {
            match message {
                Ok(message) => {
                    let mut tags = message.tags.clone();
                    tags.sort();
                    show(&tags.join(",").replace("//", "/"));
                    show(&serde_json::to_string(&message).unwrap_or_default());
                    show(&message.extra.to_string());
                    seen.borrow_mut().insert(message.id.clone(), message);
                }
                Err(error) => show(&format!("failed: {error}")),
            }
        }
    });
}

fn chat(seen: &Rc<RefCell<HashMap<String, Message>>>) {
    #[cfg(feature = "client")]
    use socketio_client::{Client, ClientState};
    #[cfg(not(feature = "client"))]
    use stub::{Client, ClientState};
    let Ok(client) = Client::builder("").build() else { return };
    let Ok(chat) = client.namespace("/chat") else { return };
    let rows = seen.clone();
    chat.on("message", move |event| {
        if let Ok(message) = event.get::<Message>(0) {
            rows.borrow_mut().insert(message.id.clone(), message);
        }
    })
    .keep();
    let watched = client.clone();
    client
        .on_change(move |_| match watched.state() {
            ClientState::Open { .. } => show("open"),
            ClientState::Waiting { error, .. } => show(error.as_deref().unwrap_or_default()),
            _ => {}
        })
        .keep();
    chat.connect();
    let (rows, sender) = (seen.clone(), chat.clone());
    spawn_local(async move {
        let payload: Vec<String> = rows.borrow().keys().cloned().collect();
        let ack = sender.emit_with_ack::<Message>("sync", &payload);
        match ack.timeout(std::time::Duration::from_secs(5)).await {
            Ok(message) => show(&message.id),
            Err(_) => show("no answer"),
        }
        let _ = sender.event("typing").volatile().emit(&payload);
        client.try_now();
    });
}
