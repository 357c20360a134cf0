//! The browser's `WebSocket`, `XMLHttpRequest` and timers, in a page or a worker.
//!
//! A page pays for each type of callback and for each future, so there is one type of callback for all of it.

#[cfg_attr(not(feature = "linger"), path = "../without/drain.rs")]
mod drain;

use std::{
    cell::Cell,
    sync::Arc,
    task::{Context, Poll},
};

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BinaryType, Event, EventTarget, MessageEvent, WebSocket, Window, XmlHttpRequest};

use drain::Drain;

use crate::{
    client::{Hub, Io, drive},
    codec::{Binary, engine::Frame, push_number},
    core::{Action, ConfigError, Core, Endpoint, Input, LinkId, Millis, NEVER, Wait, patience},
};

/// What tells a sleeping page that it is awake, or connected again.
const WAKE_EVENTS: &[&str] = if cfg!(feature = "offline") {
    &["online", "visibilitychange", "pageshow", "offline"]
} else {
    &["online", "visibilitychange", "pageshow"]
};

const LINK_EVENTS: [&str; 5] = ["open", "message", "load", "error", "close"];

fn listen(target: &EventTarget, names: &[&str], listener: &EventClosure, on: bool) {
    let function = listener.as_ref().unchecked_ref();
    for name in names {
        let _ = if on {
            target.add_event_listener_with_callback(name, function)
        } else {
            target.remove_event_listener_with_callback(name, function)
        };
    }
}

/// The global object; in a worker it is not a window, but what is used of it works the same.
fn global() -> Window {
    js_sys::global().unchecked_into()
}

