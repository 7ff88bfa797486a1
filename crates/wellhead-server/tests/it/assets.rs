//! Files: tags, ranges, encodings, caching.

use std::sync::{Arc, Mutex};

use wellhead_render::Reply;

use crate::fake::{Running, page, recorder, site};

const STARTED: &str = "/_app/immutable/start.js";

async fn server() -> Running {
    let large: Vec<u8> = (0..3_000_000u32)
        .map(|number| (number % 251) as u8)
        .collect();
    site([page("/[...all]")])
        .file(STARTED, b"0123456789", Some(b"brotli"))
        .file("/robots.txt", b"robots", None)
        .file("/large.bin", &large, None)
        .serve(recorder(&Arc::new(Mutex::new(Vec::new())), || {
            Reply::raw(wellhead_render::Chunks::full([]))
        }))
        .await
}

#[tokio::test]
async fn hashed_files_are_kept_for_ever_and_others_asked_for_again() {
    let server = server().await;
    let hashed = server.get(STARTED).await;
    assert_eq!(
        hashed.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(
        (hashed.text(), hashed.header("content-type")),
        ("0123456789", "text/javascript; charset=utf-8")
    );
    let plain = server.get("/robots.txt").await;
    assert_eq!(
        plain.header("cache-control"),
        "public, max-age=0, must-revalidate"
    );
    let again = server
        .get_with("/robots.txt", &[("if-none-match", plain.header("etag"))])
        .await;
    assert_eq!(
        (
            again.status.as_u16(),
            again.bytes.len(),
            again.header("etag")
        ),
        (304, 0, plain.header("etag"))
    );
}

#[tokio::test]
async fn a_compressed_file_is_another_one_to_caches() {
    let server = server().await;
    let compressed = server
        .get_with(STARTED, &[("accept-encoding", "gzip, br")])
        .await;
    assert_eq!(
        (compressed.text(), compressed.header("content-encoding")),
        ("brotli", "br")
    );
    let plain = server
        .get_with(STARTED, &[("accept-encoding", "br;q=0")])
        .await;
    assert_eq!(
        (plain.text(), plain.header("content-encoding")),
        ("0123456789", "")
    );
    assert_ne!(plain.header("etag"), compressed.header("etag"));
    assert_eq!(
        (plain.header("vary"), compressed.header("vary")),
        ("Accept-Encoding", "Accept-Encoding")
    );
}

#[tokio::test]
async fn parts_of_files_are_sent() {
    let server = server().await;
    for (range, status, content_range, text) in [
        ("bytes=2-4", 206, "bytes 2-4/10", "234"),
        ("bytes=-3", 206, "bytes 7-9/10", "789"),
        ("bytes=0-1,4-5", 200, "", "0123456789"),
        ("bytes=20-", 416, "bytes */10", ""),
    ] {
        // Parts are parts of the file itself, whatever encodings are accepted.
        let answer = server
            .get_with(STARTED, &[("range", range), ("accept-encoding", "br")])
            .await;
        assert_eq!(
            (
                answer.status.as_u16(),
                answer.header("content-range"),
                answer.text()
            ),
            (status, content_range, text),
            "{range}"
        );
    }
    let stale = server
        .get_with(STARTED, &[("range", "bytes=0-0"), ("if-range", "\"old\"")])
        .await;
    assert_eq!((stale.status.as_u16(), stale.text()), (200, "0123456789"));
}

#[tokio::test]
async fn large_files_come_from_disk_whole_and_in_parts() {
    let server = server().await;
    let whole = server.get("/large.bin").await;
    assert_eq!(whole.bytes.len(), 3_000_000);
    let part = server
        .get_with("/large.bin", &[("range", "bytes=1000000-2999999")])
        .await;
    assert!(part.bytes == whole.bytes[1_000_000..], "the parts differ");
    let head = server.send("HEAD", "/large.bin", &[], "").await;
    assert_eq!(
        (head.header("content-length"), head.bytes.len()),
        ("3000000", 0)
    );
}

#[tokio::test]
async fn a_file_is_read_once_and_then_kept() {
    let server = server().await;
    assert_eq!(server.get("/robots.txt").await.text(), "robots");
    std::fs::remove_file(server.folder.0.join("client/robots.txt")).unwrap();
    assert_eq!(server.get("/robots.txt").await.text(), "robots");
}

#[tokio::test]
async fn a_hashed_file_of_another_build_is_not_a_page() {
    let answer = server().await.get("/_app/immutable/gone.js").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("cache-control")),
        (404, "no-store")
    );
}

#[tokio::test]
async fn files_are_only_read() {
    let answer = server().await.send("POST", "/robots.txt", &[], "x").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("allow")),
        (405, "GET, HEAD")
    );
}

#[tokio::test]
async fn a_file_that_is_gone_is_an_error_with_a_trace_and_the_others_are_served() {
    let server = server().await;
    assert_eq!(server.get(STARTED).await.text(), "0123456789");
    let client = server.folder.0.join("client");
    for path in ["/robots.txt", "/large.bin", STARTED] {
        std::fs::remove_file(client.join(&path[1..])).unwrap();
    }
    for path in ["/robots.txt", "/large.bin"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status.as_u16(), 500, "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        let trace = answer.header("x-trace-id");
        assert!(answer.text().contains(trace), "{}", answer.text());
        assert!(!answer.text().contains("client"), "{}", answer.text());
    }
    // It is in memory.
    assert_eq!(server.get(STARTED).await.text(), "0123456789");
}
