//! Clients that are slow, large, broken or gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use wellhead_render::{Chunks, Part, Reply};

use crate::fake::{counting, endpoint, site, text};

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = counting("").await;
    for head in [
        format!("x: {}\r\n", "a".repeat(100_000_000)),
        "x: y\r\n".repeat(200),
    ] {
        let answer = server
            .raw(format!("GET / HTTP/1.1\r\nhost: a\r\n{head}\r\n").as_bytes())
            .await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
        is_an_error_page(&answer, "headers are too large");
    }
    let long = |path: usize| format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(path));
    let answer = server.raw(long(100_000).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    assert_eq!(server.get("/").await.text(), "0");
    let figures = server.get("/-/metrics").await;
    let refused = r#"wellhead_request_duration_seconds_count{route="none",status="431"} 3"#;
    assert!(figures.text().contains(refused), "{}", figures.text());

    let roomy = counting("[server]\nheader_kb = 1000\n").await;
    let answer = roomy.raw(long(100_000).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 414"), "{answer}");
    is_an_error_page(&answer, "The address is too long");
}

/// The server's page, which names the trace id of the answer's head.
fn is_an_error_page(answer: &str, message: &str) {
    let (head, page) = answer.split_once("\r\n\r\n").unwrap();
    let header = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name} in {head}"))
    };
    assert_eq!(header("content-length: "), page.len().to_string());
    assert_eq!(header("connection: "), "close");
    assert_eq!(header("x-content-type-options: "), "nosniff");
    assert!(page.contains(header("x-trace-id: ")), "{page}");
    assert!(page.contains(message), "{page}");
}

