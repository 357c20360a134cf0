//! Connection state recovery: what was missed is asked for after a reconnection. Without the feature `recovery`,
//! `without/recovery.rs` stands here.

use crate::codec::json;

/// What a namespace shows to get its session back.
#[derive(Debug, Default)]
pub(super) struct Recovery {
    pid: Option<String>,
    offset: Option<String>,
}

impl Recovery {
    /// Takes the payload of the server's CONNECT; whether the session was restored.
    pub(super) fn connected(&mut self, payload: &str) -> bool {
        let pid = json::member(payload, "pid").and_then(json::string);
        let recovered = pid.is_some() && self.pid == pid;
        if !recovered {
            self.offset = None;
        }
        self.pid = pid;
        recovered
    }

    /// Takes an event's payload: its last argument says how far the server has come.
    pub(super) fn heard(&mut self, payload: &str) {
        if self.pid.is_some()
            && let Some(offset) = json::elements(payload).last().and_then(json::string)
        {
            self.offset = Some(offset);
        }
    }

    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// The CONNECT's payload: what the user shows, and what recovery needs.
    pub(super) fn connect_payload(&self, auth: &str) -> String {
        let Some(pid) = &self.pid else {
            return auth.into();
        };
        let mut payload = String::from("{\"pid\":");
        json::push_string(pid, &mut payload);
        if let Some(offset) = &self.offset {
            payload.push_str(",\"offset\":");
            json::push_string(offset, &mut payload);
        }
        let members = auth.trim().strip_prefix('{').unwrap_or("}").trim_start();
        if members != "}" {
            payload.push(',');
        }
        payload.push_str(members);
        payload
    }
}
