//! Single renders: what goes in and what comes out.

#[cfg(has_v8)]
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use wellhead_js::Engine;
use wellhead_render::{Body, ErrorCode, Part, RenderRequest, Shape, Target};

use crate::app::{App, body, get, parts, workers};

on_each_engine!(
    a_synchronous_page_comes_in_its_parts,
    a_page_that_awaits_comes_too,
    the_call_carries_the_request,
    headers_are_joined_and_lazy,
    a_body_that_is_there_is_read,
    a_body_that_comes_is_read_as_it_comes,
    texts_of_every_width_are_utf8,
    what_is_thrown_names_its_place,
    errors_that_were_dealt_with_come_along,
    a_reply_that_is_none_is_an_error,
    a_bundle_that_does_not_load_says_why,
    a_bundle_of_another_version_is_refused,
    requests_go_on_after_close_was_called_only_if_they_were_there,
    async_context_is_not_shared_between_renders,
    ten_thousand_renders_leave_the_heap_as_it_was,
    unhandled_rejections_belong_to_their_render,
    application_code_sees_the_environment_it_was_given,
);

async fn a_synchronous_page_comes_in_its_parts(engine: Engine) {
    let source = r#"export const respond = (call) => page("<p>hi</p>", {
        status: 201, headers: ["x-a", "1", "set-cookie", "a=1", "set-cookie", "b=2"], route: 7, head: "<title>t</title>", state: "{}",
    });"#;
    let app = App::start(engine, source, workers(1)).await;
    let mut reply = app.get("/").await.unwrap();
    assert_eq!(reply.status, StatusCode::CREATED);
    assert_eq!((reply.shape, reply.route), (Shape::Page, Some(7)));
    assert_eq!(reply.headers["x-a"], "1");
    assert_eq!(reply.headers.get_all("set-cookie").iter().count(), 2);
    assert!(reply.chunks.is_complete(), "there is nothing to wait for");
    let expected = [
        (Part::Head, "<title>t</title>".to_owned()),
        (Part::Body, "<p>hi</p>".to_owned()),
        (Part::State, "{}".to_owned()),
    ];
    assert_eq!(parts(&mut reply.chunks).await.unwrap(), expected);
}

async fn a_page_that_awaits_comes_too(engine: Engine) {
    let source = "export const respond = async (call) => { await sleep(1); await null; return page('later') };";
    let app = App::start(engine, source, workers(1)).await;
    assert_eq!(app.text("/").await.unwrap(), "later");
}

async fn the_call_carries_the_request(engine: Engine) {
    let source = r#"export const respond = (call) => page(JSON.stringify(
        [call.method, call.url, call.target, call.routes, call.traceId, call.nonce, call.client]));"#;
    let app = App::start(engine, source, workers(1)).await;
    let request = RenderRequest {
        method: Method::PUT,
        client: Some([192, 0, 2, 1].into()),
        target: Target::Endpoint,
        trace_id: "0123".into(),
        nonce: "n".into(),
        ..get("/a?b=%C3%A9").with_route(3, vec![("id".into(), "ä€".into())])
    };
    let mut reply = app.renderer.render(request).await.unwrap();
    let expected =
        r#"["PUT","http://app.test/a?b=%C3%A9",2,[3,1,"id","ä€"],"0123","n","192.0.2.1"]"#;
    assert_eq!(body(&mut reply.chunks).await.unwrap(), expected);
}

async fn headers_are_joined_and_lazy(engine: Engine) {
    let source = r#"export const respond = (call) => page(JSON.stringify(
        [call.header("cookie"), call.header("accept"), call.header("x"), call.headers().length]));"#;
    let app = App::start(engine, source, workers(1)).await;
    let mut headers = HeaderMap::new();
    headers.append("cookie", HeaderValue::from_static("a=1"));
    headers.append("cookie", HeaderValue::from_static("b=2"));
    headers.append("accept", HeaderValue::from_static("text/html"));
    headers.append("accept", HeaderValue::from_static("*/*"));
    let request = RenderRequest {
        headers,
        ..get("/")
    };
    let mut reply = app.renderer.render(request).await.unwrap();
    let expected = r#"["a=1; b=2","text/html, */*",null,8]"#;
    assert_eq!(body(&mut reply.chunks).await.unwrap(), expected);
}

const READ: &str = r#"export const respond = async (call) => {
    const body = call.body();
    if (body === null) return page("none");
    if (body !== call.body()) throw new Error("not the same stream");
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of body) text += decoder.decode(chunk, { stream: true }) + "|";
    return page(text);
};"#;

async fn a_body_that_is_there_is_read(engine: Engine) {
    let app = App::start(engine, READ, workers(1)).await;
    let request = RenderRequest {
        method: Method::POST,
        body: Body::Full(Bytes::from_static(b"abc")),
        ..get("/")
    };
    let mut reply = app.renderer.render(request).await.unwrap();
    assert_eq!(body(&mut reply.chunks).await.unwrap(), "abc|");
    assert_eq!(app.text("/").await.unwrap(), "none");
}

