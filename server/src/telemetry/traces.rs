//! The way of an event through the house, for OpenTelemetry: `event` (a socket's turn), `queue` (waiting for the
//! writer), `commit`, `fanout`. They are spans of level `debug`, so they cost nothing where no one follows them.

use super::logs::{LogError, is_ours};
use crate::config::Telemetry;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

/// Sends spans away, some at a time.
pub(super) struct Exporter(SdkTracerProvider);

impl Exporter {
    /// Sends what is left.
    pub(super) fn close(&self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// `None` where no one follows traces.
pub(super) fn layer<S>(
    settings: &Telemetry,
) -> Result<Option<(impl Layer<S> + use<S>, Exporter)>, LogError>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let Some(endpoint) = &settings.otel_endpoint else { return Ok(None) };
    let url = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    let exporter = SpanExporter::builder().with_http().with_endpoint(url);
    let exporter = exporter.with_protocol(Protocol::HttpJson).build().map_err(|error| {
        LogError::Traces { endpoint: endpoint.clone(), told: error.to_string() }
    })?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name("beseda").build())
        .build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("beseda"))
        .with_location(false)
        .with_threads(false);
    let steps = filter_fn(is_step).with_max_level_hint(LevelFilter::DEBUG);
    Ok(Some((layer.with_filter(steps), Exporter(provider))))
}

/// What connects lines in the log, as the span of a socket, is of a higher level.
fn is_step(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && *metadata.level() == Level::DEBUG && is_ours(metadata)
}
