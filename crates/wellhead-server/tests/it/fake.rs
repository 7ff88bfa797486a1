//! A bundle in a temporary folder, a renderer that answers what a test says, a server, and clients for it.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wellhead_build::manifest::{
    Asset, Endpoint, FORMAT, Manifest, Module, Page, PageAssets, Param, ParamKind, Piece, Route,
    Segment, ServerModules, TrailingSlash,
};
use wellhead_render::{
    Body, Chunks, Part, PoolStats, RenderFuture, RenderRequest, Renderer, Reply,
};
use wellhead_server::config::Config;
use wellhead_server::{App, Bundle, Dev, Handle, Server};

pub(crate) type Script = dyn Fn(RenderRequest) -> RenderFuture + Send + Sync;

/// A renderer that does what a closure says.
pub(crate) struct Fake(pub Box<Script>);

impl Renderer for Fake {
    fn render(&self, request: RenderRequest) -> RenderFuture {
        (self.0)(request)
    }
    fn stats(&self) -> PoolStats {
        let mut stats = PoolStats::default();
        stats.workers = 2;
        stats.given_up = 1;
        stats.retired = vec![(wellhead_render::RetireReason::Heap, 3)];
        stats
    }
}

/// Parses a route id as the build does, as far as tests need it.
pub(crate) fn segments(id: &str) -> Vec<Segment> {
    let parts = id
        .split('/')
        .filter(|part| !part.is_empty() && (!part.starts_with('(') || !part.ends_with(')')));
    parts
        .map(|part| Segment {
            pieces: pieces(part),
        })
        .collect()
}

fn pieces(mut text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut literal = String::new();
    while let Some(first) = text.chars().next() {
        let Some(inner) = text.strip_prefix('[') else {
            literal.push(first);
            text = &text[first.len_utf8()..];
            continue;
        };
        let (kind, inner, close) = if let Some(inner) = inner.strip_prefix('[') {
            (ParamKind::Optional, inner, "]]")
        } else if let Some(inner) = inner.strip_prefix("...") {
            (ParamKind::Rest, inner, "]")
        } else {
            (ParamKind::Required, inner, "]")
        };
        let (name, rest) = inner.split_once(close).expect("a closed bracket");
        text = rest;
        if let Some(code) = name.strip_prefix("x+") {
            literal.push(u8::from_str_radix(code, 16).unwrap().into());
            continue;
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(decoded(&std::mem::take(&mut literal))));
        }
        let (name, matcher) = name
            .split_once('=')
            .map_or((name, None), |(name, matcher)| {
                (name, Some(matcher.to_owned()))
            });
        pieces.push(Piece::Param(Param {
            name: name.to_owned(),
            kind,
            matcher,
        }));
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(decoded(&literal)));
    }
    pieces
}

fn decoded(text: &str) -> String {
    text.replace("%C3%A9", "é")
}

pub(crate) fn page(id: &str) -> Route {
    let assets = PageAssets {
        scripts: vec!["/_app/immutable/start.js".into()],
        styles: vec!["/_app/immutable/page.css".into()],
    };
    Route {
        id: id.into(),
        segments: segments(id),
        page: Some(Page {
            ssr: true,
            csr: true,
            live: None,
            trailing_slash: TrailingSlash::Never,
            assets,
        }),
        endpoint: None,
    }
}

pub(crate) fn endpoint(id: &str) -> Route {
    Route {
        id: id.into(),
        segments: segments(id),
        page: None,
        endpoint: Some(Endpoint {
            trailing_slash: TrailingSlash::Never,
        }),
    }
}

pub(crate) const SHELL: &str = "<!doctype html><head>%wellhead.head%</head><body data-t=\"%wellhead.trace%\">%wellhead.body%</body>";

/// A server under construction.
pub(crate) struct Site {
    pub(crate) routes: Vec<Route>,
    pub(crate) base: String,
    pub(crate) shell: String,
    pub(crate) error_shell: Option<String>,
    pub(crate) config: String,
    pub(crate) dev: bool,
    files: Vec<(String, Vec<u8>, Option<Vec<u8>>)>,
    modules: Vec<(String, Vec<u8>)>,
}

pub(crate) fn site(routes: impl IntoIterator<Item = Route>) -> Site {
    Site {
        routes: routes.into_iter().collect(),
        base: String::new(),
        shell: SHELL.into(),
        error_shell: None,
        config: "[log]\naccess = false\n".into(),
        dev: false,
        files: Vec::new(),
        modules: Vec::new(),
    }
}

impl Site {
    pub(crate) fn config(mut self, config: &str) -> Self {
        self.config = config.into();
        self
    }

    pub(crate) fn file(mut self, path: &str, content: &[u8], br: Option<&[u8]>) -> Self {
        self.files
            .push((path.into(), content.into(), br.map(Into::into)));
        self
    }

    pub(crate) fn module(mut self, path: &str, content: &[u8]) -> Self {
        self.modules.push((path.into(), content.into()));
        self
    }

