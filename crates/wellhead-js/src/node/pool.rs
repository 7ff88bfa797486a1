//! The pool as its users see it: requests go to the driver's thread, replies come back.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, Method};
use tokio::sync::{mpsc, oneshot, watch};
use wellhead_render::live::LiveHost;
use wellhead_render::{
    Body, ErrorCode, PoolStats, RenderError, RenderFuture, RenderRequest, Renderer, Reply,
};

use super::driver::{self, Event};
use super::frame::{CallBody, CallParts};
use super::mounts::Mounts;
use super::process::Node;
use super::sessions::{Host, Reception};
use crate::inspect::{ENDLESS, EngineTargets};
use crate::{EngineOptions, JsError, ServerBundle};

/// The longest body that travels with its call; a longer one is streamed.
const INLINE_BODY: usize = 64 << 10;

/// What the driver is started with.
pub(super) struct Setup {
    pub(super) node: Node,
    /// The bundle's folder, absolute and without links.
    pub(super) root: PathBuf,
    pub(super) entry: String,
    pub(super) options: EngineOptions,
    /// Where debuggers find the processes.
    pub(super) targets: Option<EngineTargets>,
}

/// What the driver shares with the handle.
pub(super) struct Shared {
    pub(super) stats: Mutex<PoolStats>,
    /// Whether all workers have loaded the bundle, or why one has not; `None` until then.
    pub(super) ready: watch::Sender<Option<Result<(), RenderError>>>,
    /// Requests that were taken and not answered: what bounds the driver's events.
    pub(super) taken: AtomicUsize,
    /// Where live sessions come in.
    pub(super) reception: Reception,
}

/// A request on its way.
pub(super) struct Job {
    pub(super) id: u32,
    pub(super) call: Bytes,
    /// A body that does not travel with the call.
    pub(super) body: Option<Body>,
    /// Mounts live components into the page.
    pub(super) mounts: Mounts,
    /// Whether it can be started again when a worker is lost.
    pub(super) repeatable: bool,
    /// How many workers were lost with it.
    pub(super) losses: u32,
    /// Whether it has to be the only one in its worker, because it may be what a worker was lost to.
    pub(super) alone: bool,
    pub(super) trace_id: String,
    pub(super) errors: Vec<RenderError>,
    pub(super) reply: oneshot::Sender<Result<Reply, RenderError>>,
}

/// The renderer. The processes end when it is dropped and all replies have been read.
struct NodeRenderer {
    events: mpsc::UnboundedSender<Event>,
    shared: Arc<Shared>,
    next: AtomicU32,
    most: usize,
}

/// Starts a pool.
pub(crate) fn start(
    bundle: ServerBundle,
    mut options: EngineOptions,
) -> Result<Arc<dyn Renderer>, JsError> {
    let root = bundle.dir.canonicalize().map_err(|error| {
        JsError::engine(format!(
            "cannot open the folder {}: {error}",
            bundle.dir.display()
        ))
    })?;
    let targets = options.inspect.as_ref().map(|inspector| {
        // What stops at a breakpoint neither gives anything nor answers.
        (options.limits.cpu, options.limits.wall) = (ENDLESS, ENDLESS);
        inspector.engine(root.clone(), bundle.entry.clone())
    });
    let workers = options.workers.max(1);
    let most = options.queue + workers * options.in_flight.max(1);
    let setup = Setup {
        node: Node::find()?,
        root,
        entry: bundle.entry,
        options,
        targets,
    };
    let shared = Arc::new(Shared {
        stats: Mutex::default(),
        ready: watch::Sender::new(None),
        taken: AtomicUsize::new(0),
        reception: Reception::default(),
    });
    let events = driver::spawn(setup, Arc::clone(&shared))?;
    Ok(Arc::new(NodeRenderer {
        events,
        shared,
        next: AtomicU32::new(1),
        most,
    }))
}

