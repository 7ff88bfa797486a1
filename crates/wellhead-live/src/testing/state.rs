//! What a browser knows of its page, and what the server's messages do to it. Nothing here waits.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;
use wellhead_html::Dom;
use wellhead_protocol::{
    Component, ComponentState, Decoder, Digest, Down, Encoder, Json, Name, Resume, Settled, Stream,
    Up, Visit,
};

use super::{
    address,
    commands::Stuck,
    document::{Document, Place},
    error::ServerError,
    fields::Field,
    page::Pushed,
    uploads::Sending,
};
use crate::{Painted, limits::Rate};

/// A component that the page itself contains.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) dom: Dom,
    pub(super) number: u32,
    token: String,
    digest: [u8; 8],
    /// Whether a render has to come before anything is done.
    is_stale: bool,
    pub(super) is_gone: bool,
}

impl Root {
    fn new(painted: &Painted, number: u32) -> Self {
        let mut dom = Dom::parse(&painted.html);
        for &(node, count, component) in &painted.marks {
            let mark = wellhead_html::Operation::Mark {
                node,
                count,
                component,
            };
            // Marks are of what was painted, so they fit.
            let _ = dom.apply(mark);
        }
        Self {
            dom,
            number,
            token: painted.token.clone(),
            digest: painted.digest,
            is_stale: false,
            is_gone: false,
        }
    }
}

/// An event that is not settled.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) number: u64,
    pub(super) component: u32,
    pub(super) handler: String,
    pub(super) payload: Option<Json>,
    /// What the DOM event was about.
    pub(super) target: Option<Place>,
    reply: Option<Value>,
    error: Option<ServerError>,
}

/// What became of an event.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) handler: String,
    pub(super) reply: Option<Value>,
    pub(super) error: Option<ServerError>,
}

/// A connection that has been opened.
pub(super) struct Wire {
    encoder: Encoder<Up>,
    send: UnboundedSender<Bytes>,
    is_joined: bool,
    rate: Rate,
    chunk: usize,
    message: usize,
}

/// Whether there is a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Link {
    /// It was opened, and is used as soon as it is joined.
    Up,
    /// The test has cut it: what happens waits.
    Cut,
    /// The server has ended it.
    Ended(String),
}

pub(super) struct State {
    pub(super) roots: Vec<Root>,
    pub(super) fields: HashMap<Place, Field>,
    pub(super) focused: Option<Place>,
    /// Attributes with `once` that have had their event.
    pub(super) done: HashSet<(Place, String)>,
    pub(super) stuck: Vec<(Place, Stuck)>,
    pub(super) url: String,
    pub(super) title: Option<String>,
    pub(super) pushed: Vec<Pushed>,
    pub(super) errors: Vec<ServerError>,
    pub(super) redirected: Option<String>,
    pub(super) pending: Vec<Pending>,
    pub(super) outcomes: HashMap<u64, Outcome>,
    pub(super) uploads: HashMap<u32, Sending>,
    pub(super) next_upload: u32,
    pub(super) link: Link,
    pub(super) wire: Option<Wire>,
    token: String,
    session: String,
    decoder: Decoder<Down>,
    received: u64,
    acknowledged: u64,
    made: u64,
    sent: u64,
    /// Forms tell what the user had entered when all is rendered again.
    recovers: bool,
}

impl State {
    pub(super) fn new(painted: &[Painted], token: String, url: String) -> Self {
        let numbers = 0..;
        Self {
            roots: painted
                .iter()
                .zip(numbers)
                .map(|(painted, number)| Root::new(painted, number))
                .collect(),
            fields: HashMap::new(),
            focused: None,
            done: HashSet::new(),
            stuck: Vec::new(),
            url,
            title: painted
                .iter()
                .filter_map(|one| one.title.clone())
                .next_back(),
            pushed: Vec::new(),
            errors: Vec::new(),
            redirected: None,
            pending: Vec::new(),
            outcomes: HashMap::new(),
            uploads: HashMap::new(),
            next_upload: 1,
            link: Link::Cut,
            wire: None,
            token,
            session: String::new(),
            decoder: Decoder::new(),
            received: 0,
            acknowledged: 0,
            made: 0,
            sent: 0,
            recovers: false,
        }
    }

    pub(super) fn document(&self) -> Document {
        Document::of(self)
    }

    /// A connection is there: what joins is said.
    pub(super) fn connect(&mut self, send: UnboundedSender<Bytes>) {
        let resume = (!self.session.is_empty()).then(|| Resume {
            session: self.session.clone(),
            received: self.received,
            events: self.sent,
        });
        let components = self.roots.iter().map(|root| Component {
            token: root.token.clone(),
            nodes: root.dom.count(),
            digest: Digest(root.digest),
        });
        let join = Up::Join {
            token: self.token.clone(),
            url: self.url.clone(),
            components: components.collect(),
            resume,
        };
        self.link = Link::Up;
        let mut wire = Wire {
            encoder: Encoder::new(),
            send,
            is_joined: false,
            rate: Rate::new(1),
            chunk: 0,
            message: usize::MAX,
        };
        wire.say(&join);
        self.wire = Some(wire);
    }

