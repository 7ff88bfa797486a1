//! What the host tells, and what a browser hears of it.

use serde_json::value::RawValue;
use tokio::{sync::oneshot, time::Instant};
use wellhead_protocol::{CloseCode, Down, History, Json, Settled, Visit};
use wellhead_render::Frame;
use wellhead_render::live::{
    Command, Effect, Failure, NavigateKind, News, Saved, Sources, Turn, TurnText,
};
use wellhead_store::Message;

use super::{
    Ending, Session, Told, Topical,
    errands::{Errand, Subscribed},
    open_host,
    uploads::Allowed,
};
use crate::components;

/// What a message about presence begins with, in place of who sent it.
pub(super) const PRESENCE: &str = "@";

/// The code of what is told of items that cannot be told apart.
const EQUAL_KEYS: &str = "equal_keys";

impl Session {
    pub(super) fn news(&mut self, news: News) -> Told {
        match news {
            News::Turn(TurnText { text, sources }) => match serde_json::from_str::<Turn<'_>>(&text)
            {
                Ok(turn) => {
                    self.turn(&turn, &sources);
                    if turn.states.is_some() {
                        return Told::State;
                    }
                }
                Err(error) => {
                    tracing::error!(session = %self.id, %error, "the host's news cannot be read");
                }
            },
            News::Lost(error) => self.mount_again(&error.to_string()),
            other => tracing::error!(session = %self.id, ?other, "news of an unknown kind"),
        }
        Told::Other
    }