impl Renderer for NodeRenderer {
    fn render(&self, request: RenderRequest) -> RenderFuture {
        if self.shared.taken.fetch_add(1, Ordering::Relaxed) >= self.most {
            self.shared.taken.fetch_sub(1, Ordering::Relaxed);
            let error = RenderError::new(ErrorCode::Overloaded, "too many requests wait already");
            return Box::pin(std::future::ready(Err(error)));
        }
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (reply, answer) = oneshot::channel();
        let _ = self
            .events
            .send(Event::Submit(Box::new(job(id, request, reply))));
        let guard = Guard::new(id, self.events.clone());
        Box::pin(async move {
            let answer = answer.await;
            guard.disarm();
            answer.unwrap_or_else(|_| Err(closing()))
        })
    }

    fn live_host(&self) -> Option<Arc<dyn LiveHost>> {
        Some(Arc::new(Host(Arc::downgrade(&self.shared))))
    }

    fn stats(&self) -> PoolStats {
        let stats = self.shared.stats.lock();
        stats.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn ready(&self) -> Pin<Box<dyn Future<Output = Result<(), RenderError>> + Send>> {
        let mut ready = self.shared.ready.subscribe();
        Box::pin(async move {
            match ready.wait_for(Option::is_some).await {
                Ok(ready) => ready.clone().unwrap_or(Ok(())),
                Err(_) => Err(closing()),
            }
        })
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (done, closed) = oneshot::channel();
        let events = self.events.clone();
        let _ = events.send(Event::Close(done));
        Box::pin(async move {
            // The driver drops `done` when it has ended before.
            closed.await.unwrap_or(());
            drop(events);
        })
    }
}

/// Nobody asks for anything any more; what is in flight ends first.
impl Drop for NodeRenderer {
    fn drop(&mut self) {
        let (done, _) = oneshot::channel();
        let _ = self.events.send(Event::Close(done));
    }
}

/// The error of a request that comes too late.
pub(super) fn closing() -> RenderError {
    RenderError::new(ErrorCode::Closing, "the server is shutting down")
}

/// Tells the driver that nobody waits for a call any more, and keeps it from ending before.
pub(super) struct Guard {
    call: Option<(u32, mpsc::UnboundedSender<Event>)>,
}

impl Guard {
    pub(super) fn new(id: u32, events: mpsc::UnboundedSender<Event>) -> Self {
        Self {
            call: Some((id, events)),
        }
    }

    fn disarm(mut self) {
        self.call = None;
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some((id, events)) = self.call.take() {
            let _ = events.send(Event::Cancel(id));
        }
    }
}

fn job(id: u32, request: RenderRequest, reply: oneshot::Sender<Result<Reply, RenderError>>) -> Job {
    let (body, later) = match request.body {
        Body::Empty => (CallBody::Empty, None),
        Body::Full(bytes) if bytes.len() <= INLINE_BODY => (CallBody::Here(bytes), None),
        body => (CallBody::Streamed, Some(body)),
    };
    let client = request.client.map(|client| client.to_string());
    let call = CallParts {
        target: request.target as u8,
        routes: &request.routes,
        texts: [
            request.method.as_str(),
            &request.url,
            &request.trace_id,
            &request.nonce,
            client.as_deref().unwrap_or_default(),
        ],
        headers: headers(&request.headers),
        body,
    }
    .encode();
    Job {
        id,
        call,
        repeatable: later.is_none() && matches!(request.method, Method::GET | Method::HEAD),
        body: later,
        mounts: Mounts::here(request.mounts),
        losses: 0,
        alone: false,
        trace_id: request.trace_id,
        errors: Vec::new(),
        reply,
    }
}

/// Headers as text: like everywhere on the web, each byte is a character.
fn headers(headers: &HeaderMap) -> Vec<(&str, String)> {
    let text = |bytes: &[u8]| bytes.iter().copied().map(char::from).collect();
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), text(value.as_bytes())))
        .collect()
}