#[tokio::test]
async fn a_body_that_says_to_be_too_large_is_refused_at_once() {
    let server = counting("").await;
    let body = vec![b'a'; 100_000_000];
    let mut request = format!(
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/octet-stream\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend(body);
    let answer = server.raw(&request).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    is_an_error_page(&answer, "body is too large");
}

#[tokio::test]
async fn a_body_that_turns_out_too_large_is_refused() {
    let server = counting("[server]\nbody_kb = 100\n").await;
    let mut request = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..2000 {
        request.extend_from_slice(b"400\r\n");
        request.extend_from_slice(&[b'a'; 0x400]);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"0\r\n\r\n");
    let answer = server.raw(&request).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn bodies_within_the_limit_arrive_whole() {
    let server = counting("[server]\nbody_kb = 1000\n").await;
    for size in [1, 65_536, 65_537, 1_024_000] {
        let typed = [("content-type", "application/octet-stream")];
        let answer = server.send("POST", "/", &typed, vec![b'a'; size]).await;
        assert_eq!(answer.text(), size.to_string());
    }
}

#[tokio::test]
async fn a_body_that_stops_coming_is_a_timeout() {
    let server = counting("[server]\nbody_idle_ms = 100\n").await;
    for length in [10, 100_000] {
        let head = format!(
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/octet-stream\r\ncontent-length: {length}\r\n\r\nabc"
        );
        let answer = server.raw(head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}

#[tokio::test]
async fn a_head_that_drips_is_cut_off() {
    let server = counting("[server]\nheader_ms = 200\n").await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    // Bytes that keep coming do not help: writing ends when the server has closed.
    let drip = async {
        let mut pause = tokio::time::interval(std::time::Duration::from_millis(20));
        while writer.write_all(b"x: y\r\n").await.is_ok() {
            pause.tick().await;
        }
    };
    let mut text = Vec::new();
    let (_, _) = tokio::join!(drip, reader.read_to_end(&mut text));
    assert!(text.is_empty(), "{}", String::from_utf8_lossy(&text));
}

#[tokio::test]
async fn a_connection_that_is_not_used_is_closed_later_than_one_that_sends_half_a_head() {
    let server = counting("[server]\nheader_ms = 100\nidle_ms = 1000\n").await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut answer = [0; 4096];
    let started = std::time::Instant::now();
    for _ in 0..2 {
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .unwrap();
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 200"));
    }
    assert_eq!(stream.read(&mut answer).await.unwrap(), 0);
    assert!(started.elapsed().as_millis() >= 1000, "closed too early");
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_given_up() {
    let gone = Arc::new(Notify::new());
    let told = Arc::clone(&gone);
    let server = site([endpoint("/")])
        .config("[server]\nwrite_stall_ms = 100\n")
        .serve(move |_| {
            let (sender, chunks) = Chunks::full([]).then_coming(1);
            let told = Arc::clone(&told);
            tokio::spawn(async move {
                while sender
                    .send(Part::Body, vec![b'a'; 1_000_000].into())
                    .await
                    .is_ok()
                {}
                told.notify_one();
            });
            Box::pin(async { Ok(Reply::raw(chunks)) })
        })
        .await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    gone.notified().await;
}

#[tokio::test]
async fn a_client_that_leaves_cancels_its_render() {
    struct Guard(Arc<Notify>);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }
    let (started, dropped) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (start, guard) = (Arc::clone(&started), Arc::clone(&dropped));
    let server = site([endpoint("/")])
        .serve(move |_| {
            let (start, guard) = (Arc::clone(&start), Guard(Arc::clone(&guard)));
            Box::pin(async move {
                start.notify_one();
                std::future::pending::<()>().await;
                drop(guard);
                text(String::new()).await
            })
        })
        .await;
    for half in [false, true] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .unwrap();
        started.notified().await;
        if half {
            stream.shutdown().await.unwrap();
        } else {
            drop(stream);
        }
        dropped.notified().await;
    }
}

#[tokio::test]
async fn a_stream_is_pulled_no_faster_than_it_is_taken() {
    let ended = Arc::new(AtomicBool::new(false));
    let end = Arc::clone(&ended);
    let server = site([endpoint("/")])
        .serve(move |_| {
            let (sender, chunks) = Chunks::full([]).then_coming(1);
            let end = Arc::clone(&end);
            tokio::spawn(async move {
                for _ in 0..200 {
                    if sender
                        .send(Part::Body, vec![b'a'; 1_000_000].into())
                        .await
                        .is_err()
                    {
                        return;
                    }
                }
                end.store(true, Ordering::SeqCst);
            });
            Box::pin(async { Ok(Reply::raw(chunks)) })
        })
        .await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut piece = vec![0; 65_536];
    stream.read_exact(&mut piece).await.unwrap();
    // 200 MB do not fit into the system's buffers.
    assert!(!ended.load(Ordering::SeqCst));
    let mut rest = 0;
    while let Ok(count @ 1..) = stream.read(&mut piece).await {
        rest += count;
    }
    assert!(rest > 199_000_000 && ended.load(Ordering::SeqCst));
}

#[tokio::test]
async fn requests_that_come_together_are_answered_in_turn() {
    let server = site([endpoint("/[n]")])
        .serve(|request| text(format!("<{}>", request.routes[0].params[0].1)))
        .await;
    let last = "GET /3 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let answers = server
        .raw(
            format!("GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\n\r\n{last}")
                .as_bytes(),
        )
        .await;
    let places: Vec<_> = ["<1>", "<2>", "<3>"]
        .iter()
        .map(|part| answers.find(part).unwrap())
        .collect();
    assert!(places.is_sorted(), "{answers}");
}

#[tokio::test]
async fn nonsense_is_a_bad_request() {
    let server = counting("").await;
    for bytes in [
        &b"\x00\x01\x02\r\n\r\n"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nhost: a\r\n\r\n",
    ] {
        let answer = server.raw(bytes).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        is_an_error_page(&answer, "The request is not valid HTTP");
    }
    let both = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/octet-stream\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n0\r\n\r\n";
    let answer = server.raw(both).await;
    assert!(
        answer.starts_with("HTTP/1.1 400") || answer.ends_with("\r\n\r\n0"),
        "{answer}"
    );
}
