//! What is shown to the server when a namespace is entered. Without the feature `auth`, `without/auth.rs` stands
//! here.

use super::{Core, Millis, Notice, NsId, namespace::Stage};

/// What a namespace shows the server when it is entered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Auth {
    /// Nothing.
    #[default]
    None,
    /// A JSON object, as text.
    Value(String),
    /// Asked for anew each time, with [`Notice::AskAuth`](super::Notice::AskAuth).
    Ask,
}

impl Core {
    /// What a namespace shows from the next time on.
    pub fn set_auth(&mut self, ns: NsId, auth: Auth) {
        if let Some(ns) = self.namespaces.get_mut(ns.0) {
            ns.auth = auth;
        }
    }

    /// Gives the auth that [`Notice::AskAuth`] asked for: a JSON object as text, or nothing.
    pub fn provide_auth(&mut self, now: Millis, ns: NsId, auth: &str) {
        self.wire.now = self.wire.now.max(now);
        if let Some(namespace) = self.namespaces.get_mut(ns.0)
            && namespace.stage == Stage::Asking
        {
            self.send_connect(ns, auth);
            self.settle();
        }
    }

    pub(super) fn present(&mut self, ns: NsId) {
        let Some(namespace) = self.namespaces.get_mut(ns.0) else {
            return;
        };
        match &namespace.auth {
            Auth::None => self.send_connect(ns, ""),
            Auth::Value(auth) => {
                let auth = auth.clone();
                self.send_connect(ns, &auth);
            }
            Auth::Ask => {
                namespace.stage = Stage::Asking;
                self.notices.push(Notice::AskAuth { ns });
            }
        }
    }
}
