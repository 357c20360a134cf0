use std::{sync::Arc, time::Duration};

use super::{
    Ack, AckError, Answer, Arguments, EmitError, Event, FromAnswer, Handle, List, MaybeSend,
    Stream, Subscription,
    hub::{Hub, Told},
    millis,
};
use crate::{
    codec::is_reserved,
    core::{AckToken, EmitOptions, NsId, Status},
};

/// One namespace of a client. Clones are the same namespace.
#[derive(Clone)]
pub struct Namespace {
    handle: Arc<Handle>,
    pub(super) id: NsId,
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

    pub(super) fn hub(&self) -> &Arc<Hub> {
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
        self.hub().read_core(|core| core.is_connected(self.id))
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
        self.listen(Some(name), false, handler)
    }

    /// Calls `handler` for the next event of this name.
    pub fn once(
        &self,
        name: &str,
        handler: impl FnMut(&Event) + MaybeSend + 'static,
    ) -> Subscription {
        self.listen(Some(name), true, handler)
    }

    /// Calls `handler` for each event, whatever its name.
    pub fn on_any(&self, handler: impl FnMut(&Event) + MaybeSend + 'static) -> Subscription {
        self.listen(None, false, handler)
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

    /// Sends an event that the server answers. It is on its way when this returns; the future gives the
    /// answer's first argument, or all of the answer where `T` is [`Answer`].
    pub fn emit_with_ack<T: FromAnswer>(&self, name: &str, arguments: impl Arguments) -> Ack<T> {
        self.event(name).emit_with_ack(arguments)
    }

    /// An event with more to say about how it is sent.
    pub fn event<'a>(&'a self, name: &'a str) -> Emit<'a> {
        Emit { namespace: self, name, options: EmitOptions::default() }
    }

    fn listen(
        &self,
        name: Option<&str>,
        once: bool,
        mut handler: impl FnMut(&Event) + MaybeSend + 'static,
    ) -> Subscription {
        let handler = Box::new(move |told: Told<'_>| {
            if let Told::Event(event) = told {
                handler(event);
            }
        });
        self.hub().listen(Some(self.id), name, once, handler)
    }

    fn send(
        &self,
        name: &str,
        arguments: Result<List, serde_json::Error>,
        options: EmitOptions,
    ) -> Result<(), EmitError> {
        if is_reserved(name) {
            return Err(EmitError::Reserved(name.into()));
        }
        let (json, attachments) = arguments?.into_event(name);
        self.hub().with_core(|core, now| core.emit(now, self.id, json, attachments, options))
    }
}

/// How to send one event.
#[derive(Debug, Clone, Copy)]
pub struct Emit<'a> {
    namespace: &'a Namespace,
    name: &'a str,
    pub(super) options: EmitOptions,
}

impl Emit<'_> {
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
        self.send(arguments.into_list())
    }

    /// Sends it and expects an answer, as [`Namespace::emit_with_ack`].
    pub fn emit_with_ack<T: FromAnswer>(self, arguments: impl Arguments) -> Ack<T> {
        let handle = self.namespace.handle.clone();
        Ack::new(handle, self.ask(arguments.into_list()))
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
        let hub = self.namespace.hub();
        let token = hub.expect(Some(Box::new(move |result| handler(result.map(Answer::new)))));
        self.options.ack = Some(token);
        let sent = self.send(arguments.into_list());
        if sent.is_err() {
            hub.forget(token);
        }
        sent
    }

    fn send(self, arguments: Result<List, serde_json::Error>) -> Result<(), EmitError> {
        self.namespace.send(self.name, arguments, self.options)
    }

    fn ask(mut self, arguments: Result<List, serde_json::Error>) -> AckToken {
        let hub = self.namespace.hub();
        let token = hub.expect(None);
        self.options.ack = Some(token);
        if let Err(error) = self.send(arguments) {
            hub.answer(token, Err(AckError::Emit(error)));
        }
        token
    }
}
