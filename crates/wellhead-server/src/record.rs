//! What is remembered of a request until its response is sent: a line in the log and figures in the metrics.

use std::sync::Arc;
use std::time::Instant;

use http::{Method, StatusCode, Uri};

use crate::connection::Activity;
use crate::metrics::{Metrics, RequestLabels};

/// The status in the log of a request whose client was gone before the response was there, as nginx has it.
const CLIENT_GONE: u16 = 499;

/// The record of one request, written when it is dropped.
pub(crate) struct Record {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) activity: Arc<Activity>,
    pub(crate) access_log: bool,
    pub(crate) started: Instant,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) trace: String,
    /// The id of the route, or what answered in place of one: `asset`, `internal`, ….
    pub(crate) route: Arc<str>,
    /// `None` until there is a response.
    pub(crate) status: Option<StatusCode>,
    pub(crate) bytes: u64,
    /// The response ended before its end.
    pub(crate) broken: bool,
}

impl Drop for Record {
    fn drop(&mut self) {
        let duration = self.started.elapsed();
        let status = self.status.map_or(CLIENT_GONE, |status| status.as_u16());
        self.activity.end_request();
        let labels = RequestLabels {
            route: Arc::clone(&self.route),
            status,
        };
        self.metrics
            .requests
            .get_or_create(&labels)
            .observe(duration.as_secs_f64());
        self.metrics.in_flight.dec();
        self.metrics.sent_bytes.inc_by(self.bytes);
        if self.access_log {
            tracing::info!(
                target: "wellhead::access",
                trace = self.trace,
                method = %self.method,
                path = self.uri.path(),
                route = &*self.route,
                status,
                ms = duration.as_micros() as f64 / 1000.0,
                bytes = self.bytes,
                broken = self.broken.then_some(true),
            );
        }
    }
}
