//! HTTP/2 without TLS, on the same port.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{Request, StatusCode, Version};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper::{Error, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use wellhead_render::{Chunks, Part, Reply};

use crate::fake::{Running, counting, endpoint, site, text};

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// A connection to a server.
struct Client(SendRequest<Body>);

impl Client {
    async fn new(server: &Running) -> Self {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let (sender, connection) = Builder::new(TokioExecutor::new())
            .initial_stream_window_size(20_000)
            .handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        Self(sender)
    }

    async fn get(&mut self, path: &str) -> Result<Response<Incoming>, Error> {
        let request = Request::get(format!("http://two.test{path}"));
        let request = request.body(Empty::new().boxed_unsync()).unwrap();
        self.0.send_request(request).await
    }

    async fn post(&mut self, body: Body) -> (StatusCode, String) {
        let request = Request::post("http://two.test/")
            .header("content-type", "application/octet-stream")
            .body(body)
            .unwrap();
        let response = self.0.send_request(request).await.unwrap();
        let status = response.status();
        (status, read(response).await.unwrap())
    }
}

async fn read(response: Response<Incoming>) -> Result<String, Error> {
    let bytes = response.into_body().collect().await?.to_bytes();
    Ok(String::from_utf8(bytes.into()).unwrap())
}

#[tokio::test]
async fn http_2_is_spoken_on_the_same_port() {
    let server = counting("").await;
    let response = Client::new(&server).await.get("/").await.unwrap();
    assert_eq!(response.version(), Version::HTTP_2);
    assert_eq!(read(response).await.unwrap(), "0");
    assert_eq!(server.get("/").await.text(), "0");
}

/// A client that opens no window, as one that pauses a download, goes on with its other requests.
#[tokio::test]
async fn over_http_2_only_the_response_that_is_not_taken_is_given_up() {
    let server = site([endpoint("/[size]")])
        .config("[server]\nwrite_stall_ms = 300\n")
        .serve(|request| {
            let size = request.routes[0].params[0].1.parse().unwrap();
            if size > 0 {
                return text("a".repeat(size));
            }
            // For longer than the client may take it is the app's turn.
            let (sender, chunks) = Chunks::full([]).then_coming(1);
            tokio::spawn(async move {
                for piece in ["one", "two"] {
                    let _ = sender.send(Part::Body, piece.into()).await;
                    tokio::time::sleep(Duration::from_millis(600)).await;
                }
            });
            Box::pin(async { Ok(Reply::raw(chunks)) })
        })
        .await;
    let mut client = Client::new(&server).await;
    let paused = client.get("/1000000").await.unwrap();
    let slow = client.get("/0").await.unwrap();
    assert_eq!(read(slow).await.unwrap(), "onetwo");
    let given_up = async {
        // The request that asks is in flight too.
        while !(server.get("/-/metrics").await.text()).contains("wellhead_requests_in_flight 1\n") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(
        tokio::time::timeout(Duration::from_secs(10), given_up)
            .await
            .is_ok()
    );
    assert!(read(paused).await.is_err(), "the stream was not reset");
    let whole = client.get("/1000000").await.unwrap();
    assert_eq!(read(whole).await.unwrap().len(), 1_000_000);
}

#[tokio::test]
async fn limits_of_bodies_hold_and_the_connection_goes_on() {
    let server = counting("[server]\nbody_kb = 100\nbody_idle_ms = 200\n").await;
    let mut client = Client::new(&server).await;
    let large = Bytes::from(vec![b'a'; 200_000]);

    let (status, page) = client.post(Full::new(large.clone()).boxed_unsync()).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.contains("body is too large"), "{page}");

    // Without a length it is seen when it has come.
    let pieces = stream::iter([Ok(Frame::data(large.clone())), Ok(Frame::data(large))]);
    let (status, _) = client.post(StreamBody::new(pieces).boxed_unsync()).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);

    let begun = stream::iter([Ok(Frame::data(Bytes::from_static(b"abc")))]);
    let stops = StreamBody::new(begun.chain(stream::pending()));
    let (status, page) = client.post(stops.boxed_unsync()).await;
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
    assert!(page.contains("came too slowly"), "{page}");

    let fits = client
        .post(Full::new(Bytes::from(vec![b'a'; 100_000])).boxed_unsync())
        .await;
    assert_eq!(fits, (StatusCode::OK, "100000".to_owned()));
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_and_the_connection_goes_on() {
    let server = counting("").await;
    let mut client = Client::new(&server).await;
    let request = Request::get("http://two.test/").header("x", "a".repeat(100_000));
    let request = request.body(Empty::new().boxed_unsync()).unwrap();
    let response = client.0.send_request(request).await.unwrap();
    assert_eq!(
        response.status(),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
    assert_eq!(read(client.get("/").await.unwrap()).await.unwrap(), "0");
}
