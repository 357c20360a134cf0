//! What looks at the metrics, in `deploy/` and in the documentation, looks at metrics that there are.

use super::{Metrics, with_token};
use serde_json::Value;
use std::collections::BTreeSet;

const DASHBOARD: &str = include_str!("../../../../deploy/grafana/beseda.json");
const ALERTS: &str = include_str!("../../../../deploy/prometheus/alerts.yml");
const DOCUMENTED: &str = include_str!("../../../../docs/metrics.md");
/// Only a node of several has it: `cluster::away` looks.
const WITH_REDIS: &str = "beseda_redis_up";

/// Names of metrics in what is asked of Prometheus.
fn names(query: &str) -> impl Iterator<Item = &str> {
    let words = query.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| {
        ["beseda_", "websocket_", "process_"].iter().any(|start| word.starts_with(start))
    })
}

fn queries(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(values) => values.iter().flat_map(queries).collect(),
        Value::Object(fields) => {
            let own = fields.get("expr").and_then(Value::as_str);
            own.into_iter().chain(fields.values().flat_map(queries)).collect()
        }
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn every_metric_that_is_looked_at_is_there() {
    let house = with_token(&[]).await;
    let metrics = Metrics::of(&house.url).await;
    let mut there = metrics.names();
    there.insert(WITH_REDIS);
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let alerts: Value = yaml_serde::from_str(ALERTS).unwrap();
    let mut looked_at = BTreeSet::new();
    for query in queries(&dashboard).into_iter().chain(queries(&alerts)) {
        looked_at.extend(names(query));
    }
    assert!(looked_at.len() > 20, "{looked_at:?}");
    let missing: Vec<_> = looked_at.difference(&there).collect();
    assert!(missing.is_empty(), "{missing:?}");
    house.close().await;
}

#[tokio::test]
async fn every_metric_is_documented_and_each_documented_one_is_there() {
    let house = with_token(&[]).await;
    let metrics = Metrics::of(&house.url).await;
    let histograms: Vec<_> = metrics
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" histogram"))
        .collect();
    let whole = |series| {
        let of = |name: &&&str| {
            let part = |suffix| series == format!("{name}_{suffix}");
            part("bucket") || part("count") || part("sum")
        };
        histograms.iter().find(of).copied().unwrap_or(series)
    };
    let mut there: BTreeSet<_> = metrics.names().into_iter().map(whole).collect();
    there.insert(WITH_REDIS);
    let rows = DOCUMENTED.lines().filter_map(|line| line.strip_prefix("| `"));
    let documented: BTreeSet<_> = rows
        .filter_map(|row| row.split(['`', '{']).next())
        .filter(|name| names(name).next() == Some(*name))
        .collect();
    assert_eq!(documented, there);
    house.close().await;
}
