//! The mode for people: what arrives is printed, what is typed is sent.

use std::io::IsTerminal;

use serde_json::{Deserializer, Value};
use socketio_client::Change;

use crate::{
    command::{Command, Emit},
    output::{Output, print},
};

pub(crate) struct Human {
    colours: bool,
}

#[derive(Clone, Copy)]
enum Colour {
    Grey = 90,
    Red = 31,
    Green = 32,
    Yellow = 33,
    Cyan = 36,
}

impl Human {
    pub(crate) fn new() -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colours: std::io::stdout().is_terminal() && !plain }
    }

    fn paint(&self, colour: Colour, text: &str) -> String {
        if self.colours { format!("\x1b[{}m{text}\x1b[0m", colour as u8) } else { text.into() }
    }

    fn line(&self, ns: &str, colour: Colour, what: &str, rest: &str) {
        let time = jiff::Zoned::now().strftime("%H:%M:%S%.3f").to_string();
        let time = self.paint(Colour::Grey, &time);
        let ns = self.paint(Colour::Grey, ns);
        let what = self.paint(colour, what);
        let line = [time, ns, what, rest.into()];
        let line: Vec<_> =
            line.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        print(&(line.join(" ") + "\n"));
    }
}

impl Output for Human {
    fn change(&mut self, change: &Change) {
        match change {
            Change::Open { transport, .. } => {
                self.line("", Colour::Grey, "open", &format!("over {}", transport.as_str()));
            }
            Change::Upgrade => self.line("", Colour::Grey, "upgraded", "to websocket"),
            Change::Connect { namespace, recovered, .. } => {
                let rest = if *recovered { "with what was missed" } else { "" };
                self.line(namespace, Colour::Green, "connected", rest);
            }
            Change::ConnectError { namespace, message, data, .. } => {
                let data = data.as_deref().unwrap_or_default();
                self.line(namespace, Colour::Red, "not connected:", &format!("{message} {data}"));
            }
            Change::Disconnect { namespace, reason } => {
                self.line(namespace, Colour::Red, "disconnected:", reason.as_str());
            }
            Change::Waiting { attempt, delay } => {
                let rest = format!("number {attempt} in {:.1} s", delay.as_secs_f64());
                self.line("", Colour::Yellow, "next attempt", &rest);
            }
            Change::ReconnectFailed => self.line("", Colour::Red, "gave up", ""),
            _ => {}
        }
    }

    fn event(&mut self, ns: &str, args: &str, id: Option<u64>) {
        let (name, rest) = split_name(args);
        let rest = if id.is_some() { format!("{rest} (wants an answer)") } else { rest };
        self.line(ns, Colour::Cyan, &name, &rest);
    }

    fn ack(&mut self, ns: &str, tag: &Value, args: &str) {
        let args = args.trim();
        let inner = args.strip_prefix('[').and_then(|args| args.strip_suffix(']')).unwrap_or(args);
        let name = tag.as_str().unwrap_or_default();
        self.line(ns, Colour::Green, &format!("+{name}"), inner);
    }

    fn ack_error(&mut self, ns: &str, tag: &Value, message: &str) {
        let name = tag.as_str().unwrap_or_default();
        self.line(ns, Colour::Red, &format!("+{name}"), &format!("no answer: {message}"));
    }

    fn state(&mut self, _: Option<&str>, _: &[String], _: usize) {}

    fn bad_input(&mut self, message: &str) {
        self.line("", Colour::Red, "not sent:", message);
    }
}

/// An event's name without quotes, and its arguments without the brackets.
fn split_name(args: &str) -> (String, String) {
    let inner = args.trim().trim_start_matches('[');
    let mut stream = Deserializer::from_str(inner).into_iter::<Value>();
    let name = match stream.next() {
        Some(Ok(Value::String(name))) => name.escape_debug().to_string(),
        Some(Ok(other)) => other.to_string(),
        _ => return (String::new(), args.into()),
    };
    let rest = inner.get(stream.byte_offset()..).unwrap_or_default().trim_start();
    let rest = rest.strip_prefix(',').unwrap_or(rest).trim_end();
    (name, rest.strip_suffix(']').unwrap_or(rest).into())
}

/// Reads `event arg arg…` or `+event arg…`; a blank line is nothing.
pub(crate) fn read(line: &str, ns: &str) -> Result<Option<Command>, String> {
    let line = line.trim();
    let (line, ack) = line.strip_prefix('+').map_or((line, false), |line| (line, true));
    let mut words = words(line);
    if words.is_empty() {
        return if ack { Err("the event's name is missing".into()) } else { Ok(None) };
    }
    let event = match words.remove(0) {
        Value::String(name) => name,
        other => other.to_string(),
    };
    let ack = ack.then(|| Value::String(event.clone()));
    Ok(Some(Command::Emit(Emit {
        ns: ns.into(),
        event,
        args: words,
        ack,
        timeout: None,
        volatile: false,
    })))
}

/// JSON where it is JSON up to the next space, else a word.
fn words(mut line: &str) -> Vec<Value> {
    let mut words = Vec::new();
    while let Some(at) = line.find(|c: char| !c.is_whitespace()) {
        line = &line[at..];
        let mut stream = Deserializer::from_str(line).into_iter::<Value>();
        let value = stream.next().and_then(Result::ok);
        let rest = &line[stream.byte_offset()..];
        if let Some(value) = value
            && rest.chars().next().is_none_or(char::is_whitespace)
        {
            words.push(value);
            line = rest;
        } else {
            let end = line.find(char::is_whitespace).unwrap_or(line.len());
            words.push(Value::String(line[..end].into()));
            line = &line[end..];
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_are_json_where_they_look_like_it() {
        let line = r#""add user" Bob {"a": [1, 2]} 7 7up true "#;
        let expected = json!(["add user", "Bob", {"a": [1, 2]}, 7, "7up", true]);
        assert_eq!(Value::Array(words(line)), expected);
        assert_eq!(words("{broken json"), [json!("{broken"), json!("json")]);
    }

    #[test]
    fn names_come_without_quotes() {
        assert_eq!(split_name(r#"["a",1,"b"]"#), ("a".into(), r#"1,"b""#.into()));
        assert_eq!(split_name("[7]"), ("7".into(), String::new()));
    }
}
