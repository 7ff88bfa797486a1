//! A browser without a browser: it keeps a DOM, and does what the messages say.

use std::{pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_channel::mpsc;
use futures_util::{SinkExt, StreamExt};
use serde_json::value::RawValue;
use wellhead_html::{Dom, Markup, Operation as DomOperation};
use wellhead_live::{
    Connection, Destination, Gone, Identity, Limits, Live, Mount, Options, Outgoing, Page, Painted,
    Routes, Signer,
};
use wellhead_protocol::{
    CloseCode, Component, ComponentState, Decoder, Digest, Down, Encoder, Json, Operation, Resume,
    Settled, Stream, Up,
};

use crate::{fake::FakeHost, store::TestStore};

pub(crate) fn params(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.into()).unwrap()
}

/// A component without parameters.
pub(crate) fn mount(module: &str) -> Mount {
    Mount {
        module: module.into(),
        params: params("{}"),
        url: "/".into(),
        session: None,
    }
}

/// A server, and what it stands on.
pub(crate) struct Server {
    pub(crate) live: Live,
    pub(crate) host: Arc<FakeHost>,
    pub(crate) store: TestStore,
    limits: Limits,
}

impl Server {
    pub(crate) fn new() -> Self {
        Self::with_limits(|_| {})
    }

    pub(crate) fn with_limits(change: impl FnOnce(&mut Limits)) -> Self {
        let mut limits = Limits::default();
        change(&mut limits);
        Self::on(TestStore::default(), limits)
    }

    pub(crate) fn on(store: TestStore, limits: Limits) -> Self {
        let host = FakeHost::new();
        let signer = Signer::new([7; 32]);
        let options = Options::new(Arc::clone(&host) as _, Arc::new(store.clone()), signer)
            .with_limits(limits.clone())
            .with_routes(Arc::new(Shop))
            .showing_errors(|_, _| {});
        let live = Live::new(options);
        Self {
            live,
            host,
            store,
            limits,
        }
    }

    /// Another server on the same store, with the same key.
    pub(crate) fn replica(&self) -> Self {
        Self::on(self.store.clone(), self.limits.clone())
    }

    /// Renders a page with these components.
    pub(crate) async fn page(&self, modules: &[&str]) -> (Vec<Painted>, String) {
        self.page_for(modules, Identity::default()).await
    }

    pub(crate) async fn page_for(
        &self,
        modules: &[&str],
        identity: Identity,
    ) -> (Vec<Painted>, String) {
        let mut page: Page = self.live.page(identity).unwrap();
        let mut painted = Vec::new();
        for module in modules {
            painted.push(page.mount(mount(module)).await.unwrap());
        }
        let token = page.token();
        page.park();
        (painted, token)
    }

    /// A browser that has the page, and has joined.
    pub(crate) async fn open(&self, modules: &[&str]) -> Browser {
        let (painted, token) = self.page(modules).await;
        let mut browser = Browser::new(painted, token);
        browser.connect(self).await;
        browser.joined().await;
        browser
    }
}

/// `/counters/7` is a counter that starts at 7.
struct Shop;

impl Routes for Shop {
    fn resolve(&self, url: &str) -> Option<Destination> {
        let start: i64 = url.strip_prefix("/counters/")?.parse().ok()?;
        Some(Destination {
            module: "counter".into(),
            params: params(&format!("{{\"start\":{start}}}")),
        })
    }
}

type Frames = Pin<Box<dyn futures_util::Stream<Item = Outgoing> + Send>>;

