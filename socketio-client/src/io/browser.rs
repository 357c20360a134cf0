//! The browser's WebSocket, fetch and timers, in a page or a worker.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{Arc, Weak},
    task::{Context, Poll, Waker},
};

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, BinaryType, Event, EventTarget, MessageEvent, RequestInit, Response,
    WebSocket, Window,
};

use crate::{
    client::{Hub, Io, drive},
    codec::engine::Frame,
    core::{Action, ConfigError, Core, Input, LinkId, Millis, Queue},
};

/// The browser buffers without end; this much may wait in it before the core is told that it drained.
const BUFFERED: u32 = 64 << 10;
/// A page cannot ping: this long after the last byte has left, the server is taken to have read it.
const SETTLING: Millis = 100;
/// How often to look whether it has.
const DRAIN_CHECK: Millis = 50;

/// What tells a sleeping page that it is awake, or connected again.
const WAKE_EVENTS: [&str; 4] = ["online", "offline", "visibilitychange", "pageshow"];

const SOCKET_EVENTS: [&str; 4] = ["open", "message", "error", "close"];

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

#[allow(clippy::unnecessary_wraps, reason = "natively there is none")]
pub(crate) fn own_origin() -> Result<String, ConfigError> {
    global().location().origin().map_err(|_| ConfigError::Host)
}

#[allow(clippy::unnecessary_wraps, reason = "natively it can fail")]
pub(crate) fn start(hub: &Arc<Hub>, _: Vec<(String, String)>) -> Result<(), ConfigError> {
    let mut browser = Browser::new(Arc::downgrade(hub));
    let hub = hub.clone();
    wasm_bindgen_futures::spawn_local(std::future::poll_fn(move |cx| {
        browser.mailbox.waker.replace(Some(cx.waker().clone()));
        drive(&hub, &mut browser, cx)
    }));
    Ok(())
}

/// Where JavaScript's callbacks leave what they have to say.
#[derive(Default)]
struct Mailbox {
    inputs: RefCell<Queue<(LinkId, Input)>>,
    waker: RefCell<Option<Waker>>,
}

impl Mailbox {
    fn post(&self, link: LinkId, input: Input) {
        self.inputs.borrow_mut().push_back((link, input));
        self.wake();
    }

    fn wake(&self) {
        if let Some(waker) = &*self.waker.borrow() {
            waker.wake_by_ref();
        }
    }
}

type EventClosure = Closure<dyn FnMut(Event)>;

struct Browser {
    mailbox: Rc<Mailbox>,
    sockets: Vec<Socket>,
    requests: Vec<(LinkId, AbortController)>,
    timer: Timer,
    wake_listener: EventClosure,
}

impl Browser {
    fn new(hub: Weak<Hub>) -> Self {
        let wake_listener = EventClosure::new(move |event: Event| {
            if let Some(hub) = hub.upgrade() {
                hub.act(if event.type_() == "offline" { Core::offline } else { Core::try_now });
            }
        });
        listen(&global(), &WAKE_EVENTS, &wake_listener, true);
        let mailbox = Rc::new(Mailbox::default());
        Self {
            timer: Timer::new(mailbox.clone()),
            mailbox,
            sockets: Vec::new(),
            requests: Vec::new(),
            wake_listener,
        }
    }

    fn request(&mut self, link: LinkId, url: String, body: Option<String>) {
        let Ok(abort) = AbortController::new() else {
            return;
        };
        let signal = abort.signal();
        self.requests.push((link, abort));
        let mailbox = self.mailbox.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let posting = body.is_some();
            let init = RequestInit::new();
            init.set_cache(web_sys::RequestCache::NoStore);
            init.set_signal(Some(&signal));
            if let Some(body) = body {
                init.set_method("POST");
                init.set_body(&JsValue::from_str(&body));
            }
            let mut retry_after = None;
            let text = fetch(&url, &init, &mut retry_after).await;
            if signal.aborted() {
                return;
            }
            mailbox.post(
                link,
                match text {
                    Some(_) if posting => Input::Posted,
                    Some(text) => Input::Polled(text),
                    None => {
                        let message = if posting { "xhr post error" } else { "xhr poll error" };
                        Input::Failed { message: message.into(), retry_after }
                    }
                },
            );
        });
    }
}

async fn fetch(url: &str, init: &RequestInit, retry_after: &mut Option<Millis>) -> Option<String> {
    let response = JsFuture::from(global().fetch_with_str_and_init(url, init)).await.ok()?;
    let response: Response = response.unchecked_into();
    if !response.ok() {
        let seconds = response.headers().get("retry-after").ok().flatten();
        *retry_after = seconds.and_then(|text| crate::core::retry_after(&text));
        return None;
    }
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}

