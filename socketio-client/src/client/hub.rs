//! What the handles, the handlers and the driver share.

use std::{
    sync::Arc,
    task::{Context, Poll, Waker},
};

use super::{
    AckError, Change, ClientState, Event, MaybeSend, Subscription,
    auth::Providers,
    change,
    ends::Waiters,
    lock::{Guard, Lock},
    replies::Replier,
};
use crate::{
    codec::Packet,
    core::{AckToken, Action, Core, Input, LinkId, Millis, Notice, NsId},
    io,
};

macro_rules! boxed {
    ($name:ident, $($closure:tt)*) => {
        #[cfg(feature = "native")]
        pub(crate) type $name = Box<dyn $($closure)* + Send>;
        #[cfg(not(feature = "native"))]
        pub(crate) type $name = Box<dyn $($closure)*>;
    };
}

boxed!(Handler, FnMut(Told<'_>));
boxed!(AckHandler, FnOnce(Result<Packet, AckError>));

/// Called outside the hub's lock; the lock of its own is never contended, for only the driver calls.
pub(super) type Shared<T> = Arc<Lock<T>>;

/// What handlers hear.
#[derive(Clone, Copy)]
pub(crate) enum Told<'a> {
    Event(&'a Event),
    Change(&'a Change),
}

/// One type for all handlers, so that there is one piece of code that calls them.
struct Listener {
    id: u64,
    /// Of which namespace and event; or of changes, or of all events.
    ns: Option<NsId>,
    name: Option<Arc<str>>,
    once: bool,
    call: Shared<Handler>,
}

/// Who waits for an answer.
enum Waiting {
    Handler(AckHandler),
    Future(Option<Waker>),
    /// It is there; the future has yet to take it.
    Done(Result<Packet, AckError>),
}

pub(crate) struct Hub {
    inner: Lock<Inner>,
}

pub(super) struct Inner {
    pub(super) core: Core,
    listeners: Vec<Listener>,
    acks: Vec<(AckToken, Waiting)>,
    pub(super) auth: Providers,
    next_id: u64,
    driver: Option<Waker>,
    pub(super) waiting: Waiters,
    /// The driver has nothing under way.
    pub(super) idle: bool,
    /// No handle is left.
    abandoned: bool,
}

impl Inner {
    fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn waiting_for(&mut self, token: AckToken) -> Option<&mut Waiting> {
        self.acks.iter_mut().find(|(other, _)| *other == token).map(|(_, waiting)| waiting)
    }

    fn put(&mut self, token: AckToken, now: Waiting) {
        if let Some(waiting) = self.waiting_for(token) {
            *waiting = now;
        }
    }

    fn take(&mut self, token: AckToken) -> Option<Waiting> {
        let at = self.acks.iter().position(|(other, _)| *other == token)?;
        Some(self.acks.swap_remove(at).1)
    }

    fn wake_driver(&mut self) {
        self.idle = false;
        if let Some(driver) = &self.driver {
            driver.wake_by_ref();
        }
    }
}

impl Hub {
    pub(crate) fn new(core: Core) -> Arc<Self> {
        let inner = Inner {
            core,
            listeners: Vec::new(),
            acks: Vec::new(),
            auth: Providers::default(),
            next_id: 0,
            driver: None,
            waiting: Waiters::default(),
            idle: true,
            abandoned: false,
        };
        #[allow(
            clippy::arc_with_non_send_sync,
            reason = "in the browser the handlers stay on their thread"
        )]
        Arc::new(Self { inner: Lock::new(inner) })
    }

    pub(super) fn lock(&self) -> Guard<'_, Inner> {
        self.inner.lock()
    }

    /// For letting the core do something: the driver wakes to see to what follows.
    fn enter(&self) -> (Guard<'_, Inner>, Millis) {
        let mut inner = self.lock();
        inner.wake_driver();
        (inner, io::now())
    }

    pub(crate) fn with_core<T>(&self, act: impl FnOnce(&mut Core, Millis) -> T) -> T {
        let (mut inner, now) = self.enter();
        act(&mut inner.core, now)
    }

    pub(crate) fn read_core<T>(&self, read: impl FnOnce(&Core) -> T) -> T {
        read(&self.lock().core)
    }

    pub(crate) fn act(&self, act: fn(&mut Core, Millis)) {
        self.with_core(act);
    }

    pub(crate) fn shut_down(&self) {
        self.lock().abandoned = true;
        self.act(Core::close);
    }

    pub(crate) fn state(&self) -> ClientState {
        let inner = self.lock();
        change::state(&inner.core, io::now())
    }

    pub(crate) fn listen(
        self: &Arc<Self>,
        ns: Option<NsId>,
        name: Option<&str>,
        once: bool,
        handler: Handler,
    ) -> Subscription {
        let mut inner = self.lock();
        let id = inner.next_id();
        let (name, call) = (name.map(Arc::from), shared(handler));
        inner.listeners.push(Listener { id, ns, name, once, call });
        Subscription::new(self, id)
    }

    pub(crate) fn unlisten(&self, id: u64) {
        // The listener is dropped outside the lock: what it captured may have a Drop that comes back here.
        let mut inner = self.lock();
        let at = inner.listeners.iter().position(|other| other.id == id);
        let gone = at.map(|at| inner.listeners.remove(at));
        drop(inner);
        drop(gone);
    }

    /// For an event whose answer is waited for by `handler`, or by a future.
    pub(crate) fn expect(&self, handler: Option<AckHandler>) -> AckToken {
        let mut inner = self.lock();
        let token = AckToken(inner.next_id());
        inner.acks.push((token, handler.map_or(Waiting::Future(None), Waiting::Handler)));
        token
    }

    /// Whoever waits is found and told under one lock: another thread may be asking just now.
    pub(crate) fn answer(&self, token: AckToken, result: Result<Packet, AckError>) {
        let mut inner = self.lock();
        match inner.waiting_for(token) {
            Some(Waiting::Future(waker)) => {
                let waker = waker.take();
                inner.put(token, Waiting::Done(result));
                drop(inner);
                if let Some(waker) = waker {
                    waker.wake();
                }
            }
            Some(Waiting::Handler(_)) => {
                let gone = inner.take(token);
                drop(inner);
                if let Some(Waiting::Handler(handler)) = gone {
                    handler(result);
                }
            }
            Some(Waiting::Done(_)) | None => {}
        }
    }

    pub(crate) fn poll_answer(
        &self,
        token: AckToken,
        cx: &Context<'_>,
    ) -> Poll<Result<Packet, AckError>> {
        let mut inner = self.lock();
        if let Some(Waiting::Future(waker)) = inner.waiting_for(token) {
            let before = waker.replace(cx.waker().clone());
            drop(inner);
            drop(before);
            return Poll::Pending;
        }
        match inner.take(token) {
            Some(Waiting::Done(result)) => Poll::Ready(result),
            _ => Poll::Ready(Err(AckError::Disconnected)),
        }
    }

    /// Nobody waits any more.
    pub(crate) fn forget(&self, token: AckToken) {
        let mut inner = self.lock();
        let gone = inner.take(token);
        inner.core.forget_ack(token);
        drop(inner);
        drop(gone);
    }

    // What follows is the driver's.

    pub(super) fn attend(&self, cx: &Context<'_>) {
        let mut inner = self.lock();
        inner.driver = Some(cx.waker().clone());
        inner.core.tick(io::now());
    }

    pub(crate) fn input(&self, link: LinkId, input: Input) {
        self.with_core(|core, now| core.handle(now, link, input));
    }

    pub(super) fn take_actions(&self) -> Vec<Action> {
        self.lock().core.take_actions()
    }

    pub(super) fn wake_at(&self) -> Millis {
        self.lock().core.wake_at()
    }

    /// Tells the user what there is to tell; whether there was something.
    pub(super) fn dispatch(self: &Arc<Self>) -> bool {
        let notices = self.lock().core.take_notices();
        let any = !notices.is_empty();
        for notice in notices {
            self.notice(notice);
        }
        any
    }

    fn notice(self: &Arc<Self>, notice: Notice) {
        match notice {
            Notice::Event { ns, packet, reply } => {
                let name = self.read_core(|core| core.name(ns));
                if let Some(namespace) = name {
                    let event = Event::new(namespace, packet, Replier::new(self, reply));
                    self.tell(Some((ns, &event.plain_name())), Told::Event(&event));
                }
            }
            Notice::Ack { token, result } => self.answer(token, result.map_err(AckError::from)),
            #[cfg(feature = "auth")]
            Notice::AskAuth { ns } => self.provide_auth(ns),
            Notice::Change(change) => self.tell(None, Told::Change(&change)),
        }
    }

    /// Calls the handlers that were there when this began, one after another and outside the lock.
    fn tell(&self, event: Option<(NsId, &str)>, told: Told<'_>) {
        let newest = self.lock().next_id;
        let mut last = 0;
        loop {
            let inner = self.lock();
            let next = inner.listeners.iter().position(|listener| {
                let wants = match (event, listener.ns) {
                    (None, None) => true,
                    (Some((ns, name)), Some(at)) => {
                        ns == at && listener.name.as_ref().is_none_or(|only| **only == *name)
                    }
                    _ => false,
                };
                wants && listener.id > last && listener.id <= newest
            });
            let Some(listener) = next.and_then(|at| inner.listeners.get(at)) else {
                return;
            };
            let (call, once) = (listener.call.clone(), listener.once);
            last = listener.id;
            drop(inner);
            if once {
                self.unlisten(last);
            }
            call.lock()(told);
        }
    }

    /// Notes that the driver has done all there was; says whether it may end.
    pub(super) fn rest(&self, idle: bool) -> bool {
        let mut inner = self.lock();
        inner.idle = idle;
        let done = inner.abandoned && idle && inner.core.is_quiet();
        let waiting = std::mem::take(&mut inner.waiting);
        drop(inner);
        waiting.wake();
        done
    }
}