    /// There is no connection any more.
    pub(super) fn lose(&mut self, link: Link) {
        self.wire = None;
        self.link = link;
        self.uploads_lost();
    }

    pub(super) fn is_joined(&self) -> bool {
        self.wire.as_ref().is_some_and(|wire| wire.is_joined)
    }

    /// Says something, if there is a connection. Returns whether there is.
    pub(super) fn say(&mut self, message: &Up) -> bool {
        match &mut self.wire {
            Some(wire) if wire.is_joined => {
                wire.say(message);
                true
            }
            _ => false,
        }
    }

    /// How many bytes of a file a message may have.
    pub(super) fn chunk(&self) -> usize {
        self.wire.as_ref().map_or(0, |wire| wire.chunk)
    }

    /// Whether one more thing may be asked for now.
    pub(super) fn may_ask(&mut self) -> bool {
        self.wire.as_mut().is_some_and(|wire| wire.rate.take())
    }

    /// Sends an event to a component. Returns its number.
    pub(super) fn event(
        &mut self,
        component: u32,
        handler: &str,
        payload: Option<&Value>,
        target: Option<Place>,
    ) -> u64 {
        self.made += 1;
        let number = self.made;
        let payload = payload.map(ToString::to_string);
        let length = payload.as_ref().map_or(0, String::len) + handler.len();
        let most = self.wire.as_ref().map_or(usize::MAX, |wire| wire.message);
        let json = payload.map(Json::new).transpose();
        let problem = match &json {
            Err(error) => Some(("bad_payload", error.to_string())),
            Ok(_) if length >= most => Some(("too_long", format!("more than {most} bytes"))),
            Ok(_) => None,
        };
        if let Some((code, message)) = problem {
            // It is not sent, so the server does not count it.
            self.made -= 1;
            let error = ServerError {
                code: code.to_owned(),
                message,
                trace: String::new(),
            };
            self.errors.push(error.clone());
            let number = u64::MAX - self.errors.len() as u64;
            let outcome = Outcome {
                handler: handler.to_owned(),
                reply: None,
                error: Some(error),
            };
            self.outcomes.insert(number, outcome);
            return number;
        }
        self.pending.push(Pending {
            number,
            component,
            handler: handler.to_owned(),
            payload: json.unwrap_or_default(),
            target,
            reply: None,
            error: None,
        });
        self.flush();
        number
    }

    /// Sends what the session does not know yet, no faster than it may.
    pub(super) fn flush(&mut self) {
        while let Some(next) = self.pending.iter().find(|event| event.number > self.sent) {
            let message = Up::Event {
                component: next.component,
                handler: Name::from(&*next.handler),
                payload: next.payload.clone(),
            };
            let number = next.number;
            if !self.is_joined() || !self.may_ask() {
                return;
            }
            self.say(&message);
            self.sent = number;
        }
    }

    /// Whether all events were sent.
    pub(super) fn is_flushed(&self) -> bool {
        self.sent >= self.made
    }

