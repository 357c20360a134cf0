//! The calls that the page makes of `socketio-client`, leading nowhere. They go through JavaScript, so that
//! the compiler cannot see that nothing comes of them and take the page's own code away with them.

use std::{cell::RefCell, future::Future, marker::PhantomData, pin::Pin, sync::Arc, time::Duration};
use std::task::{Context, Poll};

use serde::Serialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    fn ask() -> Option<String>;
    fn tell(text: &str);
}

thread_local! {
    static EVENTS: RefCell<Vec<Box<dyn FnMut(&Event)>>> = const { RefCell::new(Vec::new()) };
    static CHANGES: RefCell<Vec<Box<dyn FnMut(&Change)>>> = const { RefCell::new(Vec::new()) };
}

fn heard() -> Arc<str> {
    ask().unwrap_or_default().into()
}

/// What the page does when something comes in: all of it can happen, as far as the compiler knows.
fn stir() {
    while let Some(text) = ask() {
        let change = match text.len() {
            0 => Change::Connect { namespace: heard() },
            1 => Change::ConnectError { message: heard(), refused: true },
            2 => Change::Disconnect {},
            _ => Change::Open {},
        };
        CHANGES.with_borrow_mut(|list| list.iter_mut().for_each(|call| call(&change)));
        let event = Event(text);
        EVENTS.with_borrow_mut(|list| list.iter_mut().for_each(|call| call(&event)));
    }
}

pub struct Event(String);

impl Event {
    pub fn json(&self) -> &str {
        &self.0
    }
}

pub struct Answer(String);

impl Answer {
    pub fn json(&self) -> &str {
        &self.0
    }
}

pub enum Change {
    Open {},
    Connect { namespace: Arc<str> },
    ConnectError { message: Arc<str>, refused: bool },
    Disconnect {},
}

pub enum ClientState {
    Idle,
    Open {},
    Opening,
    Waiting { left: Duration, attempt: u32 },
}

pub struct Subscription;

impl Drop for Subscription {
    fn drop(&mut self) {
        tell("");
    }
}

#[derive(Clone)]
pub struct Client;

impl Client {
    pub fn builder(_: &str) -> Self {
        Client
    }

    pub fn build(self) -> Result<Self, ()> {
        ask().map(|_| self).ok_or(())
    }

    pub fn namespace(&self, name: &str) -> Result<Namespace, ()> {
        tell(name);
        ask().map(|_| Namespace).ok_or(())
    }

    pub fn state(&self) -> ClientState {
        match ask() {
            None => ClientState::Idle,
            Some(text) => match text.len() as u64 {
                0 => ClientState::Open {},
                1 => ClientState::Opening,
                attempt => {
                    let left = Duration::from_millis(heard().len() as u64);
                    ClientState::Waiting { left, attempt: attempt as u32 }
                }
            },
        }
    }

    pub fn on_change(&self, handler: impl FnMut(&Change) + 'static) -> Subscription {
        CHANGES.with_borrow_mut(|list| list.push(Box::new(handler)));
        Subscription
    }

    pub fn try_now(&self) {
        stir();
    }

    pub fn drop_connection(&self) {
        stir();
    }
}

#[derive(Clone)]
pub struct Namespace;

impl Namespace {
    pub fn on(&self, name: &str, handler: impl FnMut(&Event) + 'static) -> Subscription {
        tell(name);
        EVENTS.with_borrow_mut(|list| list.push(Box::new(handler)));
        Subscription
    }

    pub fn connect(&self) {
        stir();
    }

    pub fn is_connected(&self) -> bool {
        ask().is_some()
    }

    pub fn event(&self, name: &str) -> &Self {
        tell(name);
        self
    }

    pub fn timeout(&self, _: Duration) -> &Self {
        self
    }

    pub fn emit(&self, name: &str, payload: &(impl Serialize + ?Sized)) -> Result<(), ()> {
        self.event(name).emit_with_ack::<Answer>(payload);
        ask().map(|_| ()).ok_or(())
    }

    pub fn emit_with_ack<T>(&self, payload: &(impl Serialize + ?Sized)) -> Ack<T> {
        tell(&serde_json::to_string(payload).unwrap_or_default());
        Ack(PhantomData)
    }
}

pub struct Ack<T>(PhantomData<fn() -> T>);

impl Future for Ack<Answer> {
    type Output = Result<Answer, ()>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        ask().map_or(Poll::Pending, |text| Poll::Ready(Ok(Answer(text))))
    }
}
