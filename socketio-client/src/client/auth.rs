//! What is shown to the server, with the feature `auth`; without it, `without/auth.rs` stands here.

use serde::Serialize;

use super::{
    Builder, Client, ConfigError, MaybeSend, Namespace,
    hub::{Hub, Shared, shared},
};
use crate::core::{Auth, NsId};

#[cfg(feature = "native")]
type Provider = Box<dyn FnMut() -> String + Send>;
#[cfg(not(feature = "native"))]
type Provider = Box<dyn FnMut() -> String>;

/// The closures that are asked at each connect.
#[derive(Default)]
pub(super) struct Providers(Vec<(NsId, Shared<Provider>)>);

impl Hub {
    fn set_auth(&self, ns: NsId, provider: Provider) {
        let mut inner = self.lock();
        inner.auth.0.retain(|(other, _)| *other != ns);
        inner.auth.0.push((ns, shared(provider)));
        inner.core.set_auth(ns, Auth::Ask);
    }

    pub(super) fn provide_auth(&self, ns: NsId) {
        let inner = self.lock();
        let provider = inner.auth.0.iter().find(|(other, _)| *other == ns);
        let provider = provider.map(|(_, provider)| provider.clone());
        drop(inner);
        let auth = provider.map(|provider| provider.lock()()).unwrap_or_default();
        self.with_core(|core, now| core.provide_auth(now, ns, &auth));
    }
}

impl Namespace {
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
}

fn auth_json<T: Serialize + ?Sized>(auth: &T) -> Option<String> {
    let json = serde_json::to_string(auth).ok()?;
    match json.as_str() {
        "null" => Some(String::new()),
        _ => Some(json).filter(|json| json.starts_with('{')),
    }
}

impl Builder {
    /// Makes the client and connects to a namespace, with something to show there.
    ///
    /// # Errors
    /// As [`build`](Self::build), and when the namespace's name or the auth will not do.
    pub fn connect_to<T: Serialize + ?Sized>(
        self,
        namespace: &str,
        auth: &T,
    ) -> Result<(Client, Namespace), ConfigError> {
        let client = self.build()?;
        let namespace = client.namespace(namespace)?;
        namespace.set_auth(auth)?;
        namespace.connect();
        Ok((client, namespace))
    }
}
