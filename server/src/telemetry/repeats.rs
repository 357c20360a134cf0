//! What is said over and over is said a few times, and then counted.

use std::collections::HashMap;
// A std lock: it is held for a few map operations and never across an await.
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{fmt, mem};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// So many that say the same in so much time are logged.
pub(super) const SAME: usize = 10;
pub(super) const PERIOD: Duration = Duration::from_secs(10);
/// Different things that are counted in one period; of what else is said, all counts as the same.
const DIFFERENT: usize = 1_000;

/// What is logged below `info` is for whoever looks for something, and is never left out.
#[derive(Clone, Default)]
pub(super) struct Repeats(Arc<Mutex<HashMap<Said, usize>>>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Said {
    level: Level,
    target: String,
    message: String,
}

impl Repeats {
    pub(super) fn sparing<F>(&self, format: F) -> Sparing<F> {
        Sparing { format, repeats: self.clone() }
    }

    fn is_worth(&self, event: &Event<'_>) -> bool {
        let metadata = event.metadata();
        if *metadata.level() > Level::INFO || metadata.target() == module_path!() {
            return true;
        }
        let mut message = Message::default();
        event.record(&mut message);
        let (level, target) = (*metadata.level(), metadata.target().to_owned());
        self.admit(Said { level, target, message: message.0 })
    }

    /// One more of these; whether to log it.
    fn admit(&self, said: Said) -> bool {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = counted.len() >= DIFFERENT && !counted.contains_key(&said);
        let said = if full { Said { message: "something".to_owned(), ..said } } else { said };
        let count = counted.entry(said).or_default();
        *count += 1;
        *count <= SAME
    }

    /// Logs how many were left out, and begins a new period.
    pub(super) fn tell(&self) {
        let counted = mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for (Said { level, message, .. }, count) in counted {
            let Some(more) = count.checked_sub(SAME).filter(|more| *more > 0) else { continue };
            // A line's level is a constant.
            match level {
                Level::ERROR => tracing::error!("… and {more} more like this: {message}"),
                Level::WARN => tracing::warn!("… and {more} more like this: {message}"),
                _ => tracing::info!("… and {more} more like this: {message}"),
            }
        }
    }

    pub(super) async fn keep_telling(self) {
        loop {
            tokio::time::sleep(PERIOD).await;
            self.tell();
        }
    }
}

/// Writes nothing for an event that repeats. A filter that says so of an event whose kind it lets pass has the next line
/// of its thread left out, too (tracing-subscriber 0.3.23).
pub(super) struct Sparing<F> {
    format: F,
    repeats: Repeats,
}

impl<S, N, F> FormatEvent<S, N> for Sparing<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if self.repeats.is_worth(event) {
            self.format.format_event(context, writer, event)?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}