async fn a_body_that_comes_is_read_as_it_comes(engine: Engine) {
    let app = App::start(engine, READ, workers(1)).await;
    let pieces = ["one", "two"].map(|text| Ok::<_, std::io::Error>(Bytes::from(text)));
    let request = RenderRequest {
        method: Method::POST,
        body: Body::Stream(Box::pin(futures_util::stream::iter(pieces))),
        ..get("/")
    };
    let mut reply = app.renderer.render(request).await.unwrap();
    assert_eq!(body(&mut reply.chunks).await.unwrap(), "one|two|");

    let broken = [
        Ok(Bytes::from("one")),
        Err(std::io::Error::other("too large")),
    ];
    let request = RenderRequest {
        method: Method::POST,
        body: Body::Stream(Box::pin(futures_util::stream::iter(broken))),
        ..get("/")
    };
    let error = app.renderer.render(request).await.unwrap_err();
    assert!(error.message.contains("too large"), "{error}");
}

async fn texts_of_every_width_are_utf8(engine: Engine) {
    let source = r#"
        const texts = { "/a": "plain", "/l": "\u00e4\u00ff", "/w": "\u20ac\ud83d\ude00", "/lone": "a\ud800b", "/bytes": new Uint8Array([195, 164]) };
        let rope = ""; for (let i = 0; i < 5000; i++) rope += "<" + i + "\u00e9>";
        texts["/rope"] = rope;
        export const respond = (call) => page(texts[path(call)]);"#;
    let app = App::start(engine, source, workers(1)).await;
    assert_eq!(app.text("/a").await.unwrap(), "plain");
    assert_eq!(app.text("/l").await.unwrap(), "äÿ");
    assert_eq!(app.text("/w").await.unwrap(), "€😀");
    assert_eq!(app.text("/lone").await.unwrap(), "a\u{fffd}b");
    assert_eq!(app.text("/bytes").await.unwrap(), "ä");
    let rope: String = (0..5000).map(|i| format!("<{i}é>")).collect();
    assert_eq!(app.text("/rope").await.unwrap(), rope);
}

async fn what_is_thrown_names_its_place(engine: Engine) {
    let source = "\nfunction inner() { throw new TypeError('not so') }\nexport const respond = (call) => { if (path(call) === '/') inner(); if (path(call) === '/value') throw 'text'; return page('ok') };";
    let app = App::start(engine, source, workers(1)).await;
    let error = app.get("/").await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Threw);
    assert!(error.message.contains("not so"), "{error}");
    assert_eq!(error.frames[0].function, "inner");
    assert_eq!(error.frames[0].file, "server.js");
    let error = app.get("/value").await.unwrap_err();
    assert!(error.message.contains("text"), "{error}");
    assert_eq!(app.text("/ok").await.unwrap(), "ok");
}

async fn errors_that_were_dealt_with_come_along(engine: Engine) {
    let source = "export const respond = (call) => { call.report(new Error('seen')); return page('sorry', { status: 500 }) };";
    let app = App::start(engine, source, workers(1)).await;
    let reply = app.get("/").await.unwrap();
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(reply.errors.len(), 1);
    assert_eq!(reply.errors[0].message, "seen");
}

async fn a_reply_that_is_none_is_an_error(engine: Engine) {
    let source = r#"const replies = {
        "/none": undefined, "/status": page("", { status: 7000 }), "/header": page("", { headers: ["a b", "c"] }),
        "/split": page("", { headers: ["a", "b\r\nc: d"] }), "/body": page({}), "/shape": page("", { shape: 9 }),
    };
    export const respond = (call) => replies[path(call)];"#;
    let app = App::start(engine, source, workers(1)).await;
    for path in ["/none", "/status", "/header", "/split", "/body", "/shape"] {
        assert_eq!(
            app.get(path).await.unwrap_err().code,
            ErrorCode::Threw,
            "{path}"
        );
    }
}

async fn a_bundle_that_does_not_load_says_why(engine: Engine) {
    let cases = [
        (
            "export const abi = 1; export const respond = ;",
            "Unexpected",
        ),
        (
            "export const abi = 1; throw new Error('at the top')",
            "at the top",
        ),
        ("import './missing.js';", "missing.js"),
        ("import 'package';", "package"),
        ("export const abi = 1;", "respond"),
        (
            "export const abi = 1; export const respond = () => 1; await new Promise(() => {});",
            "",
        ),
    ];
    for (source, expected) in cases {
        let app = App::unready(engine, &[("server.js", source)], workers(1));
        let error = app.renderer.ready().await.unwrap_err();
        assert_eq!(error.code, ErrorCode::ModuleFailed, "{source}");
        assert!(error.message.contains(expected), "{error}");
        let error = app.get("/").await.unwrap_err();
        assert_eq!(error.code, ErrorCode::ModuleFailed, "{source}");
    }
}

