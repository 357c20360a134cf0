use std::time::Duration;

use serde_json::{Map, Value};

/// What is asked for on standard input.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    Emit(Emit),
    Connect { ns: String, auth: Option<Map<String, Value>> },
    Disconnect { ns: String },
    Reply { ns: String, id: u64, args: Vec<Value> },
    Drop,
    Close,
    State,
    Exit,
}

#[derive(Debug, PartialEq)]
pub(crate) struct Emit {
    pub(crate) ns: String,
    pub(crate) event: String,
    pub(crate) args: Vec<Value>,
    /// Under which tag the answer is told, when one is wanted.
    pub(crate) ack: Option<Value>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) volatile: bool,
}

impl Command {
    /// Reads a line of machine mode.
    pub(crate) fn read(line: &str) -> Result<Self, String> {
        let mut line = Line(serde_json::from_str(line).map_err(|error| error.to_string())?);
        let wanted = line.take("do").ok_or("\"do\" is missing")?;
        Ok(match wanted.as_str() {
            Some("emit") => Command::Emit(line.emit()?),
            Some("connect") => Command::Connect { ns: line.ns()?, auth: line.auth()? },
            Some("disconnect") => Command::Disconnect { ns: line.ns()? },
            Some("reply") => Command::Reply {
                ns: line.ns()?,
                id: line.take("id").and_then(|id| id.as_u64()).ok_or("\"id\" must be a number")?,
                args: line.args()?.unwrap_or_default(),
            },
            Some("drop") => Command::Drop,
            Some("close") => Command::Close,
            Some("state") => Command::State,
            Some("exit") => Command::Exit,
            _ => return Err(format!("no such thing to do: {wanted}")),
        })
    }
}

struct Line(Map<String, Value>);

impl Line {
    fn take(&mut self, key: &str) -> Option<Value> {
        self.0.remove(key).filter(|value| !value.is_null())
    }

    fn flag(&mut self, key: &str) -> Result<bool, String> {
        match self.take(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(format!("\"{key}\" must be true or false")),
        }
    }

    fn ns(&mut self) -> Result<String, String> {
        match self.take("ns") {
            None => Ok("/".into()),
            Some(Value::String(ns)) => Ok(ns),
            Some(_) => Err("\"ns\" must be a string".into()),
        }
    }

    fn auth(&mut self) -> Result<Option<Map<String, Value>>, String> {
        match self.take("auth") {
            None => Ok(None),
            Some(Value::Object(auth)) => Ok(Some(auth)),
            Some(_) => Err("\"auth\" must be an object".into()),
        }
    }

    fn args(&mut self) -> Result<Option<Vec<Value>>, String> {
        match self.take("args") {
            None => Ok(None),
            Some(Value::Array(args)) => Ok(Some(args)),
            Some(_) => Err("\"args\" must be an array".into()),
        }
    }

    fn timeout(&mut self) -> Result<Option<Duration>, String> {
        let Some(timeout) = self.take("timeout") else {
            return Ok(None);
        };
        let ms =
            timeout.as_f64().filter(|ms| *ms >= 0.0).ok_or("\"timeout\" must be milliseconds")?;
        Ok(Some(Duration::try_from_secs_f64(ms / 1000.0).unwrap_or(Duration::MAX)))
    }

    fn emit(&mut self) -> Result<Emit, String> {
        const FORM: &str = "\"args\" must be an array with the event's name first";
        let mut args = self.args()?.ok_or(FORM)?;
        if args.is_empty() {
            return Err(FORM.into());
        }
        let Value::String(event) = args.remove(0) else {
            return Err(FORM.into());
        };
        let tag = self.take("tag").unwrap_or_default();
        Ok(Emit {
            ns: self.ns()?,
            event,
            args,
            ack: self.flag("ack")?.then_some(tag),
            timeout: self.timeout()?,
            volatile: self.flag("volatile")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_args_may_be_left_out() {
        let Ok(Command::Emit(emit)) = Command::read(r#"{"do":"emit","args":["a",1]}"#) else {
            panic!("not an emit");
        };
        assert_eq!((emit.ns.as_str(), emit.event.as_str(), emit.args.len()), ("/", "a", 1));
        assert_eq!((emit.ack, emit.timeout, emit.volatile), (None, None, false));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for line in [
            "",
            "[]",
            "{",
            "{}",
            r#"{"do":"fly"}"#,
            r#"{"do":7}"#,
            r#"{"do":"emit"}"#,
            r#"{"do":"emit","args":[]}"#,
            r#"{"do":"emit","args":[1]}"#,
            r#"{"do":"emit","args":["a"],"ack":1}"#,
            r#"{"do":"emit","args":["a"],"timeout":-1}"#,
            r#"{"do":"connect","auth":1}"#,
            r#"{"do":"reply"}"#,
            r#"{"do":"disconnect","ns":1}"#,
        ] {
            assert!(Command::read(line).is_err(), "{line}");
        }
    }
}
