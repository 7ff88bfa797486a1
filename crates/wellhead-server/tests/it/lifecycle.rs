//! Starting, metrics, taking another app into use, ending.

use std::fs;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use wellhead_render::{
    Chunks, ErrorCode, Part, PoolStats, RenderError, RenderFuture, Renderer, Reply,
};
use wellhead_server::config::Config;
use wellhead_server::{App, Bundle, BundleError, ServeError, Server};

use crate::fake::{Fake, Folder, page, site};

fn says(
    text: &'static str,
) -> impl Fn(wellhead_render::RenderRequest) -> RenderFuture + Send + Sync {
    move |_| {
        Box::pin(async move {
            Ok(Reply {
                route: Some(0),
                ..Reply::page(Chunks::full([(Part::Body, text.into())]))
            })
        })
    }
}

#[tokio::test]
async fn figures_are_there_for_prometheus() {
    let server = site([page("/(app)/x/[id]"), page("/full")])
        .file("/a.txt", b"a", None)
        .serve(|request| {
            if request.url.ends_with("/full") {
                return Box::pin(async { Err(RenderError::new(ErrorCode::Overloaded, "full")) });
            }
            says("x")(request)
        })
        .await;
    for path in ["/x/1", "/full", "/a.txt", "/a.txt", "/-/healthz"] {
        server.get(path).await;
    }
    let text = server.get("/-/metrics").await;
    let text = text.text();
    for line in [
        "wellhead_request_duration_seconds_count{route=\"/(app)/x/[id]\",status=\"200\"} 1",
        "wellhead_request_duration_seconds_count{route=\"asset\",status=\"200\"} 2",
        "wellhead_render_duration_seconds_count{route=\"/(app)/x/[id]\"} 1",
        "wellhead_render_errors_total{code=\"render_overloaded\"} 1",
        "wellhead_asset_disk_reads_total 1",
        "wellhead_asset_memory_hits_total 1",
        "wellhead_pool_workers_busy 0",
        "wellhead_pool_heap_bytes 0",
        "wellhead_pool_workers 2",
        "wellhead_pool_workers_given_up 1",
        "wellhead_pool_retired_total{reason=\"heap\"} 3",
        "wellhead_requests_in_flight 1",
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is not in\n{text}"
        );
    }
    assert!(text.ends_with("# EOF\n"));
}

