//! What a renderer is asked for.

use std::fmt;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, Method};

use crate::{ErrorCode, RenderError};

/// A request as the renderer sees it, after routing.
#[derive(Debug)]
pub struct RenderRequest {
    /// The HTTP method. `HEAD` is rendered as `GET`; the server drops the body.
    pub method: Method,
    /// The absolute URL: origin, path (percent-encoded, as the client sent it) and query.
    pub url: String,
    /// The request's headers.
    pub headers: HeaderMap,
    /// The request's body.
    pub body: Body,
    /// The address of the client, after trusted proxies.
    pub client: Option<IpAddr>,
    /// What is asked for.
    pub target: Target,
    /// The routes that match the path, best first. More than one only where a matcher, which is application code, has
    /// to choose.
    pub routes: Vec<RouteMatch>,
    /// The request's trace id, 32 lower-case hexadecimal digits; shown on error pages and in logs.
    pub trace_id: String,
    /// The nonce of the response's Content-Security-Policy, empty where there is none.
    pub nonce: String,
    /// Mounts live components into the page; `None` where there can be none.
    pub mounts: Option<PageMounts>,
}

impl RenderRequest {
    /// A `GET` of a URL with nothing else set, for tests and tools.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            url: url.into(),
            headers: HeaderMap::new(),
            body: Body::Empty,
            client: None,
            target: Target::Page,
            routes: Vec::new(),
            trace_id: String::new(),
            nonce: String::new(),
            mounts: None,
        }
    }

    /// The same request, aimed at a route with parameters.
    #[must_use]
    pub fn with_route(mut self, route: u32, params: Vec<(String, String)>) -> Self {
        self.routes = vec![RouteMatch { route, params }];
        self
    }
}

/// Mounts live components into one page.
#[derive(Clone)]
pub struct PageMounts(Arc<dyn Fn(String) -> MountFuture + Send + Sync>);

type MountFuture = Pin<Box<dyn Future<Output = Mounted> + Send>>;

/// What became of a mount.
#[derive(Debug)]
pub struct Mounted {
    /// A `LiveMounted` of `packages/host/src/abi.ts`, as JSON.
    pub answer: String,
    /// The error that the answer tells of, for the log and for development.
    pub error: Option<RenderError>,
}

impl PageMounts {
    /// Mounts by a function, which gets a `LiveMount` of `packages/host/src/abi.ts` as JSON.
    pub fn new<F>(mount: impl Fn(String) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Mounted> + Send + 'static,
    {
        Self(Arc::new(move |what| Box::pin(mount(what))))
    }

    /// Mounts a component.
    pub async fn mount(&self, what: String) -> Mounted {
        (self.0)(what).await
    }
}

impl Mounted {
    /// The answer where nothing can be mounted.
    #[must_use]
    pub fn impossible() -> Self {
        let message = "live components need a server: this page is rendered without one";
        Self {
            answer: serde_json::json!({ "error": { "message": message } }).to_string(),
            error: Some(RenderError::new(ErrorCode::Protocol, message)),
        }
    }
}

impl fmt::Debug for PageMounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageMounts")
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Target {
    /// A document: the page of the first route whose matchers agree, or the error page where none does.
    Page = 0,
    /// The data of a page, for a client that navigates (`…/__data.json`).
    Data = 1,
    /// An endpoint (`+server`).
    Endpoint = 2,
}

/// A route that matches a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteMatch {
    /// The index of the route in the bundle's manifest.
    pub route: u32,
    /// Parameter names and values, percent-decoded, in the order of the path; an absent optional one is left out.
    pub params: Vec<(String, String)>,
}

/// A request's body.
#[derive(Default)]
pub enum Body {
    /// There is none.
    #[default]
    Empty,
    /// All of it.
    Full(Bytes),
    /// It comes as it is read. The server has put its limit on the stream: past it, the stream yields an error.
    Stream(Pin<Box<dyn Stream<Item = Result<Bytes, std::io::Error>> + Send>>),
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Empty => f.write_str("Empty"),
            Body::Full(bytes) => write!(f, "Full({} bytes)", bytes.len()),
            Body::Stream(_) => f.write_str("Stream"),
        }
    }
}
