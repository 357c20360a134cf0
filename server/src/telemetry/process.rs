//! What the system knows of this process, read when it is asked for. Elsewhere than on Linux it says nothing.

use crate::stats::{busy, memory};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use std::fmt::Error;
use std::time::Instant;

#[derive(Debug)]
pub(super) struct Process {
    started: Instant,
}

impl Process {
    pub(super) fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let mut tell = |name, help, metric: &dyn Shown| metric.show(&mut encoder, name, help);
        let uptime = ConstGauge::new(self.started.elapsed().as_secs_f64());
        tell("beseda_uptime_seconds", "Time since the start", &uptime)?;
        if let Some(busy) = busy() {
            let busy = ConstCounter::new(busy.as_secs_f64());
            tell("process_cpu_seconds", "CPU time of this process", &busy)?;
        }
        if let Some(memory) = memory() {
            let memory = ConstGauge::new(i64::try_from(memory).unwrap_or(i64::MAX));
            tell("process_resident_memory_bytes", "Memory of this process", &memory)?;
        }
        Ok(())
    }
}

trait Shown {
    fn show(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        name: &str,
        help: &str,
    ) -> Result<(), Error>;
}

impl<M: EncodeMetric> Shown for M {
    fn show(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        name: &str,
        help: &str,
    ) -> Result<(), Error> {
        self.encode(encoder.encode_descriptor(name, help, None, self.metric_type())?)
    }
}
