//! What the server's messages do to a page.

use std::sync::Arc;

use bytes::Bytes;
use wellhead_html::Dom;
use wellhead_protocol::{ComponentState, Decoder, Down, Name, Settled, Stream, Up, Visit};

use super::{Link, Outcome, State};
use crate::{
    limits::Rate,
    testing::{ServerError, address, page::Pushed},
};

impl State {
    /// Does what a message says.
    pub(in crate::testing) fn heard(&mut self, bytes: &Bytes) {
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
    pub(in crate::testing) fn is_fresh(&self) -> bool {
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
    pub(in crate::testing) fn resync(&mut self, root: usize, problem: &str) {
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
    pub(in crate::testing) fn is_stale(&self, root: usize) -> bool {
        self.roots[root].is_stale
    }

    /// A component shows something else altogether.
    fn render(&mut self, component: u32, html: &str) {
        let found = self.roots.iter().position(|root| root.number == component);
        let Some(index) = found else { return };
        let before = self.document();
        let root = &mut self.roots[index];
        root.dom = Arc::new(Dom::parse(html));
        root.is_stale = false;
        root.digest = [0; 8];
        self.carry_over(index, &before);
        self.stick(index);
    }

    /// The component is not what was painted any more.
    pub(in crate::testing) fn touch(&mut self, root: usize) {
        self.roots[root].digest = [0; 8];
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::unbounded_channel;
    use wellhead_protocol::{ClientLimits, Encoder, Joined, Node, Operation, Up};

    use super::*;
    use crate::{Painted, testing::events::Act};

    fn joined(session: &str) -> Bytes {
        let joined = Down::Joined {
            session: session.into(),
            stream: Stream::New,
            events: 0,
            heartbeat: 30_000,
            limits: ClientLimits {
                message: 10_000,
                chunk: 1000,
                events: 50,
            },
            components: vec![Joined {
                component: 0,
                state: ComponentState::Current,
            }],
        };
        Encoder::new().encode(&joined).unwrap()
    }

    fn opened(html: &str) -> State {
        let painted = Painted {
            html: html.into(),
            token: "c".into(),
            digest: [0; 8],
            title: None,
            marks: Vec::new(),
        };
        State::new(&[painted], "p".into(), "/".into())
    }

    #[test]
    fn a_component_of_which_a_patch_does_not_fit_is_asked_for_anew() {
        let mut state = opened("<p>a</p>");
        let (send, mut said) = unbounded_channel();
        state.connect(send);
        state.heard(&joined("one"));
        let mut encoder = Encoder::<Down>::new();
        let mut hears = |message: &Down, state: &mut State| {
            let bytes = encoder.encode(message).unwrap();
            state.heard(&bytes);
        };
        let text = |node: u32, text: &str| Operation::SetText {
            node: Node(node),
            text: text.into(),
        };
        let patch = Down::Patch {
            settled: Settled::NONE,
            operations: vec![text(99, "x"), text(3, "b")],
        };
        hears(&patch, &mut state);
        assert_eq!(state.errors[0].code, "misfit");
        assert_eq!(
            state.document().html(),
            "<p>a</p>",
            "what follows is not done"
        );
        let mut decoder = Decoder::<Up>::new();
        let told: Vec<Up> = std::iter::from_fn(|| said.try_recv().ok())
            .map(|bytes| decoder.decode(&bytes).unwrap())
            .collect();
        assert!(
            matches!(&told[1..], [Up::Resync { component: 0, .. }]),
            "{told:?}"
        );
        let render = Down::Render {
            settled: Settled::NONE,
            component: 0,
            html: "<p>c</p>".into(),
        };
        hears(&render, &mut state);
        let patch = Down::Patch {
            settled: Settled::NONE,
            operations: vec![text(3, "d")],
        };
        hears(&patch, &mut state);
        assert_eq!(state.document().html(), "<p>d</p>");
    }

    #[test]
    fn a_server_that_insists_on_a_value_is_overtaken_only_by_what_is_under_way() {
        let mut state = opened(r#"<input id="a" ts-on:input="typed">"#);
        let (send, _said) = unbounded_channel();
        state.connect(send);
        state.heard(&joined("one"));
        let place = state.document().one("#a").unwrap().place().unwrap();
        state
            .enter(&mut Act::default(), "#a", place, "mine")
            .unwrap();
        let insists = |settled| Down::Patch {
            settled,
            operations: vec![Operation::SetProperty {
                node: Node(2),
                name: "value".into(),
                value: wellhead_protocol::Json::new("\"theirs\"").unwrap(),
            }],
        };
        let mut encoder = Encoder::<Down>::new();
        for (settled, value) in [(Settled::NONE, "mine"), (Settled::OLDEST, "theirs")] {
            let bytes = encoder.encode(&insists(settled)).unwrap();
            state.heard(&bytes);
            assert_eq!(state.document().one("#a").unwrap().value(), value);
        }
    }

    #[test]
    fn forms_tell_another_session_what_was_entered_and_events_of_the_old_one_are_lost() {
        let html = r#"<form ts-on:change="check([1])"><input id="a" name="a"><input name="b" value="x"></form>"#;
        let mut state = opened(html);
        let (send, _old) = unbounded_channel();
        state.connect(send);
        state.heard(&joined("one"));
        let place = state.document().one("#a").unwrap().place().unwrap();
        let mut act = Act::default();
        state.enter(&mut act, "#a", place, "mine").unwrap();
        state.unfocus(&mut act).unwrap();
        let (send, mut said) = unbounded_channel();
        state.connect(send);
        state.heard(&joined("two"));
        let outcome = state.outcomes.remove(&act.events[0]).unwrap();
        assert_eq!(outcome.error.unwrap().code, "lost");
        let mut decoder = Decoder::<Up>::new();
        let mut told = Vec::new();
        while let Ok(bytes) = said.try_recv() {
            told.push(decoder.decode(&bytes).unwrap());
        }
        let [
            Up::Join { .. },
            Up::Event {
                handler, payload, ..
            },
        ] = &told[..]
        else {
            panic!("{told:?}");
        };
        assert_eq!(&**handler, "check");
        let payload: serde_json::Value = serde_json::from_str(payload.as_ref().unwrap()).unwrap();
        assert_eq!(
            payload,
            serde_json::json!({
                "type": "change", "form": [["a", "mine"], ["b", "x"]], "unused": ["b"], "args": [1], "recover": true
            })
        );
    }
}
