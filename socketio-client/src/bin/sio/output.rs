use std::io::Write;

use serde_json::Value;
use socketio_client::Change;

/// What a mode does with what happens. Arguments come as JSON arrays on one line.
pub(crate) trait Output: Send {
    fn change(&mut self, change: &Change);
    fn event(&mut self, ns: &str, args: &str, id: Option<u64>);
    fn ack(&mut self, ns: &str, tag: &Value, args: &str);
    fn ack_error(&mut self, ns: &str, tag: &Value, message: &str);
    fn state(&mut self, transport: Option<&str>, connected: &[String], buffered: usize);
    fn bad_input(&mut self, message: &str);
}

/// Writes a line; a reader that has gone ends the command.
pub(crate) fn print(line: &str) {
    let mut out = std::io::stdout().lock();
    if out.write_all(line.as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}