async fn a_bundle_of_another_version_is_refused(engine: Engine) {
    let source = "export const abi = 2; export const respond = () => null;";
    let app = App::unready(engine, &[("server.js", source)], workers(1));
    let error = app.renderer.ready().await.unwrap_err();
    assert!(error.message.contains("version 2"), "{error}");
}

async fn requests_go_on_after_close_was_called_only_if_they_were_there(engine: Engine) {
    let source = "export const respond = async (call) => { await sleep(20); return page('done') };";
    let app = App::start(engine, source, workers(1)).await;
    let before = app.renderer.render(get("/"));
    let closed = app.renderer.close();
    let closed = tokio::spawn(closed);
    let mut reply = before.await.unwrap();
    assert_eq!(body(&mut reply.chunks).await.unwrap(), "done");
    closed.await.unwrap();
    assert_eq!(app.get("/").await.unwrap_err().code, ErrorCode::Closing);
}

async fn async_context_is_not_shared_between_renders(engine: Engine) {
    let source = r#"
        import { AsyncLocalStorage } from "node:async_hooks";
        const storage = new AsyncLocalStorage();
        export const respond = (call) => storage.run(path(call), async () => {
            for (let i = 0; i < 5; i++) { await sleep(1); await null; }
            return page(storage.getStore());
        });"#;
    let app = App::start(engine, source, workers(1)).await;
    let renders = (0..20).map(|i| {
        let app = &app;
        async move { app.text(&format!("/{i}")).await.unwrap() }
    });
    for (i, text) in futures_util::future::join_all(renders)
        .await
        .into_iter()
        .enumerate()
    {
        assert_eq!(text, format!("/{i}"));
    }
}

async fn ten_thousand_renders_leave_the_heap_as_it_was(engine: Engine) {
    let source = "export const respond = (call) => page('x'.repeat(100) + path(call) + call.header('a') + call.signal.aborted);";
    let app = App::start(engine, source, workers(1)).await;
    for i in 0..2_000 {
        app.get(&format!("/{i}")).await.unwrap();
    }
    let heap = |app: &App| app.renderer.stats().heap_bytes;
    let before = heap(&app);
    for i in 0..10_000 {
        app.get(&format!("/{i}")).await.unwrap();
    }
    let stats = app.renderer.stats();
    assert_eq!(stats.rendered, 12_000);
    assert_eq!(stats.in_flight, 0);
    // Young garbage comes and goes; what stays is far less than 1 KiB per render.
    assert!(
        heap(&app) < before + 10_000 * 1024,
        "{before} -> {}",
        heap(&app)
    );
}

/// The garbage is made at once, and nothing is rendered after it.
#[cfg(has_v8)]
#[tokio::test(flavor = "multi_thread")]
async fn an_isolate_at_rest_gives_memory_back() {
    let source = r#"export const respond = () => {
        const kept = [];
        for (let i = 0; i < 60; i++) kept.push(Array.from({ length: 20_000 }, (_, j) => ({ i, j })));
        return page(String(kept.length));
    };"#;
    let app = App::start(Engine::V8, source, workers(1)).await;
    let reaches = async |wanted: std::ops::Range<u64>| {
        let heap = || app.renderer.stats().heap_bytes;
        let found = tokio::time::timeout(Duration::from_secs(10), async {
            while !wanted.contains(&heap()) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        assert!(found.await.is_ok(), "{} is not in {wanted:?}", heap());
    };
    // Figures are read four times a second at most.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(app.text("/").await.unwrap(), "60");
    reaches(30 << 20..u64::MAX).await;
    reaches(1..15 << 20).await;
}

async fn unhandled_rejections_belong_to_their_render(engine: Engine) {
    let source = r#"export const respond = async (call) => {
        if (path(call) === "/bad") Promise.reject(new Error("nobody looks"));
        // Rejections are looked at once in each turn of the event loop.
        for (let turn = 0; turn < 3; turn++) await sleep(1);
        return page("ok");
    };"#;
    let app = App::start(engine, source, workers(1)).await;
    let (bad, good) = tokio::join!(app.get("/bad"), app.get("/good"));
    assert_eq!(bad.unwrap().errors[0].message, "nobody looks");
    assert!(good.unwrap().errors.is_empty());
    assert!(app.renderer.stats().retired.is_empty());
}

async fn application_code_sees_the_environment_it_was_given(engine: Engine) {
    let source = "export const respond = () => page(`${process.env.GIVEN} ${process.env.PATH} ${typeof Deno} ${typeof __bootstrap}`);";
    let mut options = workers(1);
    options.env.insert("GIVEN".into(), "yes".into());
    let app = App::start(engine, source, options).await;
    assert_eq!(
        app.text("/").await.unwrap(),
        "yes undefined undefined undefined"
    );
}
