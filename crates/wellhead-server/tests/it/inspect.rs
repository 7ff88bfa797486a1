//! Debuggers attach over a real WebSocket, to each engine of the build.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http::StatusCode;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use wellhead_js::{Engine, EngineOptions, Inspector, Limits, ServerBundle};
use wellhead_render::{RenderError, RenderRequest, Renderer};
use wellhead_server::InspectServer;

/// Line 4 is line 11 of the source.
const SERVER: &str = "export const abi = 1;
export const respond = (call) => {
\tconst secret = 6 * 7;
\tconst body = `secret ${secret}`;
\treturn { status: 200, headers: [], shape: 1, route: 0, head: '', body, state: '', rest: null };
};
//# sourceMappingURL=server.js.map
";
const MAP: &str = r#"{"version":3,"sources":["src/page.ts"],"names":[],"mappings":";;;AAUA"}"#;
const SOURCE_LINE: u32 = 10;

/// An engine that is debugged, and the server for debuggers.
struct Debugged {
    renderer: Arc<dyn Renderer>,
    address: SocketAddr,
    devtools_url: String,
    root: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

fn engines() -> Vec<Engine> {
    match Engine::default() {
        Engine::V8 => vec![Engine::V8, Engine::Node],
        Engine::Node => vec![Engine::Node],
    }
}

async fn debug(engine: Engine, workers: usize) -> Debugged {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    std::fs::create_dir_all(root.join("src")).unwrap();
    std::fs::write(root.join("src/page.ts"), "// the source\n").unwrap();
    std::fs::write(root.join("server.js"), SERVER).unwrap();
    std::fs::write(root.join("server.js.map"), MAP).unwrap();
    let inspector = Inspector::new();
    let options = EngineOptions {
        workers,
        inspect: Some(inspector.clone()),
        limits: Limits {
            cpu: Duration::from_millis(20),
            wall: Duration::from_millis(40),
            ..Limits::default()
        },
        ..EngineOptions::default()
    };
    let bundle = ServerBundle::new(&root, "server.js");
    let renderer = wellhead_js::start(engine, bundle, options).unwrap();
    renderer.ready().await.unwrap();
    let server = InspectServer::bind("127.0.0.1:0", inspector, Some(root.clone()));
    let server = server.await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    Debugged {
        renderer,
        address: server.local_addr().unwrap(),
        devtools_url: server.devtools_url().unwrap(),
        root,
        stop: Some(stop),
        serving: tokio::spawn(server.run(async {
            let _ = stopped.await;
        })),
        _folder: folder,
    }
}

impl Debugged {
    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> (StatusCode, String) {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        let mut request = http::Request::get(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", self.address.to_string());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Empty::<bytes::Bytes>::new()).unwrap();
        let response = sender.send_request(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    async fn list(&self) -> Vec<Value> {
        let (status, text) = self.get("/json/list", &[]).await;
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Attaches to a target of the list.
    async fn attach(&self, target: usize) -> Debugger {
        let list = self.list().await;
        let address = list[target]["webSocketDebuggerUrl"].as_str().unwrap();
        Debugger::attach(self.address, address, None).await.unwrap()
    }

    /// Renders in the background.
    fn render(&self) -> JoinHandle<Result<String, RenderError>> {
        let render = self.renderer.render(RenderRequest::get("http://app.test/"));
        tokio::spawn(async move {
            let mut reply = render.await?;
            let mut text = String::new();
            while let Some(chunk) = reply.chunks.next().await {
                text.push_str(std::str::from_utf8(&chunk?.bytes).unwrap());
            }
            Ok(text)
        })
    }
}

/// The debugger's end of a session.
struct Debugger {
    socket: WebSocketStream<TcpStream>,
    last: u32,
    /// Notifications that were not waited for yet.
    told: VecDeque<Value>,
}

impl Debugger {
    async fn attach(at: SocketAddr, address: &str, origin: Option<&str>) -> Result<Self, Error> {
        let mut request = address.into_client_request()?;
        if let Some(origin) = origin {
            request
                .headers_mut()
                .insert("origin", origin.parse().unwrap());
        }
        let stream = TcpStream::connect(at).await?;
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await?;
        Ok(Self {
            socket,
            last: 0,
            told: VecDeque::new(),
        })
    }

    /// The next message; `None` at the end of the session, which has to be a proper one.
    async fn next(&mut self) -> Option<Value> {
        loop {
            match self
                .socket
                .next()
                .await?
                .expect("the session ends properly")
            {
                Message::Text(text) => return Some(serde_json::from_str(&text).unwrap()),
                Message::Close(frame) => {
                    let frame = frame.expect("a reason");
                    assert_eq!(frame.reason.as_str(), "what was debugged has ended");
                    return None;
                }
                _ => {}
            }
        }
    }

    /// Sends a command and waits for its result.
    async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let id = self.last;
        let command = json!({ "id": id, "method": method, "params": params });
        self.socket
            .send(Message::text(command.to_string()))
            .await
            .unwrap();
        loop {
            let message = self.next().await.expect("an answer");
            if message["id"] == id {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].clone();
            }
            self.told.push_back(message);
        }
    }

    /// Waits for a notification.
    async fn wait(&mut self, method: &str, is: impl Fn(&Value) -> bool) -> Value {
        let wanted = |message: &Value| message["method"] == method && is(&message["params"]);
        if let Some(at) = self.told.iter().position(wanted) {
            return self.told.remove(at).unwrap()["params"].clone();
        }
        loop {
            let message = self.next().await.expect(method);
            if wanted(&message) {
                return message["params"].clone();
            }
        }
    }

    /// Sets a breakpoint in the only line of the source, the way debuggers do: by the source map.
    async fn break_at_source(&mut self, debugged: &Debugged) {
        self.ask("Runtime.enable", json!({})).await;
        self.ask("Debugger.enable", json!({})).await;
        let is_ours = |script: &Value| {
            let url = script["url"].as_str().unwrap_or_default();
            url.starts_with("file://") && url.ends_with("/server.js")
        };
        let script = self.wait("Debugger.scriptParsed", is_ours).await;
        let map = script["sourceMapURL"].as_str().unwrap();
        let sourcemap::DecodedMap::Regular(map) = sourcemap::decode_data_url(map).unwrap() else {
            panic!("{map}");
        };
        let source = url::Url::from_file_path(debugged.root.join("src/page.ts")).unwrap();
        let token = map
            .tokens()
            .find(|token| token.get_source() == Some(source.as_str()))
            .expect("the file itself is named as the source");
        assert_eq!(token.get_src_line(), SOURCE_LINE);
        let place = json!({ "url": script["url"], "lineNumber": token.get_dst_line() });
        let set = self.ask("Debugger.setBreakpointByUrl", place).await;
        assert_eq!(set["locations"].as_array().unwrap().len(), 1, "{set}");
    }

    /// Waits until the breakpoint is reached; gives the id of the innermost frame.
    async fn paused(&mut self) -> String {
        let paused = self.wait("Debugger.paused", |_| true).await;
        let frame = &paused["callFrames"][0];
        assert_eq!(frame["functionName"], "respond");
        assert_eq!(frame["location"]["lineNumber"], 3);
        frame["callFrameId"].as_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breakpoint_in_the_source_stops_a_page_for_as_long_as_the_debugger_likes() {
    for engine in engines() {
        let debugged = debug(engine, 1).await;
        let mut debugger = debugged.attach(0).await;
        debugger.break_at_source(&debugged).await;
        let page = debugged.render();
        let frame = debugger.paused().await;
        // Several times what a render may take, computing and all in all.
        let expression =
            "(() => { const end = Date.now() + 250; while (Date.now() < end); return secret })()";
        let evaluate = json!({ "callFrameId": frame, "expression": expression });
        let value = debugger.ask("Debugger.evaluateOnCallFrame", evaluate).await;
        assert_eq!(value["result"]["value"], 42, "{engine}");
        assert!(!page.is_finished());
        debugger.ask("Debugger.resume", json!({})).await;
        assert_eq!(page.await.unwrap().unwrap(), "secret 42", "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_debuggers_attach_to_several_targets() {
    for engine in engines() {
        let debugged = debug(engine, 2).await;
        assert_eq!(debugged.list().await.len(), 2);
        let mut answers = Vec::new();
        for target in [0, 1, 1] {
            let mut debugger = debugged.attach(target).await;
            let mark = json!({ "expression": "globalThis.seen = (globalThis.seen ?? 0) + 1" });
            let value = debugger.ask("Runtime.evaluate", mark).await;
            answers.push((value["result"]["value"].clone(), debugger));
        }
        let values: Vec<_> = answers.iter().map(|(value, _)| value.clone()).collect();
        assert_eq!(values, [1, 1, 2], "{engine}");
        // All of them are still there.
        for (_, debugger) in &mut answers {
            debugger.ask("Runtime.enable", json!({})).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_with_what_it_debugs() {
    for engine in engines() {
        let debugged = debug(engine, 1).await;
        let mut debugger = debugged.attach(0).await;
        debugger.ask("Runtime.enable", json!({})).await;
        debugged.renderer.close().await;
        while debugger.next().await.is_some() {}
        assert_eq!(debugged.list().await, Vec::<Value>::new(), "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stopped_goes_on_when_the_debugger_leaves_or_its_server_ends() {
    for engine in engines() {
        let mut debugged = debug(engine, 1).await;
        let mut debugger = debugged.attach(0).await;
        debugger.break_at_source(&debugged).await;
        let page = debugged.render();
        debugger.paused().await;
        drop(debugger);
        assert_eq!(page.await.unwrap().unwrap(), "secret 42", "{engine}");

        let mut debugger = debugged.attach(0).await;
        debugger.break_at_source(&debugged).await;
        let page = debugged.render();
        debugger.paused().await;
        debugged.stop.take().unwrap().send(()).unwrap();
        assert_eq!(page.await.unwrap().unwrap(), "secret 42", "{engine}");
        debugged.serving.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_what_debuggers_expect() {
    for engine in engines() {
        let debugged = debug(engine, 1).await;
        let entry = &debugged.list().await[0];
        assert_eq!(entry["type"], "node");
        assert!(entry["title"].as_str().unwrap().starts_with("wellhead: "));
        let url = url::Url::from_file_path(debugged.root.join("server.js")).unwrap();
        assert_eq!(entry["url"], url.as_str());
        let id = entry["id"].as_str().unwrap();
        let socket = format!("{}/{id}", debugged.address);
        assert_eq!(entry["webSocketDebuggerUrl"], format!("ws://{socket}"));
        let frontend = entry["devtoolsFrontendUrl"].as_str().unwrap();
        assert!(
            frontend.starts_with("devtools://devtools/bundled/js_app.html?"),
            "{frontend}"
        );
        assert!(frontend.ends_with(&format!("&ws={socket}")), "{frontend}");
        assert_eq!(debugged.get("/json", &[]).await.0, 200);
        let (_, version) = debugged.get("/json/version", &[]).await;
        assert!(
            version.contains("Wellhead/") && version.contains("\"Protocol-Version\": \"1.3\""),
            "{version}"
        );
        // The address that is shown at the start attaches to whatever comes first.
        let (_, socket) = debugged.devtools_url.split_once("&ws=").unwrap();
        let mut debugger = Debugger::attach(debugged.address, &format!("ws://{socket}"), None)
            .await
            .unwrap();
        debugger.ask("Runtime.enable", json!({})).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_web_and_made_up_names_are_refused() {
    let debugged = debug(Engine::Node, 1).await;
    let address = debugged.list().await[0]["webSocketDebuggerUrl"].clone();
    let address = address.as_str().unwrap();
    let path = address.split_once(&debugged.address.to_string()).unwrap().1;
    for path in ["/json", "/json/version", path] {
        let (status, text) = debugged.get(path, &[("host", "evil.test:9229")]).await;
        assert_eq!(status, 400, "{path}: {text}");
        let (status, text) = debugged.get(path, &[("origin", "https://evil.test")]).await;
        assert_eq!(status, 403, "{path}: {text}");
    }
    let localhost = format!("localhost:{}", debugged.address.port());
    assert_eq!(debugged.get("/json", &[("host", &localhost)]).await.0, 200);
    assert_eq!(debugged.get(path, &[]).await.0, 426);
    let guessed = format!("ws://{}/1", debugged.address);
    for (address, origin, status) in [
        (address, Some("http://localhost:3000"), Some(403)),
        (address, Some("null"), Some(403)),
        (address, Some("devtools://devtools"), None),
        (&guessed, None, Some(404)),
    ] {
        let attached = Debugger::attach(debugged.address, address, origin).await;
        let refused = match attached {
            Ok(_) => None,
            Err(Error::Http(response)) => Some(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(refused, status, "{address} {origin:?}");
    }
}
