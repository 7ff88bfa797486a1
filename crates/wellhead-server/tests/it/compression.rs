//! Pages on their way, made smaller.

use std::io::Read;
use std::sync::Arc;

use http_body_util::BodyExt;
use tokio::sync::Notify;
use wellhead_render::{Chunks, Part, Reply};

use crate::fake::{done, page, parts, site};

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
