//! The client that people use: namespaces, events, acks, and the state of the connection.

mod ack;
mod arguments;
#[cfg_attr(not(feature = "auth"), path = "../without/auth_client.rs")]
mod auth;
mod builder;
mod change;
#[cfg(feature = "delivery")]
mod delivery;
mod driver;
#[cfg_attr(not(feature = "linger"), path = "../without/ends.rs")]
mod ends;
mod event;
mod hub;
mod lock;
mod namespace;
#[cfg(feature = "patience")]
mod patience;
#[cfg_attr(not(feature = "replies"), path = "../without/replier.rs")]
mod replies;
mod stream;
mod subscription;

use std::sync::Arc;

pub use ack::{Ack, AckError};
pub use arguments::{Arguments, List};
pub use builder::Builder;
pub use change::ClientState;
pub(crate) use driver::{Io, drive};
pub use event::{Answer, Event, FromAnswer};
pub(crate) use hub::Hub;
pub use namespace::{Emit, Namespace};
#[cfg(feature = "replies")]
pub use replies::Reply;
pub use stream::Stream;
pub use subscription::Subscription;

use crate::codec::is_namespace;
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
    #[allow(clippy::inline_always, reason = "a page pays for what is not inlined")]
    #[inline(always)]
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
        if !is_namespace(name) {
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
    pub fn on_change(
        &self,
        mut handler: impl FnMut(&Change) + MaybeSend + 'static,
    ) -> Subscription {
        let handler = Box::new(move |told: hub::Told<'_>| {
            if let hub::Told::Change(change) = told {
                handler(change);
            }
        });
        self.handle.hub.listen(None, None, false, handler)
    }

    /// The changes of the connection and of its namespaces, from now on.
    pub fn changes(&self) -> Stream<Change> {
        Stream::new(|mut push| self.on_change(move |change| push(change.clone())))
    }

    /// Tries at once, where the client waits to try again; after giving up it begins anew.
    pub fn try_now(&self) {
        self.hub().act(crate::core::Core::try_now);
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

    /// How many events wait for the transport, the retry queue included.
    pub fn buffered(&self) -> usize {
        self.hub().read_core(crate::core::Core::buffered)
    }
}

pub(crate) fn millis(duration: std::time::Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}
