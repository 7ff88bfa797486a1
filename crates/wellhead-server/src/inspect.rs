//! The server that debuggers attach to: Chrome DevTools, VS Code and whatever else speaks the protocol of `node --inspect`.
//!
//! It lists what can be debugged at `/json` and carries the messages of the DevTools protocol over WebSockets. Who
//! reaches it can run any code in the app, so it is for development: it listens on loopback unless told otherwise,
//! refuses names that DNS could make point anywhere and pages of the web, and the path of every WebSocket has a secret
//! that a page cannot guess.

mod admission;
mod maps;
mod remote;
mod session;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HOST, HeaderValue, ORIGIN, SEC_WEBSOCKET_ACCEPT,
    SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use wellhead_js::{Attachment, InspectTarget, Inspector};

use maps::Maps;

/// Connections at a time; more wait to be accepted.
const CONNECTIONS: usize = 64;

/// How long a client may take for the head of a request.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait after an error of `accept`.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

type Answer = Response<Full<Bytes>>;

/// A server for debuggers that listens and does not serve yet.
#[derive(Debug)]
pub struct InspectServer {
    listener: TcpListener,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    inspector: Inspector,
    /// What the path of every WebSocket begins with.
    secret: String,
    /// The app's folder.
    sources: Option<PathBuf>,
    /// WebSockets.
    sessions: Mutex<JoinSet<()>>,
}

impl InspectServer {
    /// Listens. `sources` is the app's folder, where there is one: source maps then name its files, so that an editor
    /// finds them.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn bind(
        address: &str,
        inspector: Inspector,
        sources: Option<PathBuf>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let secret: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let shared = Shared {
            inspector,
            sources,
            secret,
            sessions: Mutex::default(),
        };
        Ok(Self {
            listener,
            shared: Arc::new(shared),
        })
    }

    /// The address that is listened on, with the port that was chosen for 0.
    ///
    /// # Errors
    /// What the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The address that opens DevTools in Chrome. It stays the same for as long as the server runs: what answers is the
    /// first of the list, whichever that is then.
    ///
    /// # Errors
    /// What the system says.
    pub fn devtools_url(&self) -> io::Result<String> {
        let host = admission::reachable(self.local_addr()?).to_string();
        Ok(frontend(&host, &self.shared.secret))
    }

    /// Serves until `shutdown` ends; then ends all sessions, which lets go on what they have stopped at a breakpoint.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self { listener, shared } = self;
        let mut connections = JoinSet::new();
        tokio::select! {
            () = accept(&listener, &shared, &mut connections) => {}
            () = shutdown => {}
        }
        drop(listener);
        connections.shutdown().await;
        let mut sessions = std::mem::take(&mut *shared.lock());
        sessions.shutdown().await;
    }
}

