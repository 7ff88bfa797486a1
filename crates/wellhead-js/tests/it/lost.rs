//! What becomes of renders whose worker is lost to another, and of renders that find no worker.

use std::io::ErrorKind;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wellhead_js::{Engine, EngineOptions};
use wellhead_render::{Body, ErrorCode, RenderRequest};

use crate::app::{App, body, get, limited, workers};

on_each_engine!(
    what_is_safe_starts_again_and_what_is_not_fails,
    more_requests_than_may_wait_are_refused,
    what_is_in_flight_when_the_engine_is_dropped_finishes,
    thrown_errors_name_the_place_in_the_source,
);

/// `/fetch?` asks the address behind the question mark and shows what comes.
const ASKS: &str = r#"
    export const respond = (call) => {
        const { pathname, search } = new URL(call.url);
        if (pathname === "/loop") for (;;);
        if (pathname === "/fetch") return fetch(search.slice(1)).then((reply) => reply.text()).then(page);
        return page("ok");
    };
"#;

async fn what_is_safe_starts_again_and_what_is_not_fails(engine: Engine) {
    let options = limited(1, |limits| limits.cpu = Duration::from_millis(200));
    let app = App::start(engine, ASKS, options).await;
    let upstream = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ask = |method| {
        let path = format!("/fetch?http://{}/", upstream.local_addr().unwrap());
        let request = RenderRequest {
            method,
            ..get(&path)
        };
        tokio::spawn(app.renderer.render(request))
    };
    let unsafe_one = ask(Method::POST);
    let (_post, _) = upstream.accept().await.unwrap();
    let safe_one = ask(Method::GET);
    let (_get, _) = upstream.accept().await.unwrap();
    // Both wait in the isolate that is lost now.
    let looped = app.get("/loop").await.unwrap_err();
    assert_eq!(looped.code, ErrorCode::CpuLimit, "{looped}");
    let lost = unsafe_one.await.unwrap().unwrap_err();
    assert_eq!(lost.code, ErrorCode::WorkerLost, "{lost}");
    let (mut again, _) = upstream.accept().await.unwrap();
    let mut head = [0; 1024];
    let length = again.read(&mut head).await.unwrap();
    assert!(head[..length].starts_with(b"GET "));
    again
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nagain")
        .await
        .unwrap();
    let mut reply = safe_one.await.unwrap().unwrap();
    assert_eq!(body(&mut reply.chunks).await.unwrap(), "again");
    // Nothing else was asked for: the POST has run once.
    let upstream = upstream.into_std().unwrap();
    assert_eq!(upstream.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

async fn more_requests_than_may_wait_are_refused(engine: Engine) {
    let source = r#"export const respond = async (call) => {
        for await (const _ of call.body() ?? []);
        return page("ok");
    };"#;
    let options = EngineOptions {
        queue: 1,
        in_flight: 1,
        ..workers(1)
    };
    let app = App::start(engine, source, options).await;
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let waits = futures_util::stream::once(async move {
        let _ = ended.await;
        Ok::<_, std::io::Error>(Bytes::from("x"))
    });
    let request = RenderRequest {
        method: Method::POST,
        body: Body::Stream(Box::pin(waits)),
        ..get("/")
    };
    let runs = tokio::spawn(app.renderer.render(request));
    while app.renderer.stats().in_flight < 1 {
        tokio::task::yield_now().await;
    }
    let waits = tokio::spawn(app.renderer.render(get("/")));
    while app.renderer.stats().queued < 1 {
        tokio::task::yield_now().await;
    }
    let refused = app.get("/").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Overloaded, "{refused}");
    assert_eq!(refused.code.status(), 503);
    end.send(()).unwrap();
    for render in [runs, waits] {
        let mut reply = render.await.unwrap().unwrap();
        assert_eq!(body(&mut reply.chunks).await.unwrap(), "ok");
    }
    assert_eq!(app.text("/").await.unwrap(), "ok");
}

async fn what_is_in_flight_when_the_engine_is_dropped_finishes(engine: Engine) {
    let source = r#"
        async function* late() { for (let i = 0; i < 50; i++) { await sleep(1); yield [1, `${i} `]; } }
        export const respond = (call) => page("", { rest: late() });"#;
    let App { renderer, dir } = App::start(engine, source, workers(1)).await;
    let mut reply = renderer.render(get("/")).await.unwrap();
    drop(renderer);
    let expected: String = (0..50).map(|i| format!("{i} ")).collect();
    assert_eq!(body(&mut reply.chunks).await.unwrap(), expected);
    drop(dir);
}

async fn thrown_errors_name_the_place_in_the_source(engine: Engine) {
    // The second line is, from its first column on, line 11, column 5 of the source.
    let server = "export const abi = 1;\nexport const respond = () => { throw new TypeError('not so') };\n//# sourceMappingURL=server.js.map\n";
    let map = r#"{"version":3,"sources":["src/routes/+page.svelte"],"sourcesContent":["…"],"names":[],"mappings":";AAUI"}"#;
    let files = [("server.js", server), ("server.js.map", map)];
    let app = App::with_files(engine, &files, workers(1)).await;
    let error = app.get("/").await.unwrap_err();
    assert_eq!(error.message, "TypeError: not so");
    let frame = &error.frames[0];
    assert_eq!(
        (frame.file.as_str(), frame.line, frame.column),
        ("src/routes/+page.svelte", 11, 5),
        "{frame:?}"
    );
}
