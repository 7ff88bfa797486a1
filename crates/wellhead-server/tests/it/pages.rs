//! Documents: composition, streaming, compression, tags, errors.

use std::io::Read;
use std::sync::{Arc, Mutex};

use http_body_util::BodyExt;
use tokio::sync::Notify;
use wellhead_render::{
    Chunks, ErrorCode, Frame, Part, RenderError, RenderFuture, Reply, Shape, Target,
};

use crate::fake::{Running, page, recorder, site};

fn done(reply: Reply) -> RenderFuture {
    Box::pin(async { Ok(reply) })
}

fn parts(parts: &[(Part, &'static str)]) -> Chunks {
    Chunks::full(parts.iter().map(|(part, text)| (*part, (*text).into())))
}

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
async fn a_page_is_compressed_as_the_client_wants_it() {
    let text: &'static str = Box::leak("<p>again</p>".repeat(2_000).into_boxed_str());
    let server = site([page("/")])
        .serve(move |_| done(Reply::page(parts(&[(Part::Body, text)]))))
        .await;
    for (accepted, expected) in [
        ("gzip", "gzip"),
        ("br, gzip;q=0.5", "br"),
        ("gzip, br, zstd", "zstd"),
    ] {
        let answer = server.get_with("/", &[("accept-encoding", accepted)]).await;
        assert_eq!(answer.header("content-encoding"), expected);
        assert_eq!(answer.header("vary"), "Accept-Encoding");
        assert!(answer.bytes.len() < 1000, "{}", answer.bytes.len());
        assert!(decompressed(expected, &answer.bytes).contains(text));
    }
    assert_eq!(server.get("/").await.header("content-encoding"), "");
}

#[tokio::test]
async fn what_is_small_or_must_not_change_is_not_compressed() {
    let server = site([page("/"), page("/fixed")])
        .serve(|request| {
            let fixed = request.url.ends_with("/fixed");
            let mut reply = Reply::page(parts(&[(Part::Body, if fixed { LONG } else { "short" })]));
            if fixed {
                reply
                    .headers
                    .insert("cache-control", "no-transform".parse().unwrap());
            }
            done(reply)
        })
        .await;
    for path in ["/", "/fixed"] {
        assert_eq!(
            server
                .get_with(path, &[("accept-encoding", "br")])
                .await
                .header("content-encoding"),
            "",
            "{path}"
        );
    }
}

const LONG: &str = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";

#[tokio::test]
async fn each_chunk_of_a_compressed_stream_can_be_read_when_it_comes() {
    for encoding in ["gzip", "br", "zstd"] {
        let gate = Arc::new(Notify::new());
        let wait = Arc::clone(&gate);
        let server = site([page("/")])
            .serve(move |_| {
                let (sender, chunks) = Chunks::full([(Part::Body, "first".into())]).then_coming(1);
                let wait = Arc::clone(&wait);
                tokio::spawn(async move {
                    wait.notified().await;
                    sender.send(Part::Body, "second".into()).await.unwrap();
                });
                done(Reply::page(chunks))
            })
            .await;
        let mut response = server
            .start("GET", "/", &[("accept-encoding", encoding)], "")
            .await;
        assert_eq!(response.headers()["content-encoding"], encoding);
        let mut bytes = Vec::new();
        while !decompressed(encoding, &bytes).contains("first") {
            bytes.extend_from_slice(
                response
                    .frame()
                    .await
                    .expect("more")
                    .unwrap()
                    .data_ref()
                    .unwrap(),
            );
        }
        gate.notify_one();
        while let Some(frame) = response.frame().await {
            bytes.extend_from_slice(frame.unwrap().data_ref().unwrap());
        }
        assert!(
            decompressed(encoding, &bytes).ends_with("second</body>"),
            "{encoding}"
        );
    }
}

/// What can be read of a compressed text, which need not be whole.
fn decompressed(encoding: &str, bytes: &[u8]) -> String {
    let mut reader: Box<dyn Read> = match encoding {
        "gzip" => Box::new(flate2::read::MultiGzDecoder::new(bytes)),
        "br" => Box::new(brotli::Decompressor::new(bytes, 4096)),
        _ => Box::new(zstd::stream::read::Decoder::new(bytes).unwrap()),
    };
    let mut text = Vec::new();
    let mut piece = [0; 256];
    while let Ok(count @ 1..) = reader.read(&mut piece) {
        text.extend_from_slice(&piece[..count]);
    }
    String::from_utf8(text).unwrap()
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

fn secret_error() -> RenderError {
    let frame = Frame {
        function: "load".into(),
        file: "src/routes/+page.server.ts".into(),
        line: 3,
        column: 7,
    };
    RenderError::new(ErrorCode::Threw, "Error: <b>password</b> is hunter2").with_frames(vec![frame])
}

#[tokio::test]
async fn a_failed_render_shows_a_trace_id_and_nothing_of_the_inside() {
    for fallback in [false, true] {
        let server = site([page("/")])
            .serve(move |_| {
                Box::pin(async move {
                    if !fallback {
                        return Err(secret_error());
                    }
                    let status = http::StatusCode::INTERNAL_SERVER_ERROR;
                    Ok(Reply {
                        status,
                        shape: Shape::Fallback,
                        errors: vec![secret_error()],
                        ..Reply::page(Chunks::full([]))
                    })
                })
            })
            .await;
        let answer = server.get("/").await;
        assert_eq!(answer.status, 500);
        assert!(
            answer.text().contains(answer.header("x-trace-id")),
            "{}",
            answer.text()
        );
        for secret in ["hunter2", "password", "+page.server", "render_threw"] {
            assert!(
                !answer.text().contains(secret),
                "{secret} in {}",
                answer.text()
            );
        }
        let json = server
            .get_with("/", &[("accept", "application/json")])
            .await;
        assert_eq!(json.header("content-type"), "application/json");
        assert!(json.text().contains("\"status\":500") && !json.text().contains("hunter2"));
    }
}

#[tokio::test]
async fn in_development_a_failed_render_is_shown_and_escaped() {
    let mut site = site([page("/")]);
    site.dev = true;
    let server = site
        .serve(|_| Box::pin(async { Err(secret_error()) }))
        .await;
    let answer = server.get("/").await;
    assert_eq!(answer.status, 500);
    assert!(
        answer.text().contains("hunter2")
            && answer.text().contains("src/routes/+page.server.ts:3:7"),
        "{}",
        answer.text()
    );
    assert!(!answer.text().contains("<b>"), "{}", answer.text());
    assert!(server.get("/-/dev.js").await.text().contains("EventSource"));
}

#[tokio::test]
async fn in_development_a_broken_limit_is_named() {
    let mut site = site([page("/")]).config("[server]\nbody_kb = 0\n");
    site.dev = true;
    let server = site
        .serve(|_| done(Reply::page(parts(&[(Part::Body, "x")]))))
        .await;
    let send = async |accept| {
        let headers = [("accept", accept), ("content-type", "application/json")];
        server.send("POST", "/", &headers, "{}").await
    };
    let page = send("text/html").await;
    assert_eq!(page.status, 413);
    assert!(page.text().contains("server.body_kb"), "{}", page.text());
    assert!(!send("application/json").await.text().contains("body_kb"));
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
async fn the_message_of_a_fallback_is_shown_and_its_cookies_are_kept() {
    let server = site([page("/")])
        .serve(|_| {
            let mut reply = Reply::page(parts(&[(Part::Body, "No <b>entry</b>")]));
            reply.status = http::StatusCode::FORBIDDEN;
            reply.shape = Shape::Fallback;
            reply.headers.append("set-cookie", "a=b".parse().unwrap());
            done(reply)
        })
        .await;
    let answer = server.get("/").await;
    assert_eq!(answer.status, 403);
    assert!(
        answer.text().contains("No &lt;b&gt;entry&lt;/b&gt;"),
        "{}",
        answer.text()
    );
    assert_eq!(answer.header("set-cookie"), "a=b");
}

#[tokio::test]
async fn the_apps_own_error_page_of_last_resort_is_used() {
    let mut site = site([page("/")]);
    site.error_shell =
        Some("<h1>%sveltekit.status% %wellhead.error.message% %wellhead.trace%</h1>".into());
    let server = site
        .serve(|_| Box::pin(async { Err(secret_error()) }))
        .await;
    let answer = server.get("/").await;
    assert_eq!(
        answer.text(),
        format!(
            "<h1>500 Internal Server Error {}</h1>",
            answer.header("x-trace-id")
        )
    );
}

#[tokio::test]
async fn a_panic_of_the_renderer_is_an_error_page() {
    let server = site([page("/")])
        .serve(|_| Box::pin(async { panic!("hunter2") }))
        .await;
    let answer = server.get("/").await;
    assert_eq!(answer.status, 500);
    assert!(
        answer.text().contains(answer.header("x-trace-id")) && !answer.text().contains("hunter2")
    );
    assert_eq!(server.get("/-/healthz").await.status, 200);
}

#[tokio::test]
async fn a_page_that_fails_when_half_is_sent_is_broken_off() {
    let server = site([page("/")])
        .serve(|_| {
            let (sender, chunks) = Chunks::full([(Part::Body, "half".into())]).then_coming(1);
            tokio::spawn(async move { sender.fail(secret_error()).await });
            done(Reply::page(chunks))
        })
        .await;
    let text = server.raw(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    // The last chunk of a whole response is empty.
    assert!(
        text.contains("half") && !text.ends_with("0\r\n\r\n") && !text.contains("hunter2"),
        "{text}"
    );
}

#[tokio::test]
async fn an_overloaded_renderer_says_when_to_come_back() {
    let server = site([page("/")])
        .serve(|_| Box::pin(async { Err(RenderError::new(ErrorCode::Overloaded, "full")) }))
        .await;
    let answer = server.get("/").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("retry-after")),
        (503, "1")
    );
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
