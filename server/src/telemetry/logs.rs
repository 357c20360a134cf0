//! What is logged: a line for each event, on standard error; standard output is for what a script may want to read.
//!
//! No line has what people say, how they sign in, or what opens a socket: its public number is logged, never its
//! `sid`. The crates we use know nothing of that rule, so they are heard from `info` upwards only, whatever is asked
//! for: socketioxide, for one, logs the token of each CONNECT at `debug`.

use super::repeats::Repeats;
use crate::config::{LogFormat, Telemetry};
use std::io::{self, IsTerminal, Write};
use tokio::task::AbortHandle;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::{Filter, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// What these say is ours to answer for.
const OURS: [&str; 5] = ["access", "app", "beseda", "chat", "server"];

/// Why the log could not be begun, in one sentence for the person who started Beseda.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("can't send traces to {endpoint}: {told}")]
    Traces { endpoint: String, told: String },
}

/// The log, as long as it is kept. What is left to say is said at its end.
pub struct Log {
    repeats: Repeats,
    task: AbortHandle,
    #[cfg(feature = "otel")]
    traces: Option<super::traces::Exporter>,
}

impl Drop for Log {
    fn drop(&mut self) {
        self.task.abort();
        self.repeats.tell();
        #[cfg(feature = "otel")]
        if let Some(traces) = &self.traces {
            traces.close();
        }
    }
}

/// Must be called inside a tokio runtime.
pub fn start(settings: &Telemetry) -> Result<Log, LogError> {
    let repeats = Repeats::default();
    let lines = lines(settings.log_format, &repeats).with_filter(filter(&settings.log));
    let subscriber = tracing_subscriber::registry().with(lines);
    #[cfg(feature = "otel")]
    let (subscriber, traces) = {
        let (layer, traces) = super::traces::layer(settings)?.unzip();
        (subscriber.with(layer), traces)
    };
    // A test may have set a subscriber before; that one stays.
    let _ = subscriber.try_init();
    let task = tokio::spawn(repeats.clone().keep_telling()).abort_handle();
    Ok(Log {
        repeats,
        task,
        #[cfg(feature = "otel")]
        traces,
    })
}

fn filter<S>(asked: &str) -> impl Filter<S> + use<S> {
    // Without a hint of its own it would take away that of the other: then `log`, by which the crates we use are heard,
    // would be asked for each frame whether anyone hears it.
    let told = filter_fn(may_be_told).with_max_level_hint(LevelFilter::TRACE);
    EnvFilter::new(asked).and(told)
}

fn lines<S>(format: LogFormat, repeats: &Repeats) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let lines = fmt::layer().with_ansi(io::stderr().is_terminal()).with_writer(|| Line);
    match format {
        LogFormat::Text => lines.map_event_format(|format| repeats.sparing(format)).boxed(),
        LogFormat::Json => {
            let lines = lines.json().with_current_span(false);
            lines.map_event_format(|format| repeats.sparing(format)).boxed()
        }
    }
}

fn may_be_told(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::INFO || is_ours(metadata)
}

pub(super) fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().split("::").next().is_some_and(|name| OURS.contains(&name))
}

/// A line for each event, whatever is in it.
struct Line;

impl Write for Line {
    /// Is given an event as a whole.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        io::stderr().write_all(&on_one_line(event))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

fn on_one_line(event: &[u8]) -> Vec<u8> {
    let text = event.strip_suffix(b"\n").unwrap_or(event);
    let whole = |byte: &u8| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte };
    text.iter().map(whole).chain([b'\n']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_one_hears_is_not_asked_for() {
        let most = |asked: &str| {
            let lines = lines(LogFormat::Text, &Repeats::default()).with_filter(filter(asked));
            tracing_subscriber::registry().with(lines).max_level_hint()
        };
        assert_eq!(most("info"), Some(LevelFilter::INFO));
        assert_eq!(most("warn,chat=debug"), Some(LevelFilter::DEBUG));
    }

    #[test]
    fn an_event_is_one_line() {
        assert_eq!(on_one_line(b"INFO one\ntwo\r\nthree\n"), b"INFO one two  three\n");
    }
}