pub(super) fn shared<T: MaybeSend>(value: T) -> Shared<T> {
    #[allow(
        clippy::arc_with_non_send_sync,
        reason = "in the browser the handlers stay on their thread"
    )]
    Arc::new(Lock::new(value))
}

#[cfg(all(test, feature = "native"))]
mod tests {
    use super::*;
    use crate::core::{Config, Endpoint};
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn an_answer_is_not_lost_that_comes_while_it_is_asked_for() {
        let hub = Hub::new(Core::new(Endpoint::parse("ws://server").unwrap(), Config::default()));
        let cx = Context::from_waker(Waker::noop());
        for _ in 0..20_000 {
            let token = hub.expect(None);
            let answered = AtomicBool::new(false);
            std::thread::scope(|threads| {
                threads.spawn(|| {
                    hub.answer(token, Err(AckError::Timeout));
                    answered.store(true, Ordering::Release);
                });
                loop {
                    let is_last = answered.load(Ordering::Acquire);
                    match hub.poll_answer(token, &cx) {
                        Poll::Ready(answer) => {
                            assert!(matches!(answer, Err(AckError::Timeout)), "{answer:?}");
                            return;
                        }
                        Poll::Pending => assert!(!is_last, "the answer is lost"),
                    }
                }
            });
        }
    }
}
