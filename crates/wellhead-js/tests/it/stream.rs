//! Replies that come in pieces.

use http::StatusCode;
use tokio::sync::oneshot;
use wellhead_js::Engine;
use wellhead_render::{Body, ErrorCode, Part, RenderRequest};

use crate::app::{App, body, get, parts, text, workers};

on_each_engine!(
    late_chunks_follow_the_page,
    the_head_of_a_reply_can_leave_early,
    nothing_is_pulled_ahead_of_a_slow_reader,
    a_reader_that_leaves_ends_the_iterator,
    a_request_that_is_called_off_aborts_its_signal,
    an_error_in_the_middle_comes_after_what_was_sent,
    a_body_that_never_comes_ends_with_its_request,
);

async fn late_chunks_follow_the_page(engine: Engine) {
    let source = r#"
        async function* late() { yield [3, "1"]; await sleep(1); yield [3, new Uint8Array([50])]; yield [1, "\u00e9"]; }
        export const respond = (call) => page("page", { rest: late() });"#;
    let app = App::start(engine, source, workers(1)).await;
    let mut reply = app.get("/").await.unwrap();
    assert!(!reply.chunks.is_complete());
    let expected = [
        (Part::Body, "page"),
        (Part::Late, "1"),
        (Part::Late, "2"),
        (Part::Body, "é"),
    ]
    .map(|(part, text)| (part, text.to_owned()));
    assert_eq!(parts(&mut reply.chunks).await.unwrap(), expected);
}

async fn the_head_of_a_reply_can_leave_early(engine: Engine) {
    // The page waits for the request's body, which the test ends only after it has the head.
    let source = r#"export const respond = async (call) => {
        call.early(202, ["x-early", "yes"], 4);
        for await (const _ of call.body());
        return page("rest", { status: 500, head: "head", state: "state" });
    };"#;
    let app = App::start(engine, source, workers(1)).await;
    let (end, ended) = oneshot::channel::<()>();
    let waits = futures_util::stream::once(async move {
        let _ = ended.await;
        Ok::<_, std::io::Error>("x".into())
    });
    let request = RenderRequest {
        method: http::Method::POST,
        body: Body::Stream(Box::pin(waits)),
        ..get("/")
    };
    let mut reply = app.renderer.render(request).await.unwrap();
    assert_eq!((reply.status, reply.route), (StatusCode::ACCEPTED, Some(4)));
    assert_eq!(reply.headers["x-early"], "yes");
    assert!(reply.chunks.pop_ready().is_none());
    end.send(()).unwrap();
    assert_eq!(body(&mut reply.chunks).await.unwrap(), "headreststate");
}

const COUNTED: &str = r#"
    let pulled = 0, returned = 0;
    const endless = {
        next() { pulled++; return Promise.resolve({ done: false, value: [1, "x"] }); },
        return() { returned++; return Promise.resolve({ done: true }); },
        [Symbol.asyncIterator]() { return this; },
    };
    export const respond = (call) => path(call) === "/counts" ? page(`${pulled} ${returned}`) : page("", { rest: endless });
"#;

async fn nothing_is_pulled_ahead_of_a_slow_reader(engine: Engine) {
    let app = App::start(engine, COUNTED, workers(1)).await;
    let mut reply = app.get("/").await.unwrap();
    assert_eq!(
        text(&reply.chunks.next().await.unwrap().unwrap().bytes),
        "x"
    );
    // Other renders of the isolate have their turn many times, and the iterator does not move on.
    let mut last = String::new();
    for _ in 0..200 {
        last = app.text("/counts").await.unwrap();
    }
    let pulled: u32 = last.split(' ').next().unwrap().parse().unwrap();
    assert!(
        pulled < 100,
        "{pulled} chunks were pulled for a reader that took one"
    );
    let still = app.text("/counts").await.unwrap();
    assert_eq!(still, last);
}

async fn a_reader_that_leaves_ends_the_iterator(engine: Engine) {
    let app = App::start(engine, COUNTED, workers(1)).await;
    let mut reply = app.get("/").await.unwrap();
    reply.chunks.next().await.unwrap().unwrap();
    drop(reply);
    while !app.text("/counts").await.unwrap().ends_with(" 1") {}
    assert_eq!(app.renderer.stats().in_flight, 0);
}

async fn a_request_that_is_called_off_aborts_its_signal(engine: Engine) {
    let source = r#"
        let started = 0, aborted = [];
        export const respond = async (call) => {
            if (path(call) === "/state") return page(`${started} ${aborted}`);
            started++;
            call.signal.addEventListener("abort", () => aborted.push(call.signal.reason.name));
            await new Promise((done) => setTimeout(done, 1e8));
        };"#;
    let app = App::start(engine, source, workers(1)).await;
    let request = app.renderer.render(get("/hang"));
    let request = tokio::spawn(request);
    while app.text("/state").await.unwrap() != "1 " {}
    request.abort();
    while app.text("/state").await.unwrap() != "1 AbortError" {}
}

async fn an_error_in_the_middle_comes_after_what_was_sent(engine: Engine) {
    let source = r#"
        async function* late() { yield [1, "a"]; await sleep(1); throw new Error("in the middle"); }
        export const respond = (call) => path(call) === "/ok" ? page("ok") : page("page", { rest: late() });"#;
    let app = App::start(engine, source, workers(1)).await;
    let mut reply = app.get("/").await.unwrap();
    let mut seen = String::new();
    let error = loop {
        match reply
            .chunks
            .next()
            .await
            .expect("the stream ends with an error")
        {
            Ok(chunk) => seen.push_str(&text(&chunk.bytes)),
            Err(error) => break error,
        }
    };
    assert_eq!(seen, "pagea");
    assert_eq!(error.code, ErrorCode::Threw);
    assert!(error.message.contains("in the middle"));
    assert_eq!(app.text("/ok").await.unwrap(), "ok");
}

async fn a_body_that_never_comes_ends_with_its_request(engine: Engine) {
    let source = r#"
        let reading = 0;
        export const respond = async (call) => {
            if (path(call) === "/state") return page(String(reading));
            reading++;
            try { for await (const _ of call.body()); } finally { reading-- }
        };"#;
    let app = App::start(engine, source, workers(1)).await;
    let request = RenderRequest {
        method: http::Method::POST,
        body: Body::Stream(Box::pin(futures_util::stream::pending())),
        ..get("/")
    };
    let request = tokio::spawn(app.renderer.render(request));
    while app.text("/state").await.unwrap() != "1" {}
    request.abort();
    while app.text("/state").await.unwrap() != "0" {}
}
