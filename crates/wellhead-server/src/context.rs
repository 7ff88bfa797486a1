//! What is known of a request before anything answers it: who asks, under which origin, with which trace id.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, Response, Version};

use crate::app::App;
use crate::body::Body;
use crate::config::Config;
use crate::connection::Activity;
use crate::hex;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::server::Shared;

// Names that are parsed for each request would cost more than all else here.
const TRACE_ID: HeaderName = HeaderName::from_static("x-trace-id");
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// One request's context.
pub(crate) struct Context {
    pub(crate) shared: Arc<Shared>,
    /// Method, address, trace id and route, kept until the response is sent.
    pub(crate) record: Record,
    /// The nonce of the Content-Security-Policy, empty without one.
    pub(crate) nonce: String,
    pub(crate) client: IpAddr,
    /// `https://example.org`, or why there is none.
    pub(crate) origin: Option<String>,
    pub(crate) accepts_html: bool,
    is_h2: bool,
    /// Whether the response is a live page.
    pub(crate) is_live: bool,
    /// From the call of the renderer to its reply.
    pub(crate) render_time: Option<Duration>,
}

impl Context {
    pub(crate) fn accept(
        shared: Arc<Shared>,
        activity: Arc<Activity>,
        peer: SocketAddr,
        head: &Parts,
    ) -> Self {
        let trusted = shared.config.trusts(peer.ip());
        shared.metrics.in_flight.inc();
        activity.start_request();
        let record = Record {
            metrics: Arc::clone(&shared.metrics),
            activity,
            access_log: shared.config.log.access,
            started: Instant::now(),
            method: head.method.clone(),
            uri: head.uri.clone(),
            trace: incoming_trace(&head.headers).unwrap_or_else(new_trace),
            route: Arc::clone(&shared.labels.none),
            status: None,
            bytes: 0,
            broken: false,
        };
        Self {
            record,
            nonce: shared.security.nonce(),
            client: if trusted {
                forwarded_client(&head.headers, &shared.config, peer.ip())
            } else {
                peer.ip()
            },
            origin: origin(head, &shared.config, trusted),
            accepts_html: accepts_html(&head.headers),
            is_h2: head.version == Version::HTTP_2,
            is_live: false,
            render_time: None,
            shared,
        }
    }

    /// The origin.
    ///
    /// # Errors
    /// 400 when the request names no host, or one that is none.
    pub(crate) fn origin(&self) -> Result<&str, Refusal> {
        self.origin
            .as_deref()
            .ok_or_else(|| Refusal::bad_request("The request names no valid host"))
    }

    /// Takes the route for log and metrics.
    pub(crate) fn set_route(&mut self, app: &App, route: Option<u32>) {
        if let Some(facts) = route.and_then(|route| app.facts(route)) {
            self.record.route = Arc::clone(&facts.id);
        }
    }

    /// The response with the server's own headers, and its record.
    pub(crate) fn finish(self, mut response: Response<Body>) -> Response<Body> {
        let headers = response.headers_mut();
        let page = headers
            .get(CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
        let secure = self
            .origin
            .as_deref()
            .is_some_and(|origin| origin.starts_with("https:"));
        self.shared.security.add(headers, &self.nonce, secure, page);
        if self.is_h2 {
            headers.remove(CONNECTION);
        }
        if let Ok(trace) = HeaderValue::try_from(self.record.trace.as_str()) {
            headers.insert(TRACE_ID, trace);
        }
        if self.shared.config.server.server_timing
            && (page || self.render_time.is_some())
            && let Ok(timing) = HeaderValue::try_from(self.timing())
        {
            headers.insert(SERVER_TIMING, timing);
        }
        let mut record = self.record;
        record.status = Some(response.status());
        response.map(|body| body.with_record(record))
    }

    /// The trace id is in it too: scripts of a page can read no other header of their document.
    fn timing(&self) -> String {
        let mut timing = ["trace;desc=\"", &self.record.trace, "\""].concat();
        if let Some(time) = self.render_time {
            let (ms, rest) = (time.as_millis(), time.as_micros() % 1000);
            // Writing to a string does not fail.
            let _ = write!(timing, ", render;dur={ms}.{rest:03}");
        }
        timing
    }
}

/// The trace id of a W3C `traceparent` (version 00 and what is compatible with it).
fn incoming_trace(headers: &HeaderMap) -> Option<String> {
    let parent = headers.get(TRACE_PARENT)?.to_str().ok()?;
    let mut fields = parent.split('-');
    let (version, trace, span, flags) = (
        fields.next()?,
        fields.next()?,
        fields.next()?,
        fields.next()?,
    );
    let hex = |text: &str, len: usize| {
        text.len() == len
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let zero = |text: &str| text.bytes().all(|byte| byte == b'0');
    let valid =
        hex(version, 2) && version != "ff" && hex(trace, 32) && hex(span, 16) && hex(flags, 2);
    (valid && !zero(trace) && !zero(span) && (version != "00" || fields.next().is_none()))
        .then(|| trace.to_owned())
}

/// A new trace id. It identifies; it protects nothing, so that it need not be unpredictable.
fn new_trace() -> String {
    hex::text(fastrand::u128(1..))
}

/// The address before the last proxy that is trusted.
fn forwarded_client(headers: &HeaderMap, config: &Config, peer: IpAddr) -> IpAddr {
    let values = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let hops: Vec<_> = values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let mut client = peer;
    for hop in hops.iter().rev() {
        // Some proxies add the port.
        let address = hop
            .parse()
            .ok()
            .or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()));
        let Some(address) = address else { break };
        client = address;
        if !config.trusts(address) {
            break;
        }
    }
    client
}

