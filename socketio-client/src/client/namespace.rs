use std::{sync::Arc, time::Duration};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    Ack, Answer, Arguments, EmitError, Event, Handle, MaybeSend, Stream, Subscription,
    ack::{AckError, Slot},
    hub::{AckHandler, Hub},
    lock::Lock,
    millis,
};
use crate::{
    codec::RESERVED,
    core::{AckToken, Auth, ConfigError, EmitOptions, NsId, Status},
};

/// One namespace of a client. Clones are the same namespace.
#[derive(Clone)]
pub struct Namespace {
    handle: Arc<Handle>,
    id: NsId,
}

impl std::fmt::Debug for Namespace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Namespace").field(&self.name()).finish()
    }
}

impl Namespace {
    pub(super) fn new(handle: Arc<Handle>, id: NsId) -> Self {
        Self { handle, id }
    }

    fn hub(&self) -> &Arc<Hub> {
        &self.handle.hub
    }

    /// Its name.
    pub fn name(&self) -> Arc<str> {
        self.hub().read_core(|core| core.name(self.id)).unwrap_or_else(|| "/".into())
    }

    /// How it stands.
    pub fn status(&self) -> Status {
        self.hub().read_core(|core| core.status(self.id))
    }

    /// Whether it is entered.
    pub fn is_connected(&self) -> bool {
        matches!(self.status(), Status::Connected { .. })
    }

    /// Shows this to the server at each connect from now on: something that serialises to an object.
    ///
    /// # Errors
    /// When it serialises to anything else.
    pub fn set_auth<T: Serialize + ?Sized>(&self, auth: &T) -> Result<(), ConfigError> {
        let auth = auth_json(auth).ok_or(ConfigError::Auth)?;
        let auth = if auth.is_empty() { Auth::None } else { Auth::Value(auth) };
        self.hub().with_core(|core, _| core.set_auth(self.id, auth));
        Ok(())
    }

    /// Asks this closure at each connect from now on; what does not serialise to an object counts as none.
    pub fn set_auth_with<T: Serialize>(&self, mut auth: impl FnMut() -> T + MaybeSend + 'static) {
        self.hub().set_auth(self.id, Box::new(move || auth_json(&auth()).unwrap_or_default()));
    }

    /// Enters the namespace, and opens the connection where there is none. It is entered again after each
    /// reconnection, until it is left, refused, or the server puts the client out.
    pub fn connect(&self) {
        let id = self.id;
        self.hub().with_core(|core, now| core.connect(now, id));
    }

    /// Leaves it. When it was the last, the connection closes.
    pub fn disconnect(&self) {
        let id = self.id;
        self.hub().with_core(|core, now| core.disconnect(now, id));
    }

    /// Calls `handler` for each event of this name.
    pub fn on(
        &self,
        name: &str,
        handler: impl FnMut(&Event) + MaybeSend + 'static,
    ) -> Subscription {
        self.hub().on_event(self.id, Some(name), false, Box::new(handler))
    }

    /// Calls `handler` for the next event of this name.
    pub fn once(
        &self,
        name: &str,
        handler: impl FnMut(&Event) + MaybeSend + 'static,
    ) -> Subscription {
        self.hub().on_event(self.id, Some(name), true, Box::new(handler))
    }

    /// Calls `handler` for each event, whatever its name.
    pub fn on_any(&self, handler: impl FnMut(&Event) + MaybeSend + 'static) -> Subscription {
        self.hub().on_event(self.id, None, false, Box::new(handler))
    }

    /// The events of this name, from now on.
    pub fn stream(&self, name: &str) -> Stream<Event> {
        Stream::new(|mut push| self.on(name, move |event| push(event.clone())))
    }

    /// All events, from now on.
    pub fn stream_any(&self) -> Stream<Event> {
        Stream::new(|mut push| self.on_any(move |event| push(event.clone())))
    }

    /// Sends an event. While the namespace is not connected, it waits in a buffer.
    ///
    /// # Errors
    /// When the name is reserved, the arguments cannot be written as JSON, or the buffer is full.
    pub fn emit(&self, name: &str, arguments: impl Arguments) -> Result<(), EmitError> {
        self.event(name).emit(arguments)
    }

