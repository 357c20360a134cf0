//! The calls that the page makes, leading nowhere. They go through JavaScript's global object, so that the
//! compiler cannot see that nothing comes of them.

use std::{marker::PhantomData, sync::Arc, time::Duration};

use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

fn ask(name: &str) -> Option<String> {
    js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str(name)).ok()?.as_string()
}

fn tell(name: &str, value: &str) {
    let _ = js_sys::Reflect::set(
        &js_sys::global(),
        &JsValue::from_str(name),
        &JsValue::from_str(value),
    );
}

pub struct Event(String);

impl Event {
    pub fn get<T: DeserializeOwned>(&self, _: usize) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0)
    }
}

pub enum ClientState {
    Open {},
    Waiting { error: Option<Arc<str>> },
    Idle,
}

pub struct Subscription;

impl Subscription {
    pub fn keep(self) {}
}

fn listen(mut handler: Box<dyn FnMut()>) -> Subscription {
    let closure = Closure::<dyn FnMut(web_sys::Event)>::new(move |_: web_sys::Event| handler());
    let target = js_sys::global().unchecked_into::<web_sys::Window>();
    let _ = target.add_event_listener_with_callback("stub", closure.as_ref().unchecked_ref());
    closure.forget();
    Subscription
}

#[derive(Clone)]
pub struct Client;

impl Client {
    pub fn builder(_: &str) -> Self {
        Client
    }

    pub fn build(self) -> Result<Self, ()> {
        ask("client").map(|_| self).ok_or(())
    }

    pub fn namespace(&self, name: &str) -> Result<Namespace, ()> {
        ask(name).map(|_| Namespace).ok_or(())
    }

    pub fn state(&self) -> ClientState {
        match ask("state") {
            None => ClientState::Idle,
            Some(text) if text.is_empty() => ClientState::Open {},
            Some(text) => ClientState::Waiting { error: Some(text.into()) },
        }
    }

    pub fn on_change(&self, mut handler: impl FnMut(&()) + 'static) -> Subscription {
        listen(Box::new(move || handler(&())))
    }

    pub fn try_now(&self) {
        tell("try", "");
    }
}

#[derive(Clone)]
pub struct Namespace;

impl Namespace {
    pub fn on(&self, name: &str, mut handler: impl FnMut(&Event) + 'static) -> Subscription {
        tell("on", name);
        listen(Box::new(move || handler(&Event(ask("event").unwrap_or_default()))))
    }

    pub fn connect(&self) {
        tell("connect", "");
    }

    pub fn event(&self, name: &str) -> Self {
        tell("event", name);
        Namespace
    }

    pub fn volatile(self) -> Self {
        self
    }

    pub fn emit<T: Serialize>(&self, payload: &T) -> Result<(), serde_json::Error> {
        tell("emit", &serde_json::to_string(payload)?);
        Ok(())
    }

    pub fn emit_with_ack<T>(&self, name: &str, payload: &impl Serialize) -> Ack<T> {
        tell(name, &serde_json::to_string(payload).unwrap_or_default());
        Ack(PhantomData)
    }
}

pub struct Ack<T>(PhantomData<T>);

impl<T: DeserializeOwned> Ack<T> {
    pub async fn timeout(self, _: Duration) -> Result<T, serde_json::Error> {
        let promise: js_sys::Promise = js_sys::global().unchecked_into();
        let answer = wasm_bindgen_futures::JsFuture::from(promise).await;
        serde_json::from_str(&answer.ok().and_then(|answer| answer.as_string()).unwrap_or_default())
    }
}