    fn turn(&mut self, turn: &Turn<'_>, sources: &Sources) {
        if let Some(states) = &turn.states {
            for (component, saved) in states {
                self.saved(*component, saved);
            }
            self.is_saving = false;
            self.store(self.kept());
            if let Some(Ending::Asked { .. }) = self.ending {
                self.stores();
            }
        }
        if !turn.renders.is_empty() && self.stream.is_some() {
            self.changed_at.get_or_insert_with(Instant::now);
        }
        // Once an event is settled nobody waits any more for what came of it.
        let (answers, effects): (Vec<_>, Vec<_>) = turn
            .effects
            .iter()
            .partition(|effect| matches!(effect, Effect::Reply { .. }));
        let (of_events, others): (Vec<_>, Vec<_>) = turn
            .errors
            .iter()
            .partition(|failure| failure.event.is_some());
        for failure in of_events {
            self.failed(failure);
        }
        for answer in answers {
            self.effect(answer);
        }
        self.show(turn, sources);
        if !turn.renders.is_empty() && !self.uploads.is_empty() {
            self.prune_uploads();
        }
        let (lost, failed): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|failure| self.is_no_refill(failure));
        for failure in failed {
            self.failed(failure);
        }
        for effect in effects {
            self.effect(effect);
        }
        self.mount_anew(&lost);
        if self.is_too_slow() {
            self.stream = None;
            self.leave(CloseCode::SlowReader, "");
        }
    }

    fn saved(&mut self, component: u32, saved: &Saved) {
        let Some(root) = self.components.root(component) else {
            return;
        };
        root.saved = match saved {
            Saved::Text(text) => Some(text.clone()),
            Saved::Unserialisable { unserialisable } => {
                tracing::warn!(
                    session = %self.id,
                    module = root.mount.module,
                    path = unserialisable,
                    "state is not plain data and cannot be kept; hint: keep plain objects, arrays, dates, maps and sets in it"
                );
                None
            }
        };
    }

    /// Shows what was rendered, and settles events.
    fn show(&mut self, turn: &Turn<'_>, sources: &Sources) {
        let settled = self.settle(&turn.settled);
        let templates = &self.shared.templates;
        let new: Vec<u32> = (0..)
            .zip(&self.components.roots)
            .filter(|(_, root)| root.tree.is_none() && !root.has_ended)
            .map(|(number, _)| number)
            .collect();
        let shown = match &mut self.stream {
            None => self.components.show(turn, sources, templates, None),
            Some(stream) => {
                let mut patch = stream.encoder.patch(&settled);
                let shown = self
                    .components
                    .show(turn, sources, templates, Some(&mut patch));
                if patch.is_empty() && settled == Settled::NONE {
                    drop(patch);
                } else {
                    let message = patch.finish();
                    self.push(message);
                }
                shown
            }
        };
        for (component, error) in shown.refused {
            self.failed(&Failure::new(component, super::REFUSED, error.to_string()));
        }
        for (component, key) in shown.equal_keys {
            self.keys_are_equal(component, key);
        }
        if self.stream.is_some() {
            for number in new {
                self.render(number);
            }
        }
        self.refilled();
    }

    /// Everything that a component shows, anew: at once, or when the host has told what was forgotten.
    pub(super) fn render(&mut self, number: u32) {
        let (Some(stream), Some(root)) = (&mut self.stream, self.components.root(number)) else {
            return;
        };
        if root.tree.as_ref().is_some_and(|tree| !tree.is_whole()) {
            return self.ask_for_all(number);
        }
        let messages = components::render(root, number, &mut stream.encoder);
        root.forget();
        root.refill = None;
        for message in messages {
            self.push(message);
        }
    }

    pub(super) fn failed(&mut self, failure: &Failure) {
        self.log(failure);
        let root = self.components.root(failure.component);
        let is_unmounted = failure.fatal || failure.code == super::REFUSED;
        let is_root = root.is_some();
        if is_unmounted && root.is_some_and(|root| root.tree.is_none() && !root.has_ended) {
            // Who waits for it tells of it.
            self.failure = Some(failure.clone());
            return;
        }
        self.tell_failure(failure);
        if failure.fatal && is_root {
            // It could not be mounted again.
            self.end_root(failure.component);
        }
    }

    /// What an app throws for its users to read is no error of its own.
    fn log(&self, failure: &Failure) {
        let (session, code) = (&self.id, &failure.code);
        if let Some(status) = failure.status {
            return tracing::debug!(%session, code, status, "{}", failure.message);
        }
        let module = self.components.module(failure.component);
        let stack: String = failure
            .frames
            .iter()
            .map(|frame| {
                let Frame {
                    function,
                    file,
                    line,
                    column,
                } = frame;
                match function.as_str() {
                    "" => format!("\n    at {file}:{line}:{column}"),
                    function => format!("\n    at {function} ({file}:{line}:{column})"),
                }
            })
            .collect();
        tracing::error!(%session, module, code, "{}{stack}", failure.message);
    }

    /// Tells the browser of a failure.
    pub(crate) fn tell_failure(&mut self, failure: &Failure) {
        // What has a status was thrown for the user to read.
        if let Some(developer) = &self.shared.developer {
            developer(&self.id, failure);
        }
        let message = if self.shared.developer.is_some() || failure.status.is_some() {
            failure.message.clone()
        } else {
            "Something went wrong.".to_owned()
        };
        self.say(&Down::Error {
            code: failure.code.as_str().into(),
            message,
            trace: self.id.clone(),
            event: failure.event.and_then(|event| self.number_of(event)),
        });
    }

    /// Two items of a list have the same key. The developer is told over the page, once, since the next render will have them again.
    fn keys_are_equal(&mut self, component: u32, key: String) {
        tracing::warn!(session = %self.id, component, key, "two items of a list have the same key");
        let equal = (component, key);
        if self.shared.developer.is_none() || self.equal_keys.contains(&equal) {
            return;
        }
        let module = self.components.module(component);
        let message = format!(
            "two items of a list in {module} have the same key {:?}; hint: `ts-key` tells items apart, so what they show may go to the wrong one",
            equal.1
        );
        self.tell_failure(&Failure::new(component, EQUAL_KEYS, message));
        self.equal_keys.push(equal);
    }

    fn end_root(&mut self, component: u32) {
        if let Some(root) = self.components.root(component) {
            root.end();
            self.say(&Down::Gone { component });
            self.prune_uploads();
        }
    }

    fn effect(&mut self, effect: &Effect<'_>) {
        match effect {
            Effect::Title { text } => self.say(&Down::Title { text: text.clone() }),
            Effect::Push {
                component,
                name,
                value,
            } => self.say(&Down::Push {
                component: *component,
                name: name.as_str().into(),
                value: json(value),
            }),
            Effect::Reply { event, value } => {
                if let Some(event) = self.number_of(*event) {
                    self.say(&Down::Reply {
                        event,
                        value: json(value),
                    });
                }
            }
            Effect::Navigate { kind, replace, url } => self.navigate(*kind, *replace, url),
            Effect::Track { topic, key, about } => self.track(topic, key, about),
            Effect::Untrack { topic, key } => self.untrack(topic, key),
            Effect::Subscribe { topic } => self.subscribe(topic),
            Effect::Unsubscribe { topic } => self.subscribed.retain(|(other, _)| other != topic),
            Effect::Broadcast {
                topic,
                message,
                own,
            } => self.broadcast(topic, message, *own),
            Effect::Upload {
                component,
                upload,
                accept,
                max_entries,
                max_size,
                auto: _,
            } => {
                let allowed = Allowed {
                    accept: accept.clone(),
                    max_entries: *max_entries,
                    max_size: *max_size,
                };
                self.allow_upload(*component, upload, allowed);
            }
            Effect::UploadCancel {
                component,
                upload,
                entry,
            }
            | Effect::UploadConsumed {
                component,
                upload,
                entry,
            } => self.upload_dropped(*component, upload, *entry),
            other => tracing::error!(session = %self.id, ?other, "an effect of an unknown kind"),
        }
    }

    fn navigate(&mut self, kind: NavigateKind, replace: bool, url: &str) {
        let kind = match kind {
            NavigateKind::Patch if self.goes_to(url) => Visit::Patch,
            NavigateKind::Patch => {
                tracing::error!(session = %self.id, url, "the address is not one of this page, so the browser loads it; hint: navigate");
                Visit::Redirect
            }
            NavigateKind::Navigate => Visit::Navigate,
            NavigateKind::Redirect => Visit::Redirect,
        };
        self.say(&Down::Navigate {
            kind,
            history: if replace {
                History::Replace
            } else {
                History::Push
            },
            url: url.to_owned(),
        });
    }

    fn subscribe(&mut self, topic: &str) {
        if self.subscribed.iter().any(|(other, _)| other == topic) {
            return;
        }
        if self.subscribed.len() >= self.shared.limits.topics {
            let most = self.shared.limits.topics;
            tracing::error!(session = %self.id, topic, most, "too many topics; this one is not subscribed to");
            return;
        }
        let (alive, gone) = oneshot::channel();
        self.subscribed.push((topic.to_owned(), alive));
        let subscribe = Errand::Subscribe {
            topic: topic.to_owned(),
            gone,
        };
        self.errands.ask(&self.id, subscribe);
    }

    /// The messages of a topic come from now on.
    pub(super) fn subscribed(&mut self, subscribed: Subscribed) {
        let Subscribed {
            topic,
            messages,
            members,
        } = subscribed;
        if self.subscribed.iter().any(|(other, _)| **other == *topic) {
            self.topics.push(messages);
            self.present(&topic, &members);
        }
    }

    /// Messages of topics are the session that sent them, if it wants none of its own, a space, and JSON.
    fn broadcast(&mut self, topic: &str, message: &RawValue, own: bool) {
        let sender = if own { "" } else { &self.id };
        let text = format!("{sender} {}", message.get());
        let publish = Errand::Publish {
            topic: topic.to_owned(),
            message: text.into(),
        };
        self.errands.ask(&self.id, publish);
    }

    pub(super) fn topical(&mut self, topical: &Topical) {
        let Topical {
            topic,
            message: Message { bytes, lost },
        } = topical;
        if *lost > 0 {
            tracing::warn!(session = %self.id, topic = &**topic, lost, "messages of a topic were lost");
        }
        let text = std::str::from_utf8(bytes)
            .ok()
            .and_then(|text| text.split_once(' '));
        if let Some((PRESENCE, message)) = text {
            return self.came_or_went(topic, message);
        }
        let parsed =
            text.and_then(|(sender, json)| Some((sender, serde_json::from_str(json).ok()?)));
        let Some((sender, message)) = parsed else {
            tracing::error!(session = %self.id, topic = &**topic, "a message that is no JSON");
            return;
        };
        if sender != self.id {
            self.host.send(&Command::Info { topic, message });
        }
    }

    /// Nothing can go on here: the session ends, and is made again when its browser comes back.
    fn give_up(&mut self) {
        self.leave(CloseCode::Internal, &self.id.clone());
        if self.stream.is_some() {
            self.store(self.kept());
        }
        self.is_given_up = true;
    }

    /// The host has lost everything: components are mounted again, with the state that was told last.
    pub(super) fn mount_again(&mut self, why: &str) {
        tracing::warn!(session = %self.id, why, "components are mounted again");
        match open_host(&self.shared) {
            Ok((host, news)) => {
                self.host.send(&Command::Close);
                self.host = host;
                self.news = news;
            }
            Err(error) => {
                tracing::error!(session = %self.id, %error, "no worker takes the session");
                return self.give_up();
            }
        }
        self.is_saving = false;
        self.subscribed.clear();
        self.uploads_lost();
        for (number, root) in (0..).zip(&mut self.components.roots) {
            if !root.has_ended {
                root.restart();
                self.host.send(&root.command(number));
            }
        }
        if self.connection.is_some() {
            self.host.send(&Command::Connected);
        }
        // Handlers that were running are gone, so nothing else will settle their events.
        let lost: Vec<u64> = self.unsettled.drain(..).collect();
        if !lost.is_empty() {
            self.say(&Down::Patch {
                settled: Settled::Events(lost),
                operations: Vec::new(),
            });
        }
    }
}

fn json(value: &RawValue) -> Json {
    // It was JSON when it was read; only what is nested too deep for the wire is refused.
    Json::new(value.get()).unwrap_or_else(|_| Json::null())
}
