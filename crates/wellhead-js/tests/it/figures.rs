//! What a pool tells about itself.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use wellhead_js::Engine;
use wellhead_render::{Body, PoolStats, RenderRequest};

use crate::app::{App, body, get, workers};

on_each_engine!(
    workers_are_busy_while_renders_are_in_flight,
    heap_and_buffers_that_are_kept_are_counted,
);

const SOURCE: &str = r#"export const respond = async (call) => {
    for await (const _ of call.body() ?? []);
    if (path(call) === "/keep") globalThis.kept = new Uint8Array(10 << 20).fill(1);
    if (path(call) === "/heap") globalThis.heap = Array.from({ length: 1 << 20 }, (_, i) => [i]);
    return page("ok");
};"#;

/// Waits until the figures are as wanted; meanwhile, renders let workers look at theirs.
async fn until(app: &App, what: &str, wanted: impl Fn(&PoolStats) -> bool) {
    let found = tokio::time::timeout(Duration::from_secs(60), async {
        while !wanted(&app.renderer.stats()) {
            assert_eq!(app.text("/").await.unwrap(), "ok");
        }
    });
    assert!(found.await.is_ok(), "{what}: {:?}", app.renderer.stats());
}

async fn workers_are_busy_while_renders_are_in_flight(engine: Engine) {
    let app = App::start(engine, SOURCE, workers(2)).await;
    let figures = || {
        let stats = app.renderer.stats();
        (stats.workers, stats.busy, stats.in_flight)
    };
    // Figures are those of the last reply.
    assert_eq!(app.text("/").await.unwrap(), "ok");
    assert_eq!(figures(), (2, 0, 0));
    let (send, mut receive) = tokio::sync::mpsc::channel::<std::io::Result<Bytes>>(1);
    let pieces = futures_util::stream::poll_fn(move |cx| receive.poll_recv(cx));
    let request = RenderRequest {
        method: Method::POST,
        body: Body::Stream(Box::pin(pieces)),
        ..get("/")
    };
    let reads = tokio::spawn(app.renderer.render(request));
    // The application has asked for the second piece when the first is taken.
    for _ in 0..2 {
        send.send(Ok(Bytes::from("a"))).await.unwrap();
    }
    assert_eq!(figures(), (2, 1, 1));
    drop(send);
    let mut reply = reads.await.unwrap().unwrap();
    assert_eq!(body(&mut reply.chunks).await.unwrap(), "ok");
    assert_eq!(figures(), (2, 0, 0));
}

async fn heap_and_buffers_that_are_kept_are_counted(engine: Engine) {
    let app = App::start(engine, SOURCE, workers(1)).await;
    until(&app, "a heap", |stats| stats.heap_bytes > 0).await;
    let before = app.renderer.stats();
    assert!(before.buffer_bytes < 10 << 20, "{before:?}");
    assert_eq!(app.text("/keep").await.unwrap(), "ok");
    until(&app, "10 MiB of buffers", |stats| {
        stats.buffer_bytes >= 10 << 20
    })
    .await;
    let kept = app.renderer.stats();
    assert!(kept.buffer_bytes < 30 << 20, "{kept:?}");
    assert_eq!(app.text("/heap").await.unwrap(), "ok");
    // An array of one number takes 32 bytes and more.
    until(&app, "32 MiB of heap", |stats| stats.heap_bytes >= 32 << 20).await;
}