    /// Sends an event that the server answers. It is on its way when this returns; the answer's first
    /// argument is what the future gives.
    pub fn emit_with_ack<T: DeserializeOwned>(
        &self,
        name: &str,
        arguments: impl Arguments,
    ) -> Ack<T> {
        self.event(name).emit_with_ack(arguments)
    }

    /// An event with more to say about how it is sent.
    pub fn event<'a>(&'a self, name: &'a str) -> Emit<'a> {
        Emit { namespace: self, name, options: EmitOptions::default() }
    }

    fn send(
        &self,
        name: &str,
        arguments: impl Arguments,
        options: EmitOptions,
    ) -> Result<(), EmitError> {
        if RESERVED.contains(&name) {
            return Err(EmitError::Reserved(name.into()));
        }
        let (json, attachments) = arguments.into_list()?.finish(Some(name));
        self.send_json(json, attachments, options)
    }

    fn send_json(
        &self,
        json: String,
        attachments: Vec<crate::Binary>,
        options: EmitOptions,
    ) -> Result<(), EmitError> {
        let id = self.id;
        self.hub().with_core(|core, now| core.emit(now, id, json, attachments, options))
    }
}

fn auth_json<T: Serialize + ?Sized>(auth: &T) -> Option<String> {
    let json = serde_json::to_string(auth).ok()?;
    match json.as_str() {
        "null" => Some(String::new()),
        _ => Some(json).filter(|json| json.starts_with('{')),
    }
}

/// How to send one event.
#[derive(Debug, Clone, Copy)]
pub struct Emit<'a> {
    namespace: &'a Namespace,
    name: &'a str,
    options: EmitOptions,
}

impl Emit<'_> {
    /// Better never than late: dropped unless it can leave at once.
    #[must_use]
    pub fn volatile(mut self) -> Self {
        self.options.volatile = true;
        self
    }

    /// Dropped when it still waits after this time; its ack then fails as a timeout.
    #[must_use]
    pub fn expires(mut self, after: Duration) -> Self {
        self.options.expires = Some(millis(after));
        self
    }

    /// How long to wait for the answer; with retries, each time.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(millis(timeout));
        self
    }

    /// Sends it.
    ///
    /// # Errors
    /// As [`Namespace::emit`].
    pub fn emit(self, arguments: impl Arguments) -> Result<(), EmitError> {
        self.namespace.send(self.name, arguments, self.options)
    }

    /// Sends it and expects an answer, as [`Namespace::emit_with_ack`].
    pub fn emit_with_ack<T: DeserializeOwned>(mut self, arguments: impl Arguments) -> Ack<T> {
        #[allow(clippy::arc_with_non_send_sync, reason = "in the browser it stays on its thread")]
        let slot = Arc::new(Lock::new(Slot::default()));
        let fill = slot.clone();
        let token = self.expect(Box::new(move |result| Slot::fill(&fill, result)));
        match self.emit(arguments) {
            Ok(()) => Ack::waiting(self.namespace.handle.clone(), token, slot),
            Err(error) => {
                self.namespace.hub().take_ack(token);
                Ack::refused(error)
            }
        }
    }

    /// Sends it and calls `handler` with the answer.
    ///
    /// # Errors
    /// As [`Namespace::emit`]; then `handler` is not called.
    pub fn emit_with_callback(
        mut self,
        arguments: impl Arguments,
        handler: impl FnOnce(Result<Answer, AckError>) + MaybeSend + 'static,
    ) -> Result<(), EmitError> {
        let token = self.expect(Box::new(move |result| {
            handler(result.map(Answer::new).map_err(AckError::from));
        }));
        let sent = self.emit(arguments);
        if sent.is_err() {
            self.namespace.hub().take_ack(token);
        }
        sent
    }

    fn expect(&mut self, handler: AckHandler) -> AckToken {
        let token = self.namespace.hub().register_ack(handler);
        self.options.ack = Some(token);
        token
    }
}
