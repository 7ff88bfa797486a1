//! Listens, serves connections, and ends without losing a request.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::app::App;
use crate::config::{Config, ConfigProblems};
use crate::connection::{Activity, Connection};
use crate::dev::Dev;
use crate::live;
use crate::metrics::Metrics;
use crate::respond::respond;
use crate::security::SecurityHeaders;
use crate::streams::Executor;

/// How long to wait after an error of `accept` that does not pass at once, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Requests of one HTTP/2 connection at a time.
const H2_STREAMS: u32 = 128;

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) security: SecurityHeaders,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) labels: Labels,
    pub(crate) dev: Option<Arc<Dev>>,
    /// The sockets of live pages.
    pub(crate) sockets: Arc<live::Addresses>,
    foundation: Arc<live::Foundation>,
    app: Arc<RwLock<Option<Arc<App>>>>,
    state: Arc<AtomicU8>,
}

/// What stands in place of a route's id in logs and metrics.
#[derive(Clone)]
pub(crate) struct Labels {
    pub(crate) none: Arc<str>,
    pub(crate) asset: Arc<str>,
    pub(crate) internal: Arc<str>,
}

const STARTING: u8 = 0;
const READY: u8 = 1;
const CLOSING: u8 = 2;

impl Shared {
    pub(crate) fn app(&self) -> Option<Arc<App>> {
        self.app
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Why no traffic should come, if so.
    pub(crate) fn unready(&self) -> Option<&'static str> {
        match self.state.load(Ordering::Relaxed) {
            READY => None,
            STARTING => Some("starting\n"),
            _ => Some("closing\n"),
        }
    }
}

/// What new connections are served with. Another configuration is another `Shared`: those that are open keep theirs.
struct Current {
    shared: RwLock<Arc<Shared>>,
    /// A change, also to the same phase, has open connections finish what they have in flight and close.
    phase: watch::Sender<Phase>,
}

impl Current {
    fn shared(&self) -> Arc<Shared> {
        let shared = self.shared.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&shared)
    }
}

/// A server that listens and does not serve yet.
pub struct Server {
    listener: TcpListener,
    current: Arc<Current>,
}

/// A handle to a server that runs.
#[derive(Clone)]
pub struct Handle {
    current: Arc<Current>,
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address, as configured.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// The configuration has values that cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigProblems),
    /// The store that the configuration names cannot be opened.
    #[error("`store.url`: {0}")]
    Store(#[from] wellhead_store::StoreError),
}

impl ServeError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        let Self::Bind { source, .. } = self else {
            return None;
        };
        Some(match source.kind() {
            io::ErrorKind::AddrInUse => {
                "another program has the port: end it, or choose one with --port N (0 takes a free one)"
            }
            io::ErrorKind::PermissionDenied => {
                "ports below 1024 need a right that this user lacks: choose one with --port N"
            }
            io::ErrorKind::AddrNotAvailable => {
                "this machine has no such address: choose one with --host (0.0.0.0 is every one)"
            }
            _ => "check server.host and server.port",
        })
    }
}

impl Server {
    /// Listens on the configured address. Without an app, requests are answered with 503, or with what is wrong with its
    /// build in development.
    ///
    /// # Errors
    /// An address that cannot be listened on; security headers that cannot be sent.
    pub async fn bind(
        config: Config,
        app: Option<App>,
        dev: Option<Dev>,
    ) -> Result<Self, ServeError> {
        let security = SecurityHeaders::new(&config.security).map_err(ConfigProblems)?;
        let listener = listen(&config).await?;
        let dev = dev.map(Arc::new);
        let foundation = Arc::new(live::Foundation::open(&config).await?);
        if let Some(app) = &app {
            app.begin_sessions(&foundation, &config, dev.clone());
        }
        let shared = Shared {
            security,
            sockets: Arc::default(),
            foundation,
            metrics: Arc::new(Metrics::new()),
            labels: Labels {
                none: "none".into(),
                asset: "asset".into(),
                internal: "internal".into(),
            },
            dev,
            app: Arc::new(RwLock::new(app.map(Arc::new))),
            state: Arc::new(AtomicU8::new(STARTING)),
            config,
        };
        let current = Current {
            shared: RwLock::new(Arc::new(shared)),
            phase: watch::Sender::new(Phase::Serve),
        };
        Ok(Self {
            listener,
            current: Arc::new(current),
        })
    }

    /// The address that is listened on, with the port that was chosen for 0.
    ///
    /// # Errors
    /// What the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// A handle for later.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle {
            current: Arc::clone(&self.current),
        }
    }

    /// Serves until `shutdown` ends; then says "not ready", stops accepting, finishes what is in flight within the
    /// configured time, and closes the renderer.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self { listener, current } = self;
        let shared = current.shared();
        tokio::spawn(become_ready(Arc::clone(&shared)));
        let most = u32::try_from(shared.config.server.max_connections).unwrap_or(u32::MAX);
        let slots = Arc::new(Semaphore::new(most as usize));
        let until_closed = async {
            shutdown.await;
            tracing::info!("shutting down: finishing what is in flight");
            shared.state.store(CLOSING, Ordering::Relaxed);
            let delay = current.shared().config.server.shutdown_delay_ms;
            tokio::time::sleep(Duration::from_millis(delay)).await;
        };
        tokio::select! {
            () = accept(&listener, &current, &slots) => {}
            () = until_closed => {}
        }
        drop(listener);
        let shared = current.shared();
        if let Some(dev) = &shared.dev {
            dev.close();
        }
        if let Some(app) = shared.app() {
            app.end_sessions().await;
        }
        current.phase.send_replace(Phase::Finish);
        let finish = Duration::from_millis(shared.config.server.shutdown_ms);
        if tokio::time::timeout(finish, slots.acquire_many(most))
            .await
            .is_err()
        {
            tracing::warn!(
                left = most as usize - slots.available_permits(),
                "closing connections that did not finish in time"
            );
            current.phase.send_replace(Phase::Abandon);
            // What is abandoned only has to be dropped.
            let _ = slots.acquire_many(most).await;
        }
        if let Some(app) = shared.app() {
            app.renderer.close().await;
        }
        shared.foundation.close().await;
    }
}

