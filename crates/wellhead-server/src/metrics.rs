//! Figures for Prometheus.

use std::fmt::Write as _;
use std::sync::Arc;

use prometheus_client::encoding::{
    EncodeLabelSet, EncodeLabelValue, LabelSetEncoder, LabelValueEncoder,
};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use wellhead_render::PoolStats;

/// Upper bounds of the histograms, in seconds.
const BUCKETS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// The media type of what [`Metrics::encode`] gives.
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The server's figures.
pub(crate) struct Metrics {
    registry: Registry,
    /// From the head of a request to the end of its response.
    pub(crate) requests: Family<RequestLabels, Histogram, fn() -> Histogram>,
    /// From the call of the renderer to its reply.
    pub(crate) renders: Family<RouteLabel, Histogram, fn() -> Histogram>,
    /// Errors of renders, by code.
    pub(crate) render_errors: Family<CodeLabel, Counter>,
    pub(crate) in_flight: Gauge,
    pub(crate) connections: Gauge,
    pub(crate) sent_bytes: Counter,
    pub(crate) asset_memory_hits: Counter,
    pub(crate) asset_disk_reads: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct RequestLabels {
    pub(crate) route: Arc<str>,
    pub(crate) status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct RouteLabel(pub(crate) Arc<str>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct CodeLabel(pub(crate) &'static str);

fn label(
    encoder: &mut LabelSetEncoder<'_>,
    name: &str,
    value: impl EncodeLabelValue,
) -> std::fmt::Result {
    let mut label = encoder.encode_label();
    let mut key = label.encode_label_key()?;
    key.write_str(name)?;
    let mut text: LabelValueEncoder<'_> = key.encode_label_value()?;
    value.encode(&mut text)?;
    text.finish()
}

impl EncodeLabelSet for RequestLabels {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> std::fmt::Result {
        label(encoder, "route", &*self.route)?;
        label(encoder, "status", self.status)
    }
}

impl EncodeLabelSet for RouteLabel {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> std::fmt::Result {
        label(encoder, "route", &*self.0)
    }
}

impl EncodeLabelSet for CodeLabel {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> std::fmt::Result {
        label(encoder, "code", self.0)
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        let mut metrics = Self {
            registry: Registry::with_prefix("wellhead"),
            requests: Family::new_with_constructor(histogram),
            renders: Family::new_with_constructor(histogram),
            render_errors: Family::default(),
            in_flight: Gauge::default(),
            connections: Gauge::default(),
            sent_bytes: Counter::default(),
            asset_memory_hits: Counter::default(),
            asset_disk_reads: Counter::default(),
        };
        let registry = &mut metrics.registry;
        registry.register_with_unit(
            "request_duration",
            "Time from a request's head to the end of its response",
            Unit::Seconds,
            metrics.requests.clone(),
        );
        registry.register_with_unit(
            "render_duration",
            "Time from the call of the renderer to its reply",
            Unit::Seconds,
            metrics.renders.clone(),
        );
        registry.register(
            "render_errors",
            "Failed renders",
            metrics.render_errors.clone(),
        );
        registry.register(
            "requests_in_flight",
            "Requests whose response is not sent",
            metrics.in_flight.clone(),
        );
        registry.register(
            "connections",
            "Open connections",
            metrics.connections.clone(),
        );
        registry.register_with_unit(
            "sent",
            "Bytes of response bodies",
            Unit::Bytes,
            metrics.sent_bytes.clone(),
        );
        registry.register(
            "asset_memory_hits",
            "Assets sent from memory",
            metrics.asset_memory_hits.clone(),
        );
        registry.register(
            "asset_disk_reads",
            "Assets read from disk",
            metrics.asset_disk_reads.clone(),
        );
        metrics
    }

    /// All figures as text.
    pub(crate) fn encode(&self, pool: Option<&PoolStats>) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = prometheus_client::encoding::text::encode_registry(&mut text, &self.registry);
        if let Some(pool) = pool {
            let _ = encode_pool(&mut text, pool);
        }
        text.push_str("# EOF\n");
        text
    }
}

fn encode_pool(text: &mut String, pool: &PoolStats) -> std::fmt::Result {
    let gauges: [(&str, &str, u64); 7] = [
        (
            "workers",
            "Workers that can take requests",
            pool.workers.into(),
        ),
        (
            "workers_busy",
            "Workers with a request in flight",
            pool.busy.into(),
        ),
        (
            "workers_given_up",
            "Workers that could not be stopped, whose memory is gone until a restart",
            pool.given_up.into(),
        ),
        (
            "renders_in_flight",
            "Renders in flight",
            pool.in_flight.into(),
        ),
        (
            "renders_queued",
            "Requests that wait for a worker",
            pool.queued.into(),
        ),
        ("heap_bytes", "JavaScript heap in use", pool.heap_bytes),
        ("buffer_bytes", "Array buffers in use", pool.buffer_bytes),
    ];
    for (name, help, value) in gauges {
        writeln!(
            text,
            "# HELP wellhead_pool_{name} {help}.\n# TYPE wellhead_pool_{name} gauge\nwellhead_pool_{name} {value}"
        )?;
    }
    writeln!(
        text,
        "# HELP wellhead_pool_renders Renders without an error of the engine.\n# TYPE wellhead_pool_renders counter"
    )?;
    writeln!(text, "wellhead_pool_renders_total {}", pool.rendered)?;
    writeln!(
        text,
        "# HELP wellhead_pool_retired Workers replaced, by reason.\n# TYPE wellhead_pool_retired counter"
    )?;
    for (reason, count) in &pool.retired {
        writeln!(
            text,
            "wellhead_pool_retired_total{{reason=\"{}\"}} {count}",
            reason.as_str()
        )?;
    }
    Ok(())
}
