//! Renders that fail: what the client is told, and what not.

use wellhead_render::{Chunks, ErrorCode, Frame, Part, RenderError, Reply, Shape};

use crate::fake::{done, page, parts, site};

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
