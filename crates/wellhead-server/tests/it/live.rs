//! Live pages: mounted while a page renders, joined over a socket, by whom they may be.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use wellhead_html::TemplateSource;
use wellhead_protocol::{CloseCode, Component, Decoder, Digest, Down, Encoder, Operation, Up};
use wellhead_render::live::{Command, LiveChannel, LiveHost, News, NewsSink, Sources, TurnText};
use wellhead_render::{
    Chunks, Part, PoolStats, RenderError, RenderFuture, RenderRequest, Renderer, Reply,
};

use crate::fake::{Answer, Running, page, site};

/// Renders pages that consist of one counter, and has their counters.
struct Counters {
    host: Arc<Host>,
    /// What every response sets.
    cookie: Mutex<Option<&'static str>>,
}

#[derive(Default)]
struct Host {
    sources: Arc<Sources>,
}

impl Counters {
    fn new() -> Arc<Self> {
        let host = Host::default();
        let button = ["<button @click=\"add\">", "</button>"];
        host.sources.push(TemplateSource::new(button));
        Arc::new(Self {
            host: Arc::new(host),
            cookie: Mutex::default(),
        })
    }
}

impl Renderer for Counters {
    fn render(&self, request: RenderRequest) -> RenderFuture {
        let cookie = *self.cookie.lock().unwrap();
        Box::pin(async move {
            let asked = json!({ "module": "counter", "params": {}, "url": request.url });
            let body = match request.mounts {
                Some(mounts) => mounts.mount(asked.to_string()).await.answer,
                None => "nothing is live here".into(),
            };
            let mut reply = Reply::page(Chunks::full([(Part::Body, body.into())]));
            if let Some(cookie) = cookie {
                reply.headers.insert("set-cookie", cookie.parse().unwrap());
            }
            Ok(reply)
        })
    }

    fn live_host(&self) -> Option<Arc<dyn LiveHost>> {
        Some(Arc::clone(&self.host) as _)
    }

    fn stats(&self) -> PoolStats {
        PoolStats::default()
    }
}

impl LiveHost for Host {
    fn open(&self, news: NewsSink) -> Result<Box<dyn LiveChannel>, RenderError> {
        Ok(Box::new(Counter {
            news,
            sources: Arc::clone(&self.sources),
            count: 0,
        }))
    }
}

struct Counter {
    news: NewsSink,
    sources: Arc<Sources>,
    count: u32,
}

impl LiveChannel for Counter {
    fn send(&mut self, command: &Command<'_>) {
        let turn = match command {
            Command::Mount { state, .. } => {
                if let Some(state) = state {
                    self.count = state.parse().unwrap();
                }
                json!({ "renders": [[0, [0, self.count.to_string()]]] })
            }
            Command::Event { event, .. } => {
                self.count += 1;
                json!({ "renders": [[0, [0, self.count.to_string()]]], "settled": [event] })
            }
            Command::Save => json!({ "states": [[0, self.count.to_string()]] }),
            _ => return,
        };
        (self.news)(News::Turn(TurnText {
            text: turn.to_string(),
            sources: Arc::clone(&self.sources),
        }));
    }
}

async fn server(config: &str) -> (Arc<Counters>, Running) {
    serve(config, false).await
}

async fn serve(config: &str, dev: bool) -> (Arc<Counters>, Running) {
    let mut live = page("/");
    if let Some(page) = &mut live.page {
        page.live = Some("counter".into());
        page.csr = false;
    }
    let counters = Counters::new();
    let mut site = site([live, page("/plain")]).config(config);
    site.dev = dev;
    let running = site.serve_with(Arc::clone(&counters) as _).await;
    (counters, running)
}

/// The answer of the mount, which is the page's body.
fn mounted(answer: &Answer) -> Value {
    let (_, body) = answer.text().split_once("<body").expect("a page");
    let start = body.find('{').expect("the answer of the mount");
    let mut values = serde_json::Deserializer::from_str(&body[start..]).into_iter();
    values.next().expect("the answer of the mount").unwrap()
}

/// A browser with the page.
struct Browser {
    answer: Value,
    socket: WebSocketStream<TcpStream>,
    up: Encoder<Up>,
    down: Decoder<Down>,
}

