//! Machine mode: one JSON object a line.

use std::{fmt::Write, time::Instant};

use serde_json::{Value, json};
use socketio_client::Change;

use crate::output::{Output, print};

pub(crate) struct Machine {
    start: Instant,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now() }
    }

    /// `fields` is an object; `args` is put beside them as it came, not parsed again.
    fn line(&self, is: &str, fields: &Value, args: Option<&str>) {
        let mut line = format!("{{\"is\":\"{is}\",\"at\":{}", self.start.elapsed().as_millis());
        for (key, value) in fields.as_object().into_iter().flatten() {
            let _ = write!(line, ",\"{key}\":{value}");
        }
        if let Some(args) = args {
            line.push_str(",\"args\":");
            line.push_str(args);
        }
        line.push_str("}\n");
        print(&line);
    }
}

impl Output for Machine {
    fn change(&mut self, change: &Change) {
        match change {
            Change::Open { transport, sid } => {
                self.line("open", &json!({"transport": transport.as_str(), "sid": &**sid}), None);
            }
            Change::Upgrade => self.line("upgrade", &json!({"transport": "websocket"}), None),
            Change::Connect { namespace, id, recovered } => {
                let fields = json!({"ns": &**namespace, "id": &**id, "recovered": recovered});
                self.line("connect", &fields, None);
            }
            Change::ConnectError { namespace, message, data, .. } => {
                let mut fields = json!({"ns": &**namespace, "message": &**message});
                if let Some(data) = data.as_deref().and_then(|data| serde_json::from_str(data).ok())
                {
                    fields["data"] = data;
                }
                self.line("connect_error", &fields, None);
            }
            Change::Disconnect { namespace, reason } => {
                let fields = json!({"ns": &**namespace, "reason": reason.as_str()});
                self.line("disconnect", &fields, None);
            }
            Change::Close { reason } => {
                self.line("close", &json!({"reason": reason.as_str()}), None);
            }
            Change::ReconnectAttempt { attempt, delay } => {
                let fields = json!({"attempt": attempt, "delay": u64::try_from(delay.as_millis()).unwrap_or(u64::MAX)});
                self.line("reconnect_attempt", &fields, None);
            }
            Change::Reconnect { attempt } => {
                self.line("reconnect", &json!({"attempt": attempt}), None);
            }
            Change::ReconnectError { message } => {
                self.line("reconnect_error", &json!({"message": &**message}), None);
            }
            Change::ReconnectFailed => self.line("reconnect_failed", &json!({}), None),
            _ => {}
        }
    }

    fn event(&mut self, ns: &str, args: &str, id: Option<u64>) {
        let fields = id.map_or_else(|| json!({"ns": ns}), |id| json!({"ns": ns, "id": id}));
        self.line("event", &fields, Some(args));
    }

    fn ack(&mut self, ns: &str, tag: &Value, args: &str) {
        self.line("ack", &json!({"ns": ns, "tag": tag}), Some(args));
    }

    fn ack_error(&mut self, ns: &str, tag: &Value, message: &str) {
        self.line("ack_error", &json!({"ns": ns, "tag": tag, "message": message}), None);
    }

    fn state(&mut self, transport: Option<&str>, connected: &[String], buffered: usize) {
        let fields = json!({"transport": transport, "connected": connected, "buffered": buffered});
        self.line("state", &fields, None);
    }

    fn bad_input(&mut self, message: &str) {
        self.line("bad_input", &json!({"message": message}), None);
    }
}