#[tokio::test]
async fn what_is_in_flight_is_finished_before_the_end() {
    let (started, gate) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (start, wait) = (Arc::clone(&started), Arc::clone(&gate));
    let mut server = site([page("/")])
        .serve(move |_| {
            let (start, wait) = (Arc::clone(&start), Arc::clone(&wait));
            Box::pin(async move {
                start.notify_one();
                wait.notified().await;
                Ok(Reply::page(Chunks::full([(Part::Body, "finished".into())])))
            })
        })
        .await;
    let address = server.address;
    let request = tokio::spawn(async move {
        let stream = TcpStream::connect(address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        let request = Request::get("/")
            .header("host", "a")
            .body(Empty::<bytes::Bytes>::new())
            .unwrap();
        let response = sender.send_request(request).await.unwrap();
        response.into_body().collect().await.unwrap().to_bytes()
    });
    started.notified().await;
    server.stop();
    // New connections are refused from some moment on, while the old one is still served.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    gate.notify_one();
    assert!(String::from_utf8_lossy(&request.await.unwrap()).contains("finished"));
    server.ended().await;
}

/// A renderer that is ready when it is told to be.
struct Starting(Arc<Notify>);

impl Renderer for Starting {
    fn render(&self, request: wellhead_render::RenderRequest) -> RenderFuture {
        says("x")(request)
    }
    fn stats(&self) -> PoolStats {
        PoolStats::default()
    }
    fn ready(&self) -> Pin<Box<dyn Future<Output = Result<(), RenderError>> + Send>> {
        let go = Arc::clone(&self.0);
        Box::pin(async move {
            go.notified().await;
            Ok(())
        })
    }
}

#[tokio::test]
async fn not_ready_is_said_while_the_engine_starts() {
    let go = Arc::new(Notify::new());
    let server = site([page("/")])
        .serve_with(Arc::new(Starting(Arc::clone(&go))))
        .await;
    let asked = server.get("/-/readyz").await;
    assert_eq!((asked.status.as_u16(), asked.text()), (503, "starting\n"));
    assert_eq!(server.get("/-/healthz").await.status, 200);
    go.notify_one();
    while server.get("/-/readyz").await.status != 200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn not_ready_is_said_before_the_end() {
    let mut server = site([page("/")])
        .config("[server]\nshutdown_delay_ms = 600000\n")
        .serve(says("x"))
        .await;
    while server.get("/-/readyz").await.status != 200 {
        tokio::task::yield_now().await;
    }
    server.stop();
    while server.get("/-/readyz").await.status != 503 {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.get("/").await.status, 200);
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_given_up() {
    let started = Arc::new(Notify::new());
    let start = Arc::clone(&started);
    let mut server = site([page("/")])
        .config("[server]\nshutdown_ms = 50\n")
        .serve(move |_| {
            start.notify_one();
            Box::pin(std::future::pending())
        })
        .await;
    let _stream = {
        use tokio::io::AsyncWriteExt;
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .unwrap();
        stream
    };
    started.notified().await;
    server.stop();
    server.ended().await;
}

#[tokio::test]
async fn another_app_is_taken_into_use_while_the_old_one_finishes() {
    let gate = Arc::new(Notify::new());
    let (wait, count) = (Arc::clone(&gate), Arc::new(AtomicU32::new(0)));
    let renders = Arc::clone(&count);
    let server = site([page("/")])
        .serve(move |_| {
            renders.fetch_add(1, Ordering::SeqCst);
            let wait = Arc::clone(&wait);
            Box::pin(async move {
                wait.notified().await;
                Ok(Reply::page(Chunks::full([(Part::Body, "old".into())])))
            })
        })
        .await;
    let old = server.get("/");
    let new = async {
        while count.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        let bundle = Bundle::open(&server.folder.0).unwrap();
        let app = App::new(
            bundle,
            Arc::new(Fake(Box::new(says("new")))),
            &Config::default(),
        )
        .unwrap();
        server.handle.replace(app);
        let answer = server.get("/").await;
        gate.notify_one();
        answer
    };
    let (old, new) = tokio::join!(old, new);
    assert!(old.text().contains("old") && new.text().contains("new"));
}

/// A renderer that says when it is closed, and counts what it was asked after that.
struct Closing {
    says: Fake,
    closed: Arc<Notify>,
}

impl Renderer for Closing {
    fn render(&self, request: wellhead_render::RenderRequest) -> RenderFuture {
        self.says.render(request)
    }
    fn stats(&self) -> PoolStats {
        self.says.stats()
    }
    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.closed.notify_one();
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn the_engine_of_an_app_that_was_replaced_is_closed_when_its_last_request_has_rendered() {
    let (started, gate, closed) = (
        Arc::new(Notify::new()),
        Arc::new(Notify::new()),
        Arc::new(Notify::new()),
    );
    let server = site([page("/")]).serve(says("first")).await;
    let app = |renderer: Arc<dyn Renderer>| {
        let bundle = Bundle::open(&server.folder.0).unwrap();
        App::new(bundle, renderer, &Config::default()).unwrap()
    };
    let (start, wait) = (Arc::clone(&started), Arc::clone(&gate));
    let slow = Fake(Box::new(move |_| {
        let (start, wait) = (Arc::clone(&start), Arc::clone(&wait));
        Box::pin(async move {
            start.notify_one();
            wait.notified().await;
            Ok(Reply::page(Chunks::full([(Part::Body, "slow".into())])))
        })
    }));
    server.handle.replace(app(Arc::new(Closing {
        says: slow,
        closed: Arc::clone(&closed),
    })));
    let old = async {
        let answer = server.get("/").await;
        closed.notified().await;
        answer
    };
    let new = async {
        started.notified().await;
        server
            .handle
            .replace(app(Arc::new(Fake(Box::new(says("new"))))));
        assert!(server.get("/").await.text().contains("new"));
        // The old one still renders, and would refuse to if it had been closed.
        assert!(
            tokio::time::timeout(Duration::ZERO, closed.notified())
                .await
                .is_err()
        );
        gate.notify_one();
    };
    let (old, ()) = tokio::join!(old, new);
    assert!(old.text().contains("slow"));
}

#[tokio::test]
async fn a_port_in_use_is_explained() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = Config::default();
    config.server.port = taken.local_addr().unwrap().port().into();
    let error = Server::bind(config, None, None)
        .await
        .err()
        .expect("an error");
    assert!(
        matches!(&error, ServeError::Bind { address, .. } if address.contains("127.0.0.1")),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("--port"), "{error}");
}

#[test]
fn a_bundle_that_cannot_be_served_says_why() {
    let folder = Folder::new();
    let open = || Bundle::open(&folder.0).unwrap_err();
    assert!(matches!(open(), BundleError::NoFolder(_)));
    fs::create_dir_all(&folder.0).unwrap();
    assert!(matches!(
        open(),
        BundleError::NoManifest {
            half_written: false,
            ..
        }
    ));
    fs::create_dir_all(folder.0.join("server")).unwrap();
    assert!(open().to_string().contains("interrupted"), "{}", open());
    fs::write(folder.0.join("wellhead.json"), "{\"format\": 1, ").unwrap();
    assert!(matches!(open(), BundleError::Damaged { .. }));
    fs::write(
        folder.0.join("wellhead.json"),
        "{\"format\": 99, \"wellhead\": \"7.0\"}",
    )
    .unwrap();
    assert!(
        open()
            .to_string()
            .contains("built by wellhead 7.0 in format 99"),
        "{}",
        open()
    );
    let site = site([page("/")])
        .file("/a.txt", b"a", Some(b"less"))
        .module("server/index.js", b"export {};");
    for file in ["client/a.txt", "client/a.txt.br", "server/index.js"] {
        let path = folder.0.join(file);
        for spoil in [
            |path: &Path| fs::remove_file(path),
            |path: &Path| fs::write(path, ""),
        ] {
            site.write(&folder.0);
            assert!(Bundle::open(&folder.0).is_ok());
            spoil(&path).unwrap();
            assert!(open().to_string().contains(file), "{}", open());
        }
    }
    let shell = Bundle {
        manifest: {
            site.write(&folder.0);
            let mut manifest = Bundle::open(&folder.0).unwrap().manifest;
            manifest.shell = "<body>".into();
            manifest
        },
        folder: folder.0.clone(),
    };
    let error = App::new(
        shell,
        Arc::new(Fake(Box::new(says("")))),
        &Config::default(),
    )
    .unwrap_err();
    assert!(error.to_string().contains("%wellhead.head%"), "{error}");
}