impl Io for Browser {
    fn perform(&mut self, action: Action) {
        match action {
            Action::Connect(link, url) => match Socket::open(link, &url, &self.mailbox) {
                Some(socket) => self.sockets.push(socket),
                None => self.mailbox.post(link, failed()),
            },
            Action::Send(link, frames) => {
                for socket in self.sockets.iter_mut().filter(|socket| socket.link == link) {
                    socket.send(&frames);
                }
            }
            Action::Settle(link) => {
                for socket in self.sockets.iter_mut().filter(|socket| socket.link == link) {
                    socket.settling = Some(now() + SETTLING);
                }
            }
            Action::Get(link, url) => self.request(link, url, None),
            Action::Post(link, url, body) => self.request(link, url, Some(body)),
            // Closing sends what was handed over first.
            Action::Close(link) | Action::Abort(link) => {
                self.sockets.retain(|socket| socket.link != link);
                self.requests.retain(|(other, abort)| {
                    if *other == link {
                        abort.abort();
                    }
                    *other != link
                });
            }
        }
    }

    fn poll_input(&mut self, _: &mut Context<'_>) -> Option<(LinkId, Input)> {
        let input = self.mailbox.inputs.borrow_mut().pop_front();
        if let Some((link, Input::Polled(_) | Input::Posted)) = input
            && self.requests.len() > 2
        {
            // Those that have ended need not be kept for an abort; two can be under way.
            let old = self.requests.iter().position(|(other, _)| *other == link);
            old.map(|at| self.requests.remove(at));
        }
        input.or_else(|| {
            let drained = self.sockets.iter_mut().find(|socket| socket.has_drained())?;
            if drained.sending {
                drained.sending = false;
                return Some((drained.link, Input::Drained));
            }
            drained.settling = None;
            Some((drained.link, Input::Settled))
        })
    }

    fn poll_timer(&mut self, _: &mut Context<'_>, at: Option<Millis>) -> Poll<()> {
        let now = now();
        let sending = self.sockets.iter().any(|socket| socket.sending || socket.settling.is_some());
        let at = crate::core::earlier(at, sending.then_some(now + DRAIN_CHECK));
        if at.is_some_and(|at| at <= now) {
            return Poll::Ready(());
        }
        self.timer.arm(at.map(|at| at - now), at);
        Poll::Pending
    }

    fn is_idle(&self) -> bool {
        true
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        listen(&global(), &WAKE_EVENTS, &self.wake_listener, false);
    }
}

fn failed() -> Input {
    Input::Failed { message: "websocket error".into(), retry_after: None }
}

struct Socket {
    link: LinkId,
    inner: WebSocket,
    sending: bool,
    settling: Option<Millis>,
    listener: EventClosure,
}

impl Socket {
    fn open(link: LinkId, url: &str, mailbox: &Rc<Mailbox>) -> Option<Self> {
        let socket = WebSocket::new(url).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let mailbox = mailbox.clone();
        let listener = EventClosure::new(move |event: Event| {
            mailbox.post(link, read(event));
        });
        listen(&socket, &SOCKET_EVENTS, &listener, true);
        Some(Self { link, inner: socket, sending: false, settling: None, listener })
    }

    fn send(&mut self, frames: &[Frame]) {
        for frame in frames {
            // One that cannot be sent any more is told by the close event.
            let _ = match frame {
                Frame::Text(text) => self.inner.send_with_str(text),
                Frame::Binary(bytes) => self.inner.send_with_u8_array(bytes),
            };
        }
        self.sending = true;
    }

    fn has_drained(&self) -> bool {
        let buffered = self.inner.buffered_amount();
        let settled = self.settling.is_some_and(|at| at <= now());
        self.sending && buffered < BUFFERED || settled && buffered == 0
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        listen(&self.inner, &SOCKET_EVENTS, &self.listener, false);
        let _ = self.inner.close();
    }
}

fn read(event: Event) -> Input {
    match event.type_().as_str() {
        "open" => Input::Opened,
        "message" => {
            let data = event.unchecked_into::<MessageEvent>().data();
            Input::Frame(match data.as_string() {
                Some(text) => Frame::Text(text),
                None => {
                    let bytes = Uint8Array::new(data.unchecked_ref::<ArrayBuffer>());
                    Frame::Binary(bytes.to_vec().into())
                }
            })
        }
        "error" => failed(),
        _ => Input::Closed,
    }
}

struct Timer {
    wake: Closure<dyn FnMut()>,
    handle: Option<i32>,
    at: Option<Millis>,
    fired: Rc<Cell<bool>>,
}

impl Timer {
    fn new(mailbox: Rc<Mailbox>) -> Self {
        let fired = Rc::new(Cell::new(false));
        let firing = fired.clone();
        let wake = Closure::new(move || {
            firing.set(true);
            mailbox.wake();
        });
        Self { wake, handle: None, at: None, fired }
    }

    fn arm(&mut self, delay: Option<Millis>, at: Option<Millis>) {
        if self.at == at && !self.fired.take() {
            return;
        }
        self.clear();
        self.at = at;
        if let Some(delay) = delay {
            let delay = i32::try_from(delay).unwrap_or(i32::MAX);
            self.handle = global()
                .set_timeout_with_callback_and_timeout_and_arguments_0(
                    self.wake.as_ref().unchecked_ref(),
                    delay,
                )
                .ok();
        }
    }

    fn clear(&mut self) {
        if let Some(handle) = self.handle.take() {
            global().clear_timeout_with_handle(handle);
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.clear();
    }
}