/// The wall clock, for others stand still while the machine sleeps; it never goes back.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since 1970"
)]
pub(crate) fn now() -> Millis {
    thread_local! {
        static LAST: Cell<f64> = const { Cell::new(0.0) };
        static OFFSET: Cell<f64> = const { Cell::new(0.0) };
    }
    let wall = js_sys::Date::now();
    let last = LAST.get();
    if wall + OFFSET.get() < last {
        OFFSET.set(last - wall);
    }
    let now = wall + OFFSET.get();
    LAST.set(now);
    now as Millis
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a random number")]
pub(crate) fn seed() -> u64 {
    (js_sys::Math::random() * 9e15) as u64
}

pub(crate) fn own_server() -> Result<Endpoint, ConfigError> {
    global().location().origin().ok().and_then(Endpoint::of_origin).ok_or(ConfigError::Host)
}

/// A browser lets a WebSocket send none of its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers;

#[allow(clippy::unused_self, reason = "natively there is something to keep")]
impl Headers {
    pub(crate) fn add(&mut self, _: &str, _: &str) {}
}

#[allow(clippy::unnecessary_wraps, reason = "natively it can fail")]
pub(crate) fn start(hub: &Arc<Hub>, _: Headers) -> Result<(), ConfigError> {
    let mut browser = Browser::new(hub.clone());
    let hub = hub.clone();
    wasm_bindgen_futures::spawn_local(std::future::poll_fn(move |cx| {
        drive(&hub, &mut browser, cx)
    }));
    Ok(())
}

/// No link has this number.
const NONE: LinkId = LinkId(0);

type EventClosure = Closure<dyn FnMut(Event)>;

/// It lives no longer than the driver's task, so its callbacks may hold on to the hub.
struct Browser {
    hub: Arc<Hub>,
    links: Vec<Link>,
    alarm: EventClosure,
    timer: Option<i32>,
    wake_listener: EventClosure,
}

impl Browser {
    fn new(hub: Arc<Hub>) -> Self {
        let woken = hub.clone();
        let wake_listener = EventClosure::new(move |event: Event| {
            let offline = cfg!(feature = "offline") && event.type_() == "offline";
            woken.act(if offline { Core::offline } else { Core::try_now });
        });
        listen(&global(), WAKE_EVENTS, &wake_listener, true);
        let rung = hub.clone();
        let alarm = EventClosure::new(move |_| rung.act(Core::tick));
        Self { hub, links: Vec::new(), alarm, timer: None, wake_listener }
    }

    fn add(&mut self, id: LinkId, carrier: Option<Carrier>, trouble: &'static str) {
        // Requests that have ended.
        self.remove(NONE, false);
        match carrier {
            Some(carrier) => self.links.push(Link::new(id, carrier, trouble, &self.hub)),
            None => self.hub.input(id, failed(trouble, None)),
        }
    }

    /// Takes a link away, and with it those that are over. What has been handed over may still `finish`.
    fn remove(&mut self, id: LinkId, finish: bool) {
        self.links.retain_mut(|link| {
            let mine = link.id == id;
            link.finish = mine && finish;
            !mine && !link.is_over()
        });
    }

    fn clear_timer(&mut self) {
        if let Some(timer) = self.timer.take() {
            global().clear_timeout_with_handle(timer);
        }
    }
}

impl Io for Browser {
    fn perform(&mut self, action: Action) {
        match action {
            Action::Connect(id, url) => self.add(id, socket(&url), "websocket error"),
            Action::Send(id, frames) => {
                for link in self.links.iter_mut().filter(|link| link.id == id) {
                    link.send(&frames);
                }
            }
            Action::Settle(id) => {
                for link in self.links.iter_mut().filter(|link| link.id == id) {
                    link.drain.settle();
                }
            }
            Action::Get(id, url) => self.add(id, request(url, None), "xhr poll error"),
            Action::Post(id, url, body) => {
                self.add(id, request(url, Some(&body)), "xhr post error");
            }
            Action::Close(id) => self.remove(id, true),
            Action::Abort(id) => self.remove(id, false),
        }
    }

    fn poll_input(&mut self, _: &mut Context<'_>) -> Option<(LinkId, Input)> {
        self.links.iter_mut().find_map(Link::progress)
    }

    fn poll_timer(&mut self, _: &mut Context<'_>, at: Millis) -> Poll<()> {
        let now = now();
        let looks = self.links.iter().filter_map(|link| link.drain.next_look());
        let at = looks.fold(at, Millis::min);
        self.clear_timer();
        if at <= now {
            return Poll::Ready(());
        }
        if at == NEVER {
            return Poll::Pending;
        }
        let delay = i32::try_from(at - now).unwrap_or(i32::MAX);
        self.timer = global()
            .set_timeout_with_callback_and_timeout_and_arguments_0(
                self.alarm.as_ref().unchecked_ref(),
                delay,
            )
            .ok();
        Poll::Pending
    }

    fn is_idle(&self) -> bool {
        true
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.clear_timer();
        listen(&global(), WAKE_EVENTS, &self.wake_listener, false);
    }
}

fn failed(message: &str, retry_after: Option<Wait>) -> Input {
    Input::Failed { message: message.into(), retry_after }
}

/// What carries bytes.
enum Carrier {
    Socket(WebSocket),
    Request { inner: XmlHttpRequest, posting: bool },
}

fn socket(url: &str) -> Option<Carrier> {
    let socket = WebSocket::new(url).ok()?;
    Binary::prepare(|| socket.set_binary_type(BinaryType::Arraybuffer));
    Some(Carrier::Socket(socket))
}

fn request(mut url: String, body: Option<&str>) -> Option<Carrier> {
    // No cache may answer.
    url.push_str("&t=");
    push_number(now(), &mut url);
    let request = XmlHttpRequest::new().ok()?;
    let posting = body.is_some();
    request.open(if posting { "POST" } else { "GET" }, &url).ok()?;
    request.send_with_opt_str(body).ok()?;
    Some(Carrier::Request { inner: request, posting })
}

struct Link {
    id: LinkId,
    carrier: Carrier,
    listener: EventClosure,
    drain: Drain,
    /// What it has begun to send shall arrive.
    finish: bool,
}

impl Link {
    fn new(id: LinkId, carrier: Carrier, trouble: &'static str, hub: &Arc<Hub>) -> Self {
        let hub = hub.clone();
        let posting = matches!(carrier, Carrier::Request { posting: true, .. });
        let listener = EventClosure::new(move |event: Event| {
            hub.input(id, read(event, posting, trouble));
        });
        listen(carrier.target(), &LINK_EVENTS, &listener, true);
        Self { id, carrier, listener, drain: Drain::default(), finish: false }
    }

    fn send(&mut self, frames: &[Frame]) {
        let Carrier::Socket(socket) = &self.carrier else {
            return;
        };
        for frame in frames {
            // One that cannot be sent any more is told by the close event.
            let _ = match frame {
                Frame::Text(text) => socket.send_with_str(text),
                Frame::Binary(bytes) => socket.send_with_u8_array(bytes),
            };
        }
        self.drain.sent();
    }

    /// What there is to tell of bytes that have left.
    fn progress(&mut self) -> Option<(LinkId, Input)> {
        match &self.carrier {
            Carrier::Socket(socket) => Some((self.id, self.drain.look(socket)?)),
            Carrier::Request { .. } => None,
        }
    }

    fn is_over(&self) -> bool {
        matches!(&self.carrier, Carrier::Request { inner, .. } if inner.ready_state() == XmlHttpRequest::DONE)
    }
}

impl Carrier {
    fn target(&self) -> &EventTarget {
        match self {
            Carrier::Socket(socket) => socket,
            Carrier::Request { inner, .. } => inner,
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        listen(self.carrier.target(), &LINK_EVENTS, &self.listener, false);
        let _ = match &self.carrier {
            Carrier::Socket(socket) => socket.close(),
            Carrier::Request { posting: true, .. } if self.finish => Ok(()),
            Carrier::Request { inner, .. } => inner.abort(),
        };
    }
}

fn read(event: Event, posting: bool, trouble: &str) -> Input {
    // Their first letters tell them apart.
    match event.type_().as_bytes().first() {
        Some(b'o') => Input::Opened,
        Some(b'm') => {
            let data = event.unchecked_into::<MessageEvent>().data();
            let binary = || Uint8Array::new(data.unchecked_ref::<ArrayBuffer>()).to_vec();
            // An empty packet breaks the protocol, as binary does where there is none.
            data.as_string()
                .map(Frame::Text)
                .or_else(|| Binary::received(binary).map(Frame::Binary))
                .map_or(Input::Frame(Frame::Text(String::new())), Input::Frame)
        }
        Some(b'l') => match event.target() {
            Some(target) => answered(target.unchecked_ref(), posting, trouble),
            None => failed(trouble, None),
        },
        Some(b'e') => failed(trouble, None),
        _ => Input::Closed,
    }
}

fn answered(request: &XmlHttpRequest, posting: bool, trouble: &str) -> Input {
    if request.status().unwrap_or(0) / 100 != 2 {
        let header = || request.get_response_header("retry-after").ok().flatten();
        return failed(trouble, patience::of_header(header));
    }
    if posting {
        return Input::Posted;
    }
    Input::Polled(request.response_text().ok().flatten().unwrap_or_default())
}
