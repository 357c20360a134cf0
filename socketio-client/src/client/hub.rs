//! What the handles, the handlers and the driver share.

use std::{
    sync::Arc,
    task::{Context, Poll, Waker},
};

use super::{
    Change, ClientState, Event, MaybeSend, Subscription, change,
    lock::{Guard, Lock},
};
use crate::{
    codec::Packet,
    core::{AckFailure, AckToken, Action, Core, Input, LinkId, Millis, Notice, NsId},
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

boxed!(EventHandler, FnMut(&Event));
boxed!(ChangeHandler, FnMut(&Change));
boxed!(AckHandler, FnOnce(Result<Packet, AckFailure>));
boxed!(AuthProvider, FnMut() -> String);

/// Called outside the hub's lock; the lock of its own is never contended, for only the driver calls.
type Shared<T> = Arc<Lock<T>>;

#[derive(Clone)]
pub(crate) enum Listener {
    Event { ns: NsId, name: Option<Arc<str>>, once: bool, call: Shared<EventHandler> },
    Change(Shared<ChangeHandler>),
}

pub(crate) struct Hub {
    inner: Lock<Inner>,
}

struct Inner {
    core: Core,
    listeners: Vec<(u64, Listener)>,
    acks: Vec<(AckToken, AckHandler)>,
    auth: Vec<(NsId, Shared<AuthProvider>)>,
    next_id: u64,
    driver: Option<Waker>,
    waiting: Vec<Waker>,
    /// The driver has nothing under way.
    idle: bool,
    /// No handle is left.
    abandoned: bool,
}

impl Inner {
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
            auth: Vec::new(),
            next_id: 0,
            driver: None,
            waiting: Vec::new(),
            idle: true,
            abandoned: false,
        };
        #[allow(
            clippy::arc_with_non_send_sync,
            reason = "in the browser the handlers stay on their thread"
        )]
        Arc::new(Self { inner: Lock::new(inner) })
    }

    fn lock(&self) -> Guard<'_, Inner> {
        self.inner.lock()
    }

    /// Lets the core do something and wakes the driver to see to what follows.
    pub(crate) fn with_core<T>(&self, act: impl FnOnce(&mut Core, Millis) -> T) -> T {
        let mut inner = self.lock();
        let result = act(&mut inner.core, io::now());
        inner.wake_driver();
        result
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

    pub(crate) fn poll_until(
        &self,
        cx: &mut Context<'_>,
        done: &impl Fn(&Core, bool) -> bool,
    ) -> Poll<()> {
        let mut inner = self.lock();
        if done(&inner.core, inner.idle) {
            return Poll::Ready(());
        }
        inner.waiting.push(cx.waker().clone());
        Poll::Pending
    }

    fn listen(self: &Arc<Self>, listener: Listener) -> Subscription {
        let mut inner = self.lock();
        inner.next_id += 1;
        let id = inner.next_id;
        inner.listeners.push((id, listener));
        Subscription::new(self, id)
    }

    pub(crate) fn on_change(self: &Arc<Self>, handler: ChangeHandler) -> Subscription {
        self.listen(Listener::Change(shared(handler)))
    }

    pub(crate) fn on_event(
        self: &Arc<Self>,
        ns: NsId,
        name: Option<&str>,
        once: bool,
        handler: EventHandler,
    ) -> Subscription {
        self.listen(Listener::Event { ns, name: name.map(Arc::from), once, call: shared(handler) })
    }

    pub(crate) fn unlisten(&self, id: u64) {
        // The listener is dropped outside the lock: what it captured may have a Drop that comes back here.
        let mut inner = self.lock();
        let at = inner.listeners.iter().position(|(other, _)| *other == id);
        let gone = at.map(|at| inner.listeners.remove(at));
        drop(inner);
        drop(gone);
    }

    pub(crate) fn set_auth(&self, ns: NsId, provider: AuthProvider) {
        let mut inner = self.lock();
        inner.auth.retain(|(other, _)| *other != ns);
        inner.auth.push((ns, shared(provider)));
        inner.core.set_auth(ns, crate::core::Auth::Ask);
    }

    pub(crate) fn register_ack(&self, handler: AckHandler) -> AckToken {
        let mut inner = self.lock();
        inner.next_id += 1;
        let token = AckToken(inner.next_id);
        inner.acks.push((token, handler));
        token
    }

    pub(crate) fn take_ack(&self, token: AckToken) -> Option<AckHandler> {
        let mut inner = self.lock();
        let at = inner.acks.binary_search_by_key(&token.0, |(token, _)| token.0).ok()?;
        (at < inner.acks.len()).then(|| inner.acks.remove(at).1)
    }

    // What follows is the driver's.

    pub(super) fn attend(&self, cx: &Context<'_>) {
        let mut inner = self.lock();
        if !inner.driver.as_ref().is_some_and(|driver| driver.will_wake(cx.waker())) {
            inner.driver = Some(cx.waker().clone());
        }
        inner.core.tick(io::now());
    }

    pub(super) fn input(&self, link: LinkId, input: Input) {
        self.lock().core.handle(io::now(), link, input);
    }

    pub(super) fn next_action(&self) -> Option<Action> {
        self.lock().core.poll_action()
    }

    pub(super) fn next_wake(&self) -> Option<Millis> {
        self.lock().core.next_wake()
    }

    /// Tells the user one thing, if there is one.
    pub(super) fn dispatch(self: &Arc<Self>) -> bool {
        let mut inner = self.lock();
        let Some(notice) = inner.core.poll_notice() else {
            return false;
        };
        match notice {
            Notice::Event { ns, packet, reply } => {
                let name = inner.core.name(ns);
                drop(inner);
                if let Some(namespace) = name {
                    self.tell_event(ns, &Event::new(self.clone(), namespace, packet, reply));
                }
            }
            Notice::Ack { token, result } => {
                drop(inner);
                if let Some(handler) = self.take_ack(token) {
                    handler(result);
                }
            }
            Notice::AskAuth { ns } => {
                let provider = inner.auth.iter().find(|(other, _)| *other == ns);
                let provider = provider.map(|(_, provider)| provider.clone());
                drop(inner);
                let auth = provider.map(|provider| provider.lock()()).unwrap_or_default();
                self.with_core(|core, now| core.provide_auth(now, ns, &auth));
            }
            Notice::Change(change) => {
                drop(inner);
                self.tell_change(&change);
            }
        }
        true
    }

    fn tell_event(&self, ns: NsId, event: &Event) {
        let name = event.name();
        let wants = |listener: &Listener| {
            matches!(listener, Listener::Event { ns: at, name: only, .. }
                if *at == ns && only.as_ref().is_none_or(|only| **only == *name))
        };
        let mut inner = self.lock();
        let wanting: Vec<_> =
            inner.listeners.iter().filter(|(_, listener)| wants(listener)).cloned().collect();
        inner.listeners.retain(|(id, listener)| {
            !matches!(listener, Listener::Event { once: true, .. })
                || !wanting.iter().any(|(gone, _)| gone == id)
        });
        drop(inner);
        for (_, listener) in wanting {
            if let Listener::Event { call, .. } = listener {
                call.lock()(event);
            }
        }
    }

    fn tell_change(&self, change: &Change) {
        let listeners: Vec<_> =
            self.lock().listeners.iter().map(|(_, each)| each.clone()).collect();
        for listener in listeners {
            if let Listener::Change(call) = listener {
                call.lock()(change);
            }
        }
    }

    /// Notes that the driver has done all there was; says whether it may end.
    pub(super) fn rest(&self, idle: bool) -> bool {
        let mut inner = self.lock();
        inner.idle = idle;
        let done = inner.abandoned && idle && inner.core.is_quiet();
        let waiting = std::mem::take(&mut inner.waiting);
        drop(inner);
        for waker in waiting {
            waker.wake();
        }
        done
    }
}

fn shared<T: MaybeSend>(value: T) -> Shared<T> {
    #[allow(
        clippy::arc_with_non_send_sync,
        reason = "in the browser the handlers stay on their thread"
    )]
    Arc::new(Lock::new(value))
}