fn origin(head: &Parts, config: &Config, trusted: bool) -> Option<String> {
    if let Some(origin) = &config.server.origin {
        return Some(origin.as_str().to_owned());
    }
    let forwarded = |name: &str| {
        let value = head.headers.get(name).filter(|_| trusted)?.to_str().ok()?;
        // The proxy nearest to us comes last, and is the one that is trusted.
        Some(value.rsplit(',').next().unwrap_or(value).trim().to_owned())
    };
    let scheme = forwarded("x-forwarded-proto")
        .filter(|scheme| scheme == "https")
        .map_or("http", |_| "https");
    let host = match forwarded("x-forwarded-host") {
        Some(host) => host,
        None => match (head.uri.authority(), head.headers.get(HOST)) {
            (Some(authority), _) => authority.as_str().to_owned(),
            (None, Some(host)) => host.to_str().ok()?.to_owned(),
            (None, None) if head.version < Version::HTTP_11 => "localhost".to_owned(),
            (None, None) => return None,
        },
    };
    let plain = host.parse::<Authority>().is_ok() && !host.contains('@') && !host.is_empty();
    plain.then(|| [scheme, "://", &host].concat())
}

/// Whether a person reads the answer: everything but a client that asks for JSON and not for HTML.
fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(http::header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("*/*");
    accept.contains("text/html") || !accept.contains("json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_taken_from_a_valid_traceparent_only() {
        let trace = |parent: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("traceparent", parent.parse().unwrap());
            incoming_trace(&headers)
        };
        let id = "0af7651916cd43dd8448eb211c80319c";
        assert_eq!(
            trace(&format!("00-{id}-b7ad6b7169203331-01")).as_deref(),
            Some(id)
        );
        assert_eq!(
            trace(&format!("01-{id}-b7ad6b7169203331-01-more")).as_deref(),
            Some(id)
        );
        assert_eq!(trace(&format!("00-{id}-0000000000000000-01")), None);
        assert_eq!(
            trace(&format!("00-{}-b7ad6b7169203331-01", id.to_uppercase())),
            None
        );
        assert_eq!(trace("00-<script>-b7ad6b7169203331-01"), None);
    }

    #[test]
    fn the_client_is_the_last_address_that_no_trusted_proxy_has() {
        let config = Config::parse("[server]\ntrusted_proxies = ['10.0.0.0/8']", []).unwrap();
        let client = |forwarded: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            forwarded_client(&headers, &config, "10.0.0.1".parse().unwrap()).to_string()
        };
        assert_eq!(client("6.6.6.6, 1.2.3.4, 10.0.0.2"), "1.2.3.4");
        assert_eq!(client("1.2.3.4:5678"), "1.2.3.4");
        assert_eq!(client("nonsense"), "10.0.0.1");
        assert_eq!(client("10.1.1.1, 10.0.0.2"), "10.1.1.1");
    }
}
