//! Modules that fail: who is told, and how they are tried again.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use wellhead_js::Engine;
use wellhead_render::{Body, ErrorCode, RenderRequest, RetireReason};

use crate::app::{App, body, get, workers};

on_each_engine!(
    a_module_that_fails_is_known_whatever_it_throws,
    a_module_that_failed_is_tried_again_in_another_worker,
    a_module_that_failed_is_tried_again_though_the_host_caught_its_error,
    a_worker_is_not_replaced_each_time_that_a_module_fails,
    an_error_of_a_render_costs_no_worker,
);

/// `/fail?` imports the module behind the question mark, `/catch?` shows a page of its own where that fails, as the real
/// host does; `/read` waits for the request's body.
const SERVER: &str = r#"
    export const abi = 1;
    const page = (body) => ({ status: 200, headers: [], shape: 1, route: 0, head: "", body, state: "", rest: null });
    export const respond = async (call) => {
        const { pathname, search } = new URL(call.url);
        if (pathname === "/read") for await (const _ of call.body());
        if (pathname === "/throw") throw new Error("not of a module");
        if (!search) return page("ok");
        try {
            return page((await import(search.slice(1))).text);
        } catch (error) {
            if (pathname === "/fail") throw error;
            call.report(error);
            return page("sorry");
        }
    };
"#;
const BAD: &str = "throw new Error('not yet');";
const MENDED: &str = "export const text = 'mended';";

fn retired(app: &App) -> Vec<(RetireReason, u64)> {
    app.renderer.stats().retired
}

async fn a_module_that_fails_is_known_whatever_it_throws(engine: Engine) {
    let files = [
        ("server.js", SERVER),
        ("now.js", "throw new Error('the reason')"),
        (
            "later.js",
            "await null; const error = new Error('the reason'); error.stack = ''; throw error",
        ),
        ("text.js", "throw 'the reason'"),
        ("outer.js", "import './text.js'"),
        ("syntax.js", "the reason"),
    ];
    let app = App::with_files(engine, &files, workers(1)).await;
    for name in ["now", "later", "text", "outer", "syntax", "missing"] {
        // The second time, it may be the same worker and it may be another.
        for _ in 0..2 {
            let error = app.get(&format!("/fail?./{name}.js")).await.unwrap_err();
            assert_eq!(error.code, ErrorCode::ModuleFailed, "{name}: {error}");
        }
    }
}

async fn a_module_that_failed_is_tried_again_in_another_worker(engine: Engine) {
    let app = App::with_files(
        engine,
        &[("server.js", SERVER), ("bad.js", BAD)],
        workers(1),
    )
    .await;
    let (send, mut receive) = tokio::sync::mpsc::channel::<std::io::Result<Bytes>>(1);
    let pieces = futures_util::stream::poll_fn(move |cx| receive.poll_recv(cx));
    let request = RenderRequest {
        method: Method::POST,
        body: Body::Stream(Box::pin(pieces)),
        ..get("/read")
    };
    let reads = tokio::spawn(app.renderer.render(request));
    send.send(Ok(Bytes::from("a"))).await.unwrap();

    let error = app.get("/fail?./bad.js").await.unwrap_err();
    assert_eq!(error.code, ErrorCode::ModuleFailed, "{error}");
    assert!(error.message.contains("not yet"), "{error}");
    std::fs::write(app.dir.path().join("bad.js"), MENDED).unwrap();
    // The worker was given up before the error got here.
    assert_eq!(app.text("/fail?./bad.js").await.unwrap(), "mended");
    assert_eq!(retired(&app), [(RetireReason::Leak, 1)]);

    // What is in flight in the old one goes on.
    assert!(!reads.is_finished());
    drop(send);
    let mut reply = reads.await.unwrap().unwrap();
    assert_eq!(body(&mut reply.chunks).await.unwrap(), "ok");
}

async fn a_module_that_failed_is_tried_again_though_the_host_caught_its_error(engine: Engine) {
    let app = App::with_files(
        engine,
        &[("server.js", SERVER), ("bad.js", BAD)],
        workers(1),
    )
    .await;
    let mut reply = app.get("/catch?./bad.js").await.unwrap();
    assert_eq!(body(&mut reply.chunks).await.unwrap(), "sorry");
    assert!(
        reply.errors[0].message.contains("not yet"),
        "{:?}",
        reply.errors
    );
    std::fs::write(app.dir.path().join("bad.js"), MENDED).unwrap();
    let mended = tokio::time::timeout(Duration::from_secs(60), async {
        while app.text("/catch?./bad.js").await.unwrap() != "mended" {}
    });
    assert!(mended.await.is_ok(), "it is never tried again");
    assert_eq!(retired(&app), [(RetireReason::Leak, 1)]);
}

async fn a_worker_is_not_replaced_each_time_that_a_module_fails(engine: Engine) {
    let app = App::with_files(
        engine,
        &[("server.js", SERVER), ("bad.js", BAD)],
        workers(1),
    )
    .await;
    let start = std::time::Instant::now();
    for _ in 0..20 {
        app.get("/fail?./bad.js").await.unwrap_err();
    }
    let [(RetireReason::Leak, replaced)] = retired(&app)[..] else {
        panic!("{:?}", retired(&app));
    };
    // Once every five seconds, if the machine is that slow.
    assert!(replaced <= 1 + start.elapsed().as_secs() / 5, "{replaced}");
}

async fn an_error_of_a_render_costs_no_worker(engine: Engine) {
    let files = [("server.js", SERVER), ("good.js", MENDED)];
    let app = App::with_files(engine, &files, workers(1)).await;
    for _ in 0..2 {
        let error = app.get("/throw").await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Threw, "{error}");
        // The next error comes while this module is not known to be good.
        assert_eq!(app.text("/fail?./good.js").await.unwrap(), "mended");
    }
    assert_eq!(retired(&app), []);
}