impl Handle {
    /// Takes another app into use. Requests in flight finish with the one they started with, whose engine is then closed.
    pub fn replace(&self, app: App) {
        let shared = self.current.shared();
        let hash = app.hash.clone();
        app.begin_sessions(&shared.foundation, &shared.config, shared.dev.clone());
        let before = shared
            .app
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(Arc::new(app));
        if let Some(before) = before {
            // Their browsers come again, and find what they had in the store.
            tokio::spawn(async move { before.end_sessions().await });
        }
        let _ =
            shared
                .state
                .compare_exchange(STARTING, READY, Ordering::Relaxed, Ordering::Relaxed);
        if let Some(dev) = &shared.dev {
            dev.reload(&hash);
        }
    }

    /// Serves new connections with another configuration, and has those that are open finish what they have in flight
    /// and close. The address, the number of connections and that of threads stay as they were at the start.
    ///
    /// # Errors
    /// Security headers that cannot be sent; then all stays as it is.
    pub fn reconfigure(&self, config: Config) -> Result<(), ConfigProblems> {
        let old = self.current.shared();
        let shared = Shared {
            security: SecurityHeaders::new(&config.security).map_err(ConfigProblems)?,
            metrics: Arc::clone(&old.metrics),
            labels: old.labels.clone(),
            dev: old.dev.clone(),
            sockets: Arc::clone(&old.sockets),
            foundation: Arc::clone(&old.foundation),
            app: Arc::clone(&old.app),
            state: Arc::clone(&old.state),
            config,
        };
        *self
            .current
            .shared
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(shared);
        self.current.phase.send_modify(|_| {});
        Ok(())
    }

    /// The state of development, where that is on.
    #[must_use]
    pub fn dev(&self) -> Option<Arc<Dev>> {
        self.current.shared().dev.clone()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Serve,
    Finish,
    Abandon,
}

async fn become_ready(shared: Arc<Shared>) {
    let Some(app) = shared.app() else { return };
    match app.renderer.ready().await {
        Ok(()) => {
            let _ = shared.state.compare_exchange(
                STARTING,
                READY,
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
        }
        Err(error) => tracing::error!(
            code = error.code.as_str(),
            "the app does not start: {}",
            error.message
        ),
    }
}

async fn listen(config: &Config) -> Result<TcpListener, ServeError> {
    let (host, port) = (
        config.server.host.as_str(),
        u16::try_from(config.server.port).unwrap_or(0),
    );
    let fail = |source| ServeError::Bind {
        address: format!("{host}:{port}"),
        source,
    };
    let mut last = io::Error::new(io::ErrorKind::AddrNotAvailable, "the host has no address");
    for address in tokio::net::lookup_host((host, port)).await.map_err(fail)? {
        match socket(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(fail(last))
}

fn socket(address: SocketAddr) -> io::Result<TcpListener> {
    use socket2::{Domain, Protocol, Socket, Type};
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    // A port whose last connections are being forgotten by the system may be taken again; not one that is in use.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(1024)?;
    TcpListener::from_std(socket.into())
}

/// Accepts connections until dropped.
async fn accept(listener: &TcpListener, current: &Current, slots: &Arc<Semaphore>) {
    loop {
        // The semaphore is never closed.
        let Ok(slot) = Arc::clone(slots).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, peer)) => {
                // In this order no connection has an old configuration and waits for no change.
                let phase = current.phase.subscribe();
                tokio::spawn(serve(stream, peer, current.shared(), phase, slot));
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot accept connections");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    shared: Arc<Shared>,
    mut phase: watch::Receiver<Phase>,
    slot: OwnedSemaphorePermit,
) {
    // Latency matters more than packets; a socket that cannot do it still works.
    let _ = stream.set_nodelay(true);
    shared.metrics.connections.inc();
    let activity = Arc::new(Activity::default());
    let io = TokioIo::new(Connection::new(
        stream,
        peer,
        Arc::clone(&shared),
        Arc::clone(&activity),
    ));
    let service = service_fn(|request| {
        let answer = respond(Arc::clone(&shared), Arc::clone(&activity), peer, request);
        async { Ok::<_, std::convert::Infallible>(answer.await) }
    });
    let builder = protocol(&shared.config);
    let mut connection = pin!(builder.serve_connection_with_upgrades(io, service));
    loop {
        tokio::select! {
            biased;
            result = connection.as_mut() => {
                if let Err(error) = result {
                    tracing::debug!(%peer, error, "a connection ended early");
                }
                break;
            }
            Ok(()) = phase.changed() => {
                if *phase.borrow_and_update() == Phase::Abandon {
                    break;
                }
                connection.as_mut().graceful_shutdown();
            }
        }
    }
    shared.metrics.connections.dec();
    drop(slot);
}

fn protocol(config: &Config) -> auto::Builder<Executor> {
    let head = usize::try_from(config.server.header_kb * 1024).unwrap_or(usize::MAX);
    let mut builder = auto::Builder::new(Executor {
        stall: Duration::from_millis(config.server.write_stall_ms),
    });
    builder
        .http1()
        .max_headers(usize::try_from(config.server.header_count).unwrap_or(usize::MAX))
        .max_buf_size(head.max(8192));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(head).unwrap_or(u32::MAX))
        .max_concurrent_streams(H2_STREAMS);
    builder
}
