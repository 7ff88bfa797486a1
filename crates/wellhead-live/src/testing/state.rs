//! What a browser knows of its page, and what the server's messages do to it. Nothing here waits.

mod messages;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;
use wellhead_html::Dom;
use wellhead_protocol::{Component, Decoder, Digest, Down, Encoder, Json, Name, Resume, Up};

use super::{
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
    /// Shared with documents that were looked at, so that those cost no copy.
    pub(super) dom: Arc<Dom>,
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
            dom: Arc::new(dom),
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
}

impl Wire {
    fn say(&mut self, message: &Up) {
        // What cannot be written was refused before; and if nobody listens any more, that is told by the other direction.
        if let Ok(bytes) = self.encoder.encode(message) {
            let _ = self.send.send(bytes);
        }
    }
}