/// A page in a browser.
pub(crate) struct Browser {
    pub(crate) doms: Vec<Dom>,
    painted: Vec<Painted>,
    token: String,
    encoder: Encoder<Up>,
    decoder: Decoder<Down>,
    send: Option<mpsc::Sender<Bytes>>,
    frames: Option<Frames>,
    pub(crate) session: String,
    pub(crate) states: Vec<ComponentState>,
    pub(crate) received: u64,
    pub(crate) events: u64,
    /// How many events the server has had, as it said when it joined.
    pub(crate) handled: u64,
    /// How many messages came in all.
    messages: usize,
    /// What came beside patches.
    pub(crate) said: Vec<Down>,
    pub(crate) settled: Vec<Settled>,
    pub(crate) identity: Identity,
    /// How long the last patch was, in bytes.
    pub(crate) length: usize,
    pub(crate) marks: Vec<(u32, u32, u32)>,
}

impl Browser {
    pub(crate) fn new(painted: Vec<Painted>, token: String) -> Self {
        Self {
            doms: painted
                .iter()
                .map(|painted| Dom::parse(&painted.html))
                .collect(),
            painted,
            token,
            encoder: Encoder::new(),
            decoder: Decoder::new(),
            send: None,
            frames: None,
            session: String::new(),
            states: Vec::new(),
            received: 0,
            events: 0,
            handled: 0,
            messages: 0,
            said: Vec::new(),
            settled: Vec::new(),
            identity: Identity::default(),
            length: 0,
            marks: Vec::new(),
        }
    }

    /// Connects and says what joins.
    pub(crate) async fn connect(&mut self, server: &Server) {
        self.connect_only(server, 64).await;
        let join = self.join(None);
        self.say(&join).await;
    }

    /// Connects again after the connection was lost.
    pub(crate) async fn reconnect(&mut self, server: &Server) {
        self.connect_only(server, 64).await;
        let resume = Resume {
            session: self.session.clone(),
            received: self.received,
            events: self.events,
        };
        let join = self.join(Some(resume));
        self.say(&join).await;
    }

    /// Connects and says nothing. `room` is how many messages the connection holds that nobody reads.
    pub(crate) async fn connect_only(&mut self, server: &Server, room: usize) {
        let (send, incoming) = mpsc::channel(64);
        let (outgoing, frames) = mpsc::channel(room);
        let connection = Connection::new(incoming, outgoing.sink_map_err(|_| Gone));
        self.send = Some(send);
        self.frames = Some(frames.boxed());
        self.encoder = Encoder::new();
        let (live, identity) = (server.live.clone(), self.identity.clone());
        tokio::spawn(async move { live.connect(connection, identity).await });
    }

    pub(crate) fn join(&self, resume: Option<Resume>) -> Up {
        Up::Join {
            token: self.token.clone(),
            url: "https://example.org/".into(),
            components: self
                .painted
                .iter()
                .zip(&self.doms)
                .map(|(painted, dom)| Component {
                    token: painted.token.clone(),
                    nodes: dom.count(),
                    digest: Digest(painted.digest),
                })
                .collect(),
            resume,
        }
    }

    pub(crate) async fn say(&mut self, message: &Up) {
        let bytes = self.encoder.encode(message).unwrap();
        self.say_bytes(bytes).await;
    }

    pub(crate) async fn say_bytes(&mut self, bytes: Bytes) {
        // The server may have closed, which the test sees when it listens.
        let _ = self.send.as_mut().unwrap().send(bytes).await;
    }

    pub(crate) async fn event(&mut self, handler: &str) {
        self.event_of(0, handler, None).await;
    }

    pub(crate) async fn event_of(&mut self, component: u32, handler: &str, payload: Option<&str>) {
        self.events += 1;
        self.say(&Up::Event {
            component,
            handler: handler.into(),
            payload: payload.map(|json| Json::new(json).unwrap()),
        })
        .await;
    }

    /// The same page in another window, which knows what this one knows.
    pub(crate) fn twin(&self) -> Self {
        let mut twin = Self::new(self.painted.clone(), self.token.clone());
        twin.session.clone_from(&self.session);
        twin
    }

    pub(crate) fn lose(&mut self) {
        self.send = None;
        self.frames = None;
    }

