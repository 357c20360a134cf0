//! The client that people use: namespaces, events, acks, and the state of the connection.

mod ack;
mod arguments;
mod builder;
mod change;
mod driver;
mod event;
mod hub;
mod lock;
mod namespace;
mod stream;
mod subscription;

use std::{future::Future, sync::Arc};

pub use ack::{Ack, AckError};
pub use arguments::{Arguments, List};
pub use builder::Builder;
pub use change::ClientState;
pub(crate) use driver::{Io, drive};
pub use event::{Answer, Event, Reply};
pub(crate) use hub::Hub;
pub use namespace::{Emit, Namespace};
pub use stream::Stream;
pub use subscription::Subscription;

use crate::core::{Change, ConfigError, EmitError, Millis};

/// What handlers and closures must be: `Send` natively, anything in the browser.
#[cfg(feature = "native")]
pub trait MaybeSend: Send {}
#[cfg(feature = "native")]
impl<T: Send> MaybeSend for T {}
/// What handlers and closures must be: `Send` natively, anything in the browser.
#[cfg(not(feature = "native"))]
pub trait MaybeSend {}
#[cfg(not(feature = "native"))]
impl<T> MaybeSend for T {}

/// A connection to one server, with any number of namespaces on it.
///
/// Clones share the connection. It closes when the last clone of the client and of its namespaces is
/// dropped; what was emitted before still leaves.
#[derive(Clone)]
pub struct Client {
    handle: Arc<Handle>,
}

/// What keeps the connection alive.
pub(crate) struct Handle {
    pub(crate) hub: Arc<Hub>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.hub.shut_down();
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}

impl Client {
    /// Describes a client of the server at this URL: `https://…`, `http://…`, `wss://…` or `ws://…`, and in
    /// the browser `""` for the page's own server.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }

    pub(crate) fn start(hub: Arc<Hub>) -> Self {
        Self {
            #[allow(
                clippy::arc_with_non_send_sync,
                reason = "in the browser it stays on its thread"
            )]
            handle: Arc::new(Handle { hub }),
        }
    }

    fn hub(&self) -> &Hub {
        &self.handle.hub
    }

    /// The namespace of this name, the same one each time. It is entered with [`Namespace::connect`].
    ///
    /// # Errors
    /// When the name does not begin with `/`, or holds a comma or a control character.
    pub fn namespace(&self, name: &str) -> Result<Namespace, ConfigError> {
        if !name.starts_with('/') || name.bytes().any(|byte| byte == b',' || byte < b' ') {
            return Err(ConfigError::Namespace);
        }
        Ok(Namespace::new(
            self.handle.clone(),
            self.hub().with_core(|core, _| core.namespace(name)),
        ))
    }

    /// How the connection stands now.
    pub fn state(&self) -> ClientState {
        self.hub().state()
    }

    /// Calls `handler` at each change of the connection and of its namespaces.
    pub fn on_change(&self, handler: impl FnMut(&Change) + MaybeSend + 'static) -> Subscription {
        self.handle.hub.on_change(Box::new(handler))
    }

    /// The changes of the connection and of its namespaces, from now on.
    pub fn changes(&self) -> Stream<Change> {
        Stream::new(|mut push| self.on_change(move |change| push(change.clone())))
    }

    /// Tries at once, where the client waits to try again; after giving up it begins anew.
    pub fn try_now(&self) {
        self.hub().act(crate::core::Core::try_now);
    }

    /// The next attempt after a loss comes no sooner than this, jittered: for a server that said so.
    pub fn retry_after(&self, delay: std::time::Duration) {
        self.hub().with_core(|core, _| core.retry_after(millis(delay)));
    }

    /// Leaves every namespace and closes the connection for good. What was emitted on connected
    /// namespaces still leaves.
    pub fn close(&self) {
        self.hub().act(crate::core::Core::close);
    }

    /// Cuts the connection as a lost network does. For tests: reconnection goes its way.
    pub fn drop_connection(&self) {
        self.hub().act(crate::core::Core::drop_connection);
    }

    /// Ends when no answer is expected any more, or there is no connection that could bring it.
    pub fn answered(&self) -> impl Future<Output = ()> + use<> {
        self.until(|core, _| {
            core.pending_acks() == 0 || !matches!(core.state(), crate::core::State::Open { .. })
        })
    }

    /// How many events wait for the transport, the retry queue included.
    pub fn buffered(&self) -> usize {
        self.hub().read_core(crate::core::Core::buffered)
    }

    /// Ends when nothing that can leave is waiting any more; the retry queue counts.
    pub fn flushed(&self) -> impl Future<Output = ()> + use<> {
        self.until(|core, _| core.is_flushed())
    }

    /// Ends when there is no connection and none is wanted, and every byte that was sent has left.
    pub fn closed(&self) -> impl Future<Output = ()> + use<> {
        self.until(|core, idle| core.is_quiet() && idle)
    }

    fn until<F: Fn(&crate::core::Core, bool) -> bool>(
        &self,
        done: F,
    ) -> impl Future<Output = ()> + use<F> {
        let handle = self.handle.clone();
        std::future::poll_fn(move |cx| handle.hub.poll_until(cx, &done))
    }
}

pub(crate) fn millis(duration: std::time::Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}