/// Opens a page's socket; the status where the server refuses.
async fn open(
    server: &Running,
    headers: &[(&'static str, &str)],
) -> Result<WebSocketStream<TcpStream>, StatusCode> {
    let mut request = "ws://site.test/-/live".into_client_request().unwrap();
    let all = [("sec-websocket-protocol", "wellhead.v1")];
    for (name, value) in all.iter().chain(headers) {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    let stream = TcpStream::connect(server.address).await.unwrap();
    match tokio_tungstenite::client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status()),
        Err(error) => panic!("{error}"),
    }
}

impl Browser {
    /// Loads the page and joins.
    async fn new(server: &Running, headers: &[(&'static str, &str)]) -> Self {
        let answer = mounted(&server.get_with("/", headers).await);
        let socket = open(server, headers).await.unwrap();
        let mut browser = Self {
            answer,
            socket,
            up: Encoder::new(),
            down: Decoder::new(),
        };
        browser.join().await;
        browser
    }

    async fn join(&mut self) {
        let text = |name: &str| self.answer[name].as_str().unwrap().to_owned();
        let digest: [u8; 8] = u64::from_str_radix(&text("digest"), 16)
            .unwrap()
            .to_be_bytes();
        let join = Up::Join {
            token: text("page"),
            url: "/".into(),
            components: vec![Component {
                token: text("token"),
                nodes: 3,
                digest: Digest(digest),
            }],
            resume: None,
        };
        self.say(&join).await;
    }

    async fn say(&mut self, message: &Up) {
        let bytes = self.up.encode(message).unwrap();
        self.socket.send(Message::Binary(bytes)).await.unwrap();
    }

    /// The next message, or the code that the server closed with.
    async fn hear(&mut self) -> Result<Down, u16> {
        loop {
            match self.socket.next().await.expect("a message or the end") {
                Ok(Message::Binary(bytes)) => return Ok(self.down.decode(&bytes).unwrap()),
                Ok(Message::Close(frame)) => return Err(frame.expect("a reason").code.into()),
                Ok(_) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.hear().await {
                return code;
            }
        }
    }

    async fn click(&mut self) -> String {
        let click = Up::Event {
            component: 0,
            handler: "add".into(),
            payload: None,
        };
        self.say(&click).await;
        loop {
            if let Down::Patch { operations, .. } = self.hear().await.unwrap()
                && let Some(text) = operations.iter().find_map(|operation| match operation {
                    Operation::SetText { text, .. } => Some(text.to_string()),
                    _ => None,
                })
            {
                return text;
            }
        }
    }
}

#[tokio::test]
async fn a_page_is_mounted_while_it_renders_and_goes_on_over_its_socket() {
    let (_, server) = server("").await;
    let mut browser = Browser::new(&server, &[]).await;
    assert_eq!(
        browser.answer["html"],
        "<button ts-on:click=\"add\">0</button>"
    );
    assert!(matches!(browser.hear().await, Ok(Down::Joined { .. })));
    assert_eq!(browser.click().await, "1");
    assert_eq!(browser.click().await, "2");
}

#[tokio::test]
async fn a_page_without_live_components_mounts_none() {
    let (_, server) = server("").await;
    let answer = server.get("/plain").await;
    assert!(answer.text().contains("nothing is live here"));
}

#[tokio::test]
async fn a_live_page_has_no_etag() {
    let (_, server) = server("").await;
    assert_eq!(server.get("/").await.header("etag"), "");
    assert_ne!(server.get("/plain").await.header("etag"), "");
}

#[tokio::test]
async fn sockets_of_other_origins_are_refused() {
    let (_, server) = server("[security]\ntrusted_origins = ['https://friend.test']").await;
    let from = async |origin| open(&server, &[("origin", origin)]).await.err();
    assert_eq!(from("http://site.test").await, None);
    assert_eq!(from("https://friend.test").await, None);
    for origin in ["http://evil.test", "null", "https://site.test"] {
        assert_eq!(from(origin).await, Some(StatusCode::FORBIDDEN), "{origin}");
    }
    // What is no browser names none, and has nobody's cookies.
    assert!(open(&server, &[]).await.is_ok());
}

#[tokio::test]
async fn what_is_no_handshake_is_told_so() {
    let (_, server) = server("").await;
    let answer = server.get("/-/live").await;
    assert_eq!(answer.status, StatusCode::UPGRADE_REQUIRED);
    let answer = server.send("POST", "/-/live", &[], "").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    let old = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "8"),
    ];
    let answer = server.get_with("/-/live", &old).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_app_without_live_pages_has_no_socket() {
    let server = site([page("/")])
        .serve_with(Counters::new() as Arc<dyn Renderer>)
        .await;
    assert_eq!(open(&server, &[]).await.err(), Some(StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn an_address_has_as_many_sockets_as_it_may_and_gets_them_back() {
    let (_, server) = server("[live]\nconnections_per_address = 2").await;
    let mut first = Browser::new(&server, &[]).await;
    let _second = Browser::new(&server, &[]).await;
    let refused = open(&server, &[]).await.err();
    assert_eq!(refused, Some(StatusCode::TOO_MANY_REQUESTS));
    first.socket.close(None).await.unwrap();
    while open(&server, &[]).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_client_of_another_version_learns_it_from_the_close_code() {
    let (_, server) = server("").await;
    let mut socket = open(&server, &[("sec-websocket-protocol", "wellhead.v9")])
        .await
        .unwrap();
    let Some(Ok(Message::Close(Some(frame)))) = socket.next().await else {
        panic!("it is closed");
    };
    assert_eq!(u16::from(frame.code), CloseCode::UnsupportedVersion.code());
    assert!(frame.reason.contains("wellhead.v9"), "{}", frame.reason);
}

#[tokio::test]
async fn text_is_for_development() {
    let json = [("sec-websocket-protocol", "wellhead.v1.json")];
    let (_, server) = server("").await;
    let mut socket = open(&server, &json).await.unwrap();
    let Some(Ok(Message::Close(Some(frame)))) = socket.next().await else {
        panic!("it is closed");
    };
    assert_eq!(u16::from(frame.code), CloseCode::UnsupportedVersion.code());

    let (_, server) = serve("", true).await;
    let mounted = mounted(&server.get("/").await);
    let mut socket = open(&server, &json).await.unwrap();
    let join = json!({
        "type": "join", "token": mounted["page"], "url": "/",
        "components": [{ "token": mounted["token"], "nodes": 3, "digest": mounted["digest"] }],
        "resume": { "session": "x", "received": 9 },
    });
    socket.send(Message::text(join.to_string())).await.unwrap();
    let Some(Ok(Message::Text(joined))) = socket.next().await else {
        panic!("it is answered in text");
    };
    assert!(joined.contains(r#""type":"joined""#), "{joined}");
}

#[tokio::test]
async fn a_message_that_is_none_or_too_long_closes_the_socket() {
    let (_, server) = server("[live]\nmessage_kb = 1").await;
    for bytes in [vec![0xff; 10], vec![0; 1500]] {
        let mut browser = Browser::new(&server, &[]).await;
        let message = Message::Binary(Bytes::from(bytes));
        browser.socket.send(message).await.unwrap();
        let code = browser.closed().await;
        let expected = [CloseCode::ProtocolError, CloseCode::MessageTooLarge];
        assert!(
            expected.iter().any(|expected| expected.code() == code),
            "{code}"
        );
    }
}

const COOKIE: &str = "[live]\nsession_cookie = 'sid'";

#[tokio::test]
async fn a_page_of_somebody_is_nobody_elses() {
    let (_, server) = server(COOKIE).await;
    let mut own = Browser::new(&server, &[("cookie", "a=b; sid=ann")]).await;
    assert!(matches!(own.hear().await, Ok(Down::Joined { .. })));
    let mut stolen = Browser::new(&server, &[("cookie", "sid=bob")]).await;
    stolen.answer = own.answer.clone();
    stolen.socket = open(&server, &[("cookie", "sid=bob")]).await.unwrap();
    stolen.up = Encoder::new();
    stolen.join().await;
    assert_eq!(stolen.closed().await, CloseCode::LoggedOut.code());
    assert_eq!(own.click().await, "1");
}

#[tokio::test]
async fn who_logs_out_has_no_live_pages_any_more() {
    let (counters, server) = server(COOKIE).await;
    let mut ann = Browser::new(&server, &[("cookie", "sid=ann")]).await;
    let mut bob = Browser::new(&server, &[("cookie", "sid=bob")]).await;
    *counters.cookie.lock().unwrap() = Some("sid=; Max-Age=0; Path=/");
    server.get_with("/plain", &[("cookie", "sid=ann")]).await;
    assert_eq!(ann.closed().await, CloseCode::LoggedOut.code());
    assert!(matches!(bob.hear().await, Ok(Down::Joined { .. })));
    assert_eq!(bob.click().await, "1");
}

#[tokio::test]
async fn sockets_end_with_the_server() {
    let (_, mut server) = server("").await;
    let mut browser = Browser::new(&server, &[]).await;
    server.stop();
    assert_eq!(browser.closed().await, CloseCode::Draining.code());
    server.ended().await;
}

#[tokio::test]
async fn an_app_that_is_replaced_hands_its_sessions_on() {
    let (_, server) = server("[live]\nsecret = 'only for this test, 32 letters at least'").await;
    let mut browser = Browser::new(&server, &[]).await;
    browser.hear().await.unwrap();
    assert_eq!(browser.click().await, "1");
    server.handle.replace(server.another(Counters::new()));
    assert_eq!(browser.closed().await, CloseCode::Draining.code());

    browser.socket = open(&server, &[]).await.unwrap();
    (browser.up, browser.down) = (Encoder::new(), Decoder::new());
    browser.join().await;
    browser.hear().await.unwrap();
    assert_eq!(browser.click().await, "2");
}