    /// The next thing that the server says, as it comes.
    pub(crate) async fn frame(&mut self) -> Option<Outgoing> {
        let frames = self.frames.as_mut().unwrap();
        tokio::time::timeout(Duration::from_secs(3600), frames.next())
            .await
            .expect("the server says something within an hour")
    }

    /// Listens until the connection ends, and tells why.
    pub(crate) async fn closed(&mut self) -> (CloseCode, String) {
        loop {
            match self.frame().await {
                Some(Outgoing::Close(code, reason)) => return (code, reason),
                Some(Outgoing::Message(_)) => {}
                None => panic!("the connection is lost without a word"),
            }
        }
    }

    /// Listens until the connection ends, and tells why if that was said.
    pub(crate) async fn ended(&mut self) -> Option<CloseCode> {
        loop {
            match self.frame().await? {
                Outgoing::Close(code, _) => return Some(code),
                Outgoing::Message(_) => {}
            }
        }
    }

    /// Takes the next message and does what it says.
    pub(crate) async fn next(&mut self) {
        let bytes = match self.frame().await {
            Some(Outgoing::Message(bytes)) => bytes,
            other => panic!(
                "the server says no more: {other:?}; the page: {}",
                self.doms[0].html()
            ),
        };
        self.messages += 1;
        assert!(
            self.messages < 2000,
            "what the test waits for does not come"
        );
        self.length = bytes.len();
        let message = self.decoder.decode(&bytes).unwrap();
        if message.is_numbered() {
            self.received += 1;
        }
        match message {
            Down::Joined {
                session,
                stream,
                components,
                events,
                ..
            } => {
                self.handled = events;
                self.session = session;
                self.states = components.iter().map(|joined| joined.state).collect();
                if stream == Stream::New {
                    self.received = 0;
                    self.decoder = Decoder::new();
                }
            }
            Down::Patch {
                settled,
                operations,
            } => {
                if settled != Settled::NONE {
                    self.settled.push(settled);
                }
                self.apply(operations);
            }
            Down::Render {
                component, html, ..
            } => self.doms[component as usize] = Dom::parse(&html.0),
            other => self.said.push(other),
        }
    }

    /// Listens until the server has joined this.
    pub(crate) async fn joined(&mut self) {
        self.session.clear();
        while self.session.is_empty() {
            self.next().await;
        }
    }

    /// Listens until a component shows this.
    pub(crate) async fn shows(&mut self, component: usize, html: &str) {
        while self.doms[component].html() != html {
            self.next().await;
        }
    }

    fn apply(&mut self, operations: Vec<Operation>) {
        let mut dom = &mut self.doms[0];
        for operation in &operations {
            let operation = match operation {
                Operation::Component { component } => {
                    dom = &mut self.doms[*component as usize];
                    continue;
                }
                Operation::Mark {
                    node,
                    count,
                    component,
                } => {
                    self.marks.push((node.0, *count, *component));
                    continue;
                }
                other => dom_operation(other),
            };
            dom.apply(operation).expect("the operation fits");
        }
    }
}

fn dom_operation(operation: &Operation) -> DomOperation<'_> {
    match operation {
        Operation::SetText { node, text } => DomOperation::SetText { node: node.0, text },
        Operation::InsertBefore { node, html } => DomOperation::InsertBefore {
            node: node.0,
            markup: Markup::from_html(&html.0),
        },
        Operation::InsertEnd { node, html } => DomOperation::InsertEnd {
            parent: node.0,
            markup: Markup::from_html(&html.0),
        },
        Operation::MoveBefore {
            node,
            count,
            before,
        } => DomOperation::MoveBefore {
            node: node.0,
            count: *count,
            before: before.0,
        },
        Operation::Remove { node, count } => DomOperation::Remove {
            node: node.0,
            count: *count,
        },
        Operation::Replace { node, count, html } => DomOperation::Replace {
            node: node.0,
            count: *count,
            markup: Markup::from_html(&html.0),
        },
        other => panic!("no component of these tests needs {other:?}"),
    }
}