async fn accept(listener: &TcpListener, shared: &Arc<Shared>, connections: &mut JoinSet<()>) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        // The semaphore is never closed.
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            return;
        };
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let shared = Arc::clone(shared);
        connections.spawn(async move {
            let service = service_fn(|request| {
                let answer = answer(&shared, request);
                async { Ok::<_, std::convert::Infallible>(answer.await) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_PATIENCE)
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades();
            // A client that goes away is no error of anybody.
            let _ = connection.await;
            drop(slot);
        });
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, JoinSet<()>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The path of a target's WebSocket, without the first slash.
    fn path(&self, target: &InspectTarget) -> String {
        format!("{}/{}", self.secret, target.id)
    }

    /// The target that a path means: one of the list by its number, or whichever is the first.
    fn target(&self, path: &str) -> Option<InspectTarget> {
        let rest = path.strip_prefix('/')?.strip_prefix(self.secret.as_str())?;
        let mut targets = self.inspector.targets().into_iter();
        match rest.strip_prefix('/') {
            None => targets.next().filter(|_| rest.is_empty()),
            Some(id) => {
                let id: u64 = id.parse().ok()?;
                targets.find(|target| target.id == id)
            }
        }
    }

    fn list(&self, host: &str) -> serde_json::Value {
        let targets = self.inspector.targets();
        let entries = targets.iter().map(|target| {
            let path = self.path(target);
            json!({
                "description": "Wellhead",
                "devtoolsFrontendUrl": frontend(host, &path),
                "devtoolsFrontendUrlCompat": frontend(host, &path).replace("js_app.html", "inspector.html"),
                "id": path,
                "title": target.title,
                "type": "node",
                "url": maps::file_url(&target.root.join(&target.entry)),
                "webSocketDebuggerUrl": format!("ws://{host}/{path}"),
            })
        });
        entries.collect()
    }
}

/// The address that opens DevTools on a WebSocket.
fn frontend(host: &str, path: &str) -> String {
    format!("devtools://devtools/bundled/js_app.html?experiments=true&v8only=true&ws={host}/{path}")
}

async fn answer(shared: &Arc<Shared>, request: Request<Incoming>) -> Answer {
    let header = |name| {
        let value = request.headers().get(name)?;
        Some(value.to_str().unwrap_or("?"))
    };
    let Some(host) = header(HOST).filter(|host| admission::is_local_name(host)) else {
        let why = "the host has to be localhost or the number of an address: a name could be made to point here\n";
        return plain(StatusCode::BAD_REQUEST, why);
    };
    if header(ORIGIN).is_some_and(admission::is_of_the_web) {
        return plain(
            StatusCode::FORBIDDEN,
            "pages of the web cannot attach: use chrome://inspect, or a debugger\n",
        );
    }
    if request.method() != Method::GET {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "only GET is understood\n");
    }
    let host = host.to_owned();
    match request.uri().path() {
        "/json" | "/json/" | "/json/list" | "/json/list/" => as_json(&shared.list(&host)),
        "/json/version" | "/json/version/" => as_json(&json!({
            "Browser": concat!("Wellhead/", env!("CARGO_PKG_VERSION")),
            "Protocol-Version": "1.3",
        })),
        path => match shared.target(path) {
            Some(target) => attach(shared, request, &target).await,
            None => plain(
                StatusCode::NOT_FOUND,
                "there is no such target: see /json for those that there are\n",
            ),
        },
    }
}

/// Answers the request for a WebSocket, and starts the session.
async fn attach(
    shared: &Arc<Shared>,
    mut request: Request<Incoming>,
    target: &InspectTarget,
) -> Answer {
    let headers = request.headers();
    let is = |name, wanted: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| {
            value
                .split(',')
                .any(|item| item.trim().eq_ignore_ascii_case(wanted))
        })
    };
    let key = headers.get(SEC_WEBSOCKET_KEY).cloned();
    let (Some(key), true) = (
        key,
        is(UPGRADE, "websocket") && is(CONNECTION, "upgrade") && is(SEC_WEBSOCKET_VERSION, "13"),
    ) else {
        return plain(
            StatusCode::UPGRADE_REQUIRED,
            "this is the address of a WebSocket: give it to a debugger\n",
        );
    };
    let session = match shared.inspector.attach(target.id) {
        Some(Attachment::Session(session)) => Some(session),
        Some(Attachment::Address(address)) => remote::connect(&address).await.ok(),
        _ => None,
    };
    let Some(session) = session else {
        return plain(StatusCode::NOT_FOUND, "the target has just ended\n");
    };
    let maps = Maps::new(&target.root, shared.sources.as_deref());
    let upgrade = hyper::upgrade::on(&mut request);
    let mut sessions = shared.lock();
    while sessions.try_join_next().is_some() {}
    sessions.spawn(async move {
        if let Ok(upgraded) = upgrade.await {
            session::relay(TokioIo::new(upgraded), session, &maps).await;
        }
    });
    drop(sessions);
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Ok(accept) = HeaderValue::try_from(derive_accept_key(key.as_bytes())) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    response
}

fn as_json(value: &serde_json::Value) -> Answer {
    typed("application/json; charset=UTF-8", format!("{value:#}"))
}

fn plain(status: StatusCode, text: &'static str) -> Answer {
    let mut response = typed("text/plain; charset=utf-8", text);
    *response.status_mut() = status;
    response
}

fn typed(media_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut response = Response::new(Full::new(body.into()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
