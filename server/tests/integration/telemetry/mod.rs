//! What whoever runs Beseda sees of it.

mod health;
mod logs;
mod metrics;
mod shown;
#[cfg(feature = "otel")]
mod traces;

use crate::house::{House, get};
use reqwest::StatusCode;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const TOKEN: &str = "a-token-for-metrics";

/// What `/metrics` says, by series.
#[derive(Debug)]
pub(crate) struct Metrics {
    text: String,
    series: BTreeMap<String, f64>,
}

impl Metrics {
    /// Of a server that [`with_token`] has started.
    pub(crate) async fn of(url: &str) -> Self {
        let asked = get(url, "/metrics").header("authorization", format!("Bearer {TOKEN}"));
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        Self::read(answer.text().await.unwrap())
    }

    fn read(text: String) -> Self {
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        let series = samples.map(|line| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            (series.to_owned(), value.parse().unwrap())
        });
        let series = series.collect();
        Self { text, series }
    }

    /// The sum of all series of a name that have these labels.
    fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let labels: Vec<_> =
            labels.iter().map(|(key, value)| format!("{key}=\"{value}\"")).collect();
        let of = |series: &str| {
            let (found, with) = series.split_once('{').unwrap_or((series, ""));
            found == name && labels.iter().all(|label| with.contains(label))
        };
        self.series.iter().filter(|(series, _)| of(series)).map(|(_, value)| value).sum()
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what is counted is a whole number"
    )]
    pub(crate) fn count(&self, name: &str, labels: &[(&str, &str)]) -> u64 {
        self.sum(name, labels) as u64
    }

    fn names(&self) -> BTreeSet<&str> {
        self.series.keys().map(|series| series.split('{').next().unwrap()).collect()
    }
}

pub(crate) async fn with_token(flags: &[&str]) -> House {
    House::with(&[&["--metrics-token", TOKEN], flags].concat()).await
}
