//! What Beseda says to the person who started it. Everything else is a log line.

use std::fmt::Display;
use std::io::Write;

/// A closed standard output or error is no reason to stop serving.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// For people; what a script reads goes to [`say`].
pub fn say_aside(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

pub fn complain(error: &dyn Display) {
    let _ = writeln!(std::io::stderr(), "beseda: {error}");
}