    /// Writes the bundle.
    pub(crate) fn write(&self, folder: &Path) {
        let mut assets = BTreeMap::new();
        for (path, content, br) in &self.files {
            let file = format!("client{path}");
            let target = folder.join(&file);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::write(&target, content).unwrap();
            if let Some(br) = br {
                fs::write(format!("{}.br", target.display()), br).unwrap();
            }
            let asset = Asset {
                file,
                media_type: "text/javascript; charset=utf-8".into(),
                size: content.len() as u64,
                hash: "0123456789abcdef".into(),
                immutable: path.starts_with("/_app/immutable/"),
                br: br.as_ref().map(|br| br.len() as u64),
                gz: None,
            };
            assets.insert(path.clone(), asset);
        }
        let mut modules = BTreeMap::new();
        for (path, content) in &self.modules {
            let target = folder.join(path);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::write(&target, content).unwrap();
            let module = Module {
                hash: "0123456789abcdef".into(),
                size: content.len() as u64,
            };
            modules.insert(path.clone(), module);
        }
        let manifest = Manifest {
            format: FORMAT,
            wellhead: "0.0.0".into(),
            hash: "feedfeedfeedfeed".into(),
            dev: self.dev,
            base: self.base.clone(),
            shell: self.shell.clone(),
            error_shell: self.error_shell.clone(),
            server: ServerModules {
                entry: "server/index.js".into(),
                modules,
            },
            client_entry: Some("/_app/immutable/start.js".into()),
            live_entry: None,
            routes: self.routes.clone(),
            error_page: PageAssets::default(),
            assets,
        };
        fs::create_dir_all(folder).unwrap();
        fs::write(
            folder.join("wellhead.json"),
            serde_json::to_vec(&manifest).unwrap(),
        )
        .unwrap();
    }

    pub(crate) async fn serve(
        self,
        script: impl Fn(RenderRequest) -> RenderFuture + Send + Sync + 'static,
    ) -> Running {
        self.serve_with(Arc::new(Fake(Box::new(script)))).await
    }

    pub(crate) async fn serve_with(self, renderer: Arc<dyn Renderer>) -> Running {
        let folder = Folder::new();
        self.write(&folder.0);
        let mut config = Config::parse(&self.config, []).unwrap();
        config.server.port = 0;
        let app = App::new(Bundle::open(&folder.0).unwrap(), renderer, &config).unwrap();
        let server = Server::bind(config, Some(app), self.dev.then(|| Dev::new(&folder.0)))
            .await
            .unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let address = server.local_addr().unwrap();
        let handle = server.handle();
        let task = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Running {
            address,
            handle,
            folder,
            stop: Some(stop),
            task,
        }
    }
}

/// A folder that goes away.
pub(crate) struct Folder(pub PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "wellhead-server-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) handle: Handle,
    pub(crate) folder: Folder,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// A response, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("text")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

impl Running {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, "").await
    }

    /// Sends a request on a connection of its own and reads the whole response.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let response = self.start(method, path, headers, body).await;
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.expect("the whole body").to_bytes();
        Answer {
            status: head.status,
            headers: head.headers,
            bytes,
        }
    }

    /// Sends a request and returns as soon as the head of the response is there.
    pub(crate) async fn start(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Response<hyper::body::Incoming> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "site.test");
        }
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        sender
            .send_request(request.body(Full::new(body.into())).unwrap())
            .await
            .unwrap()
    }

    /// Sends bytes as they are and returns all that comes back until the server closes.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(bytes).await;
        let mut text = Vec::new();
        let _ = stream.read_to_end(&mut text).await;
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Another app of the same bundle.
    pub(crate) fn another(&self, renderer: Arc<dyn Renderer>) -> App {
        let bundle = Bundle::open(&self.folder.0).unwrap();
        App::new(bundle, renderer, &Config::default()).unwrap()
    }

    /// Asks the server to end.
    pub(crate) fn stop(&mut self) {
        let _ = self.stop.take().map(|stop| stop.send(()));
    }

    /// Waits for the end.
    pub(crate) async fn ended(self) {
        self.task.await.unwrap();
    }
}

/// A renderer whose requests a test can look at.
pub(crate) fn recorder(
    seen: &Arc<Mutex<Vec<RenderRequest>>>,
    reply: impl Fn() -> Reply + Send + Sync + 'static,
) -> impl Fn(RenderRequest) -> RenderFuture + Send + Sync + 'static {
    let seen = Arc::clone(seen);
    move |request| {
        seen.lock().unwrap().push(request);
        done(reply())
    }
}

/// What a renderer returns that has its reply at once.
pub(crate) fn done(reply: Reply) -> RenderFuture {
    Box::pin(async { Ok(reply) })
}

/// Chunks that are all there.
pub(crate) fn parts(parts: &[(Part, &'static str)]) -> Chunks {
    Chunks::full(parts.iter().map(|(part, text)| (*part, (*text).into())))
}

/// The reply of an endpoint.
pub(crate) fn text(text: String) -> RenderFuture {
    done(Reply::raw(Chunks::full([(Part::Body, text.into())])))
}

/// Answers with the number of bytes of the request's body, or with why it could not be read.
pub(crate) async fn counting(config: &str) -> Running {
    site([endpoint("/[...all]")])
        .config(config)
        .serve(|request| match request.body {
            Body::Empty => text("0".into()),
            Body::Full(bytes) => text(bytes.len().to_string()),
            Body::Stream(mut stream) => Box::pin(async move {
                let mut count = 0;
                while let Some(piece) = stream.next().await {
                    match piece {
                        Ok(piece) => count += piece.len(),
                        Err(error) => return text(error.to_string()).await,
                    }
                }
                text(count.to_string()).await
            }),
        })
        .await
}
