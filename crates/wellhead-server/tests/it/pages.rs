//! Documents: composition, streaming, tags.

use std::sync::{Arc, Mutex};

use http_body_util::BodyExt;
use tokio::sync::Notify;
use wellhead_render::{Chunks, Part, Reply, Target};

use crate::fake::{Running, done, page, parts, recorder, site};

async fn whole_page() -> Running {
    site([page("/")])
        .serve(|_| {
            let chunks = parts(&[
                (Part::Head, "<title>T</title>"),
                (Part::Body, "<h1>Hi</h1>"),
                (Part::State, "[1]"),
                (Part::Late, "{\"id\":1}"),
            ]);
            done(Reply {
                route: Some(0),
                ..Reply::page(chunks)
            })
        })
        .await
}

/// What is large goes out as a piece of its own, what is small is copied together.
#[tokio::test]
async fn a_page_is_put_together_in_the_documented_order_whatever_its_size() {
    for length in [1, 40_000] {
        let [head, body, state, late] = ["h", "b", "s", "l"]
            .map(|letter| -> &'static str { Box::leak(letter.repeat(length).into_boxed_str()) });
        let server = site([page("/")])
            .serve(move |_| {
                let chunks = parts(&[
                    (Part::Head, head),
                    (Part::Body, body),
                    (Part::Body, "more"),
                    (Part::State, state),
                    (Part::Late, late),
                    (Part::Late, "2"),
                ]);
                done(Reply {
                    route: Some(0),
                    ..Reply::page(chunks)
                })
            })
            .await;
        let answer = server.get("/").await;
        let trace = answer.header("x-trace-id");
        assert_eq!(
            answer.text(),
            format!(
                "<!doctype html><head>\
                 <link rel=\"stylesheet\" href=\"/_app/immutable/page.css\">\
                 <link rel=\"modulepreload\" href=\"/_app/immutable/start.js\">\
                 {head}</head><body data-t=\"{trace}\">{body}more\
                 <script type=\"application/json\" id=\"wellhead-state\">{state}</script>\
                 <script type=\"module\" async src=\"/_app/immutable/start.js\"></script>\
                 <script type=\"application/json\" data-wellhead-late>{late}</script>\
                 <script type=\"application/json\" data-wellhead-late>2</script></body>"
            )
        );
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(
            answer.header("content-length"),
            answer.bytes.len().to_string()
        );
        assert_eq!(trace.len(), 32);
    }
}

#[tokio::test]
async fn a_page_without_state_loads_no_script() {
    let server = site([page("/")])
        .serve(|_| done(Reply::page(parts(&[(Part::Body, "static")]))))
        .await;
    let answer = server.get("/").await;
    assert!(
        answer.text().contains("static") && !answer.text().contains("<script"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn the_shell_goes_out_before_the_first_chunk_and_late_data_when_it_comes() {
    let (first, second) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let gates = (Arc::clone(&first), Arc::clone(&second));
    let server = site([page("/")])
        .serve(move |_| {
            let (sender, chunks) = Chunks::full([]).then_coming(1);
            let gates = gates.clone();
            tokio::spawn(async move {
                gates.0.notified().await;
                sender.send(Part::Body, "body".into()).await.unwrap();
                sender.send(Part::State, "[]".into()).await.unwrap();
                gates.1.notified().await;
                sender.send(Part::Late, "late".into()).await.unwrap();
            });
            done(Reply {
                route: Some(0),
                ..Reply::page(chunks)
            })
        })
        .await;
    let mut response = server.start("GET", "/", &[], "").await;
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    let mut seen = String::new();
    let mut until = async |text: &str| {
        while !seen.contains(text) {
            let frame = response.frame().await.expect("more").unwrap();
            seen.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
        seen.clone()
    };
    let shell = until("modulepreload").await;
    assert!(!shell.contains("</head>"));
    first.notify_one();
    let body = until("wellhead-state\">[]").await;
    assert!(!body.contains("data-wellhead-late"));
    second.notify_one();
    assert!(
        until("</body>")
            .await
            .contains("data-wellhead-late>late</script></body>")
    );
}

#[tokio::test]
async fn head_has_the_headers_of_get_and_no_body() {
    let server = whole_page().await;
    let (get, head) = (
        server.get("/").await,
        server.send("HEAD", "/", &[], "").await,
    );
    assert_eq!(head.bytes.len(), 0);
    assert_eq!(head.header("content-length"), get.header("content-length"));
    assert_eq!(head.header("content-type"), get.header("content-type"));
}

#[tokio::test]
async fn an_unchanged_page_is_not_sent_again() {
    let server = site([page("/")])
        .serve(|_| done(Reply::page(parts(&[(Part::Body, "same")]))))
        .await;
    // The shell of these tests holds the trace id, which is part of the page.
    let trace = (
        "traceparent",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    );
    let first = server.get_with("/", &[trace]).await;
    let etag = first.header("etag");
    assert!(etag.starts_with("W/\""), "{etag}");
    let second = server
        .get_with("/", &[trace, ("if-none-match", etag)])
        .await;
    assert_eq!((second.status.as_u16(), second.bytes.len()), (304, 0));
    assert_eq!(second.header("etag"), etag);
    assert_eq!(
        server
            .get_with("/", &[("if-none-match", etag)])
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn headers_of_the_app_win_and_those_of_the_connection_are_not_its_own() {
    let server = site([page("/")])
        .serve(|_| {
            let mut reply = Reply::page(parts(&[(Part::Body, "x")]));
            for (name, value) in [
                ("x-frame-options", "DENY"),
                ("content-length", "7"),
                ("connection", "upgrade"),
                ("x-own", "1"),
            ] {
                reply.headers.insert(name, value.parse().unwrap());
            }
            done(reply)
        })
        .await;
    let answer = server.get("/").await;
    assert_eq!(
        (answer.header("x-frame-options"), answer.header("x-own")),
        ("DENY", "1")
    );
    assert_eq!(answer.header("connection"), "");
    assert_eq!(
        answer.header("content-length"),
        answer.bytes.len().to_string()
    );
}

#[tokio::test]
async fn pages_say_their_time_and_trace_where_that_is_wanted() {
    for (config, wanted) in [("", true), ("[server]\nserver_timing = false\n", false)] {
        let server = site([page("/")])
            .config(config)
            .serve(|_| done(Reply::page(parts(&[(Part::Body, "x")]))))
            .await;
        let answer = server.get("/").await;
        let timing = answer.headers.get("server-timing");
        assert_eq!(timing.is_some(), wanted);
        if let Some(timing) = timing {
            let trace = format!(
                "trace;desc=\"{}\", render;dur=",
                answer.header("x-trace-id")
            );
            assert!(timing.to_str().unwrap().starts_with(&trace), "{timing:?}");
        }
    }
}

#[tokio::test]
async fn what_matches_no_route_is_rendered_as_the_error_page() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let not_found = || Reply {
        status: http::StatusCode::NOT_FOUND,
        ..Reply::page(parts(&[(Part::Body, "nothing here")]))
    };
    let server = site([page("/")]).serve(recorder(&seen, not_found)).await;
    let answer = server.get("/nope").await;
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("nothing here"));
    let request = seen.lock().unwrap().pop().unwrap();
    assert_eq!(
        (request.target, request.routes.len(), request.url.as_str()),
        (Target::Page, 0, "http://site.test/nope")
    );
}