    /// Does what a message says.
    pub(super) fn heard(&mut self, bytes: &Bytes) {
        let message = match self.decoder.decode(bytes) {
            Ok(message) => message,
            Err(error) => {
                self.lose(Link::Ended(format!("its message cannot be read: {error}")));
                return;
            }
        };
        if message.is_numbered() {
            self.received += 1;
            if self.received - self.acknowledged > 15 {
                self.acknowledged = self.received;
                let received = self.received;
                self.say(&Up::Ack { received });
            }
        }
        match message {
            Down::Patch {
                settled,
                operations,
            } => {
                self.settle(settled);
                self.patch(&operations);
            }
            Down::Render {
                settled,
                component,
                html,
            } => {
                self.settle(settled);
                self.render(component, &html.0);
                self.recover();
            }
            Down::Joined {
                session,
                stream,
                events,
                limits,
                components,
                ..
            } => {
                let is_same = self.session == session || self.session.is_empty();
                self.session = session;
                if let Some(wire) = &mut self.wire {
                    wire.is_joined = true;
                    wire.rate = Rate::new(u32::try_from(limits.events).unwrap_or(u32::MAX));
                    wire.chunk = usize::try_from(limits.chunk).unwrap_or(usize::MAX);
                    wire.message = usize::try_from(limits.message).unwrap_or(usize::MAX);
                }
                if stream == Stream::New {
                    self.decoder = Decoder::new();
                    self.received = 0;
                    self.acknowledged = 0;
                }
                for (root, joined) in self.roots.iter_mut().zip(&components) {
                    root.number = joined.component;
                    root.is_gone = joined.state == ComponentState::Refused;
                    root.is_stale = joined.state == ComponentState::Stale;
                }
                self.joined(stream == Stream::New, is_same, events);
            }
            Down::Reply { event, value } => {
                let value = serde_json::from_str(&value).ok();
                if let Some(event) = self.pending.iter_mut().find(|one| one.number == event) {
                    event.reply = value;
                }
            }
            Down::Push {
                component,
                name,
                value,
            } => self.pushed.push(Pushed {
                component,
                name: name.to_string(),
                value: serde_json::from_str(&value).unwrap_or_default(),
            }),
            Down::Title { text } => self.title = Some(text),
            Down::Navigate { kind, url, .. } => {
                let url = address::resolve(&self.url, &url);
                if kind == Visit::Patch && address::is_same_origin(&self.url, &url) {
                    self.url = url;
                } else {
                    self.redirected = Some(url);
                }
            }
            Down::Error {
                code,
                message,
                trace,
                event,
            } => {
                let error = ServerError {
                    code: code.to_string(),
                    message,
                    trace,
                };
                let failed = self.pending.iter_mut();
                for failed in failed.filter(|one| Some(one.number) == event) {
                    failed.error = Some(error.clone());
                }
                self.errors.push(error);
            }
            Down::Reload { reason } => {
                self.lose(Link::Ended(format!(
                    "the page has to be loaded again: {reason}"
                )));
            }
            Down::Gone { component } => {
                let mut roots = self.roots.iter_mut();
                if let Some(root) = roots.find(|root| root.number == component) {
                    root.is_gone = true;
                }
            }
            other => self.heard_of_upload(&other),
        }
    }

    fn joined(&mut self, is_new: bool, is_same: bool, events: u64) {
        self.sent = events;
        if is_new && is_same {
            // The session had them; what came of them is in what it sends now.
            while let Some(at) = self.pending.iter().position(|one| one.number <= events) {
                self.done_with(at, None);
            }
        } else if is_new {
            self.made = 0;
            while !self.pending.is_empty() {
                let error = ServerError {
                    code: "lost".into(),
                    message: "the session is over".into(),
                    trace: String::new(),
                };
                self.errors.push(error.clone());
                self.done_with(0, Some(error));
            }
            self.recovers = true;
            self.recover();
        }
        self.flush();
    }

    /// Whether all components show what the server has.
    pub(super) fn is_fresh(&self) -> bool {
        self.roots.iter().all(|root| !root.is_stale)
    }

    /// Forms tell a session that is another what the user had entered.
    fn recover(&mut self) {
        if self.recovers && self.is_fresh() {
            self.recovers = false;
            self.recover_forms();
        }
    }

    fn settle(&mut self, settled: Settled) {
        match settled {
            Settled::Oldest(count) => {
                for _ in 0..count {
                    self.done_with(0, None);
                }
            }
            Settled::Events(numbers) => {
                for number in numbers {
                    if let Some(at) = self.pending.iter().position(|one| one.number == number) {
                        self.done_with(at, None);
                    }
                }
            }
        }
    }

    fn done_with(&mut self, at: usize, error: Option<ServerError>) {
        if at >= self.pending.len() {
            return;
        }
        let event = self.pending.remove(at);
        let outcome = Outcome {
            handler: event.handler,
            reply: event.reply,
            error: error.or(event.error),
        };
        self.outcomes.insert(event.number, outcome);
    }

    /// Asks for a component anew, of which a patch does not fit.
    pub(super) fn resync(&mut self, root: usize, problem: &str) {
        let root = &mut self.roots[root];
        root.is_stale = true;
        let component = root.number;
        self.errors.push(ServerError {
            code: "misfit".into(),
            message: format!("a patch of component {component} does not fit: {problem}"),
            trace: String::new(),
        });
        self.say(&Up::Resync {
            component,
            reason: Name::from(problem),
        });
    }

    /// Whether nothing may be done to a component before it is rendered anew.
    pub(super) fn is_stale(&self, root: usize) -> bool {
        self.roots[root].is_stale
    }

    /// A component shows something else altogether.
    fn render(&mut self, component: u32, html: &str) {
        let found = self.roots.iter().position(|root| root.number == component);
        let Some(index) = found else { return };
        let before = self.document();
        let root = &mut self.roots[index];
        root.dom = Dom::parse(html);
        root.is_stale = false;
        root.digest = [0; 8];
        self.carry_over(index, &before);
        self.stick(index);
    }

    /// The component is not what was painted any more.
    pub(super) fn touch(&mut self, root: usize) {
        self.roots[root].digest = [0; 8];
    }
}

impl Wire {
    fn say(&mut self, message: &Up) {
        // What cannot be written was refused before; and if nobody listens any more, that is told by the other direction.
        if let Ok(bytes) = self.encoder.encode(message) {
            let _ = self.send.send(bytes);
        }
    }
}
