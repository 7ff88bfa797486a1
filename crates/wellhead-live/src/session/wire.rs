//! What a browser says, and how it is answered.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use wellhead_protocol::{
    ClientLimits, CloseCode, ComponentState, DecodeError, Down, EncodeError, Encoder, History,
    Joined, Stream as StreamKind, Up, Visit,
};
use wellhead_render::live::Command;

use super::{Attached, Found, Join, Session, Stream};
use crate::outbox::TooSlow;

/// How often a component may be sent anew, and within what time.
const MISFITS: usize = 5;
const MISFITS_WITHIN: Duration = Duration::from_secs(10);
/// How many messages wait for a browser that has not come.
const EARLY: usize = 64;

impl Session {
    /// A browser has come, for the first time or again.
    pub(super) fn attach(&mut self, join: Join) {
        let Join {
            connection,
            decoder,
            components,
            resume,
        } = join;
        if let Some(old) = self.connection.take() {
            old.connection.close(CloseCode::TakenOver, "");
            self.uploads_interrupted();
        }
        self.ending = None;
        let attached = Attached::new(connection, decoder, &self.shared.limits);
        self.connection = Some(attached);
        let continued = match (&mut self.stream, &resume) {
            (Some(stream), Some(resume)) => stream.outbox.resume(resume.received),
            _ => false,
        };
        if resume.is_none() {
            // Another document with the page's tokens: one that is loaded again, or that its user has gone back to.
            self.before = self.events;
            self.unsettled.clear();
        }
        // A page that was never joined shows what was painted; anything else is rendered anew.
        let first = self.stream.is_none() && resume.is_none();
        if !continued {
            self.stream = Some(Stream::default());
        }
        let states: Vec<Joined> = components
            .iter()
            .map(|found| Joined {
                component: found.number,
                state: self.state_of(found, first, continued),
            })
            .collect();
        let limits = &self.shared.limits;
        self.say_first(&Down::Joined {
            session: self.id.clone(),
            stream: if continued {
                StreamKind::Continued
            } else {
                StreamKind::New
            },
            events: self.events - self.before,
            heartbeat: u64::try_from(limits.heartbeat.as_millis()).unwrap_or(u64::MAX),
            limits: ClientLimits {
                message: limits.message as u64,
                chunk: limits.chunk as u64,
                events: limits.events.into(),
            },
            components: states.clone(),
        });
        for joined in &states {
            match joined.state {
                ComponentState::Stale => self.render(joined.component),
                ComponentState::Current if !continued => self.mark(joined.component),
                _ => {}
            }
        }
        for message in std::mem::take(&mut self.early) {
            self.say(&message);
        }
        self.forget_items();
        self.host.send(&Command::Connected);
        self.all_enter();
    }

    /// The number that the document has given an event; none of a document before.
    pub(super) fn number_of(&self, event: u64) -> Option<u64> {
        event.checked_sub(self.before).filter(|number| *number > 0)
    }

    fn state_of(&mut self, found: &Found, first: bool, continued: bool) -> ComponentState {
        let Some(root) = self.components.root(found.number) else {
            return ComponentState::Refused;
        };
        if root.tree.is_none() {
            return ComponentState::Refused;
        }
        if continued {
            return ComponentState::Current;
        }
        let same = first && root.painted == Some(found.digest) && root.number() == found.nodes;
        if same {
            ComponentState::Current
        } else {
            ComponentState::Stale
        }
    }

    /// Tells which nodes are what components within one show, which is not in the page.
    fn mark(&mut self, number: u32) {
        let (Some(stream), Some(root)) = (&mut self.stream, self.components.root(number)) else {
            return;
        };
        let Some(tree) = &root.tree else { return };
        let mut patch = stream.encoder.patch(&wellhead_protocol::Settled::NONE);
        let mut any = false;
        tree.components(|component, node, count| {
            if !any && number != 0 {
                patch.component(number);
            }
            any = true;
            patch.mark(node, count, component);
        });
        if any {
            let message = patch.finish();
            self.push(message);
        }
    }

    pub(super) fn frame(&mut self, frame: &Bytes) {
        let Some(attached) = &mut self.connection else {
            return;
        };
        attached.heard = Instant::now();
        match attached.decoder.decode(frame) {
            Ok(message) => {
                if let Err((code, reason)) = self.message(message) {
                    self.leave(code, &reason);
                }
            }
            Err(error) => self.leave(close_code(&error), &error.to_string()),
        }
    }

    fn message(&mut self, message: Up) -> Result<(), (CloseCode, String)> {
        match message {
            Up::Event {
                component,
                handler,
                payload,
            } => {
                self.count_event()?;
                self.events += 1;
                self.unsettled.push_back(self.events);
                let payload = payload
                    .as_deref()
                    .and_then(|payload| serde_json::from_str(payload).ok());
                self.host.send(&Command::Event {
                    component,
                    event: self.events,
                    handler: &handler,
                    payload,
                });
            }
            Up::Ack { received } => {
                let known = self
                    .stream
                    .as_mut()
                    .is_some_and(|stream| stream.outbox.acknowledge(received).is_ok());
                if !known {
                    let reason = format!("{received} messages were not sent");
                    return Err((CloseCode::ProtocolError, reason));
                }
            }
            Up::Heartbeat => {}
            Up::Resync { component, reason } => {
                tracing::warn!(session = %self.id, component, reason = &*reason, "a patch did not fit the page");
                if self.components.root(component).is_none() {
                    let reason = format!("there is no component {component}");
                    return Err((CloseCode::ProtocolError, reason));
                }
                self.count_misfit(component)?;
                self.render(component);
            }
            Up::Join { .. } => {
                return Err((CloseCode::ProtocolError, "a second join".into()));
            }
            Up::Navigate { url, .. } => self.went(&url),
            Up::UploadStart {
                component,
                field,
                upload,
                entries,
            } => {
                self.count_event()?;
                self.upload_start(component, &field, upload, &entries)?;
            }
            Up::UploadChunk { upload, bytes } => self.upload_chunk(upload, &bytes.0)?,
            Up::UploadCancel { upload } => self.upload_cancel(upload),
            other => {
                tracing::warn!(session = %self.id, message = other.kind().as_str(), "not supported yet");
            }
        }
        Ok(())
    }

    /// What makes work for the host is counted.
    fn count_event(&mut self) -> Result<(), (CloseCode, String)> {
        let attached = self.connection.as_mut();
        if attached.is_some_and(|attached| attached.rate.take()) {
            return Ok(());
        }
        let most = self.shared.limits.events;
        let reason = format!("more than {most} a second");
        Err((CloseCode::TooManyEvents, reason))
    }

    /// A page that never fits would be rendered for ever.
    fn count_misfit(&mut self, component: u32) -> Result<(), (CloseCode, String)> {
        let Some(attached) = &mut self.connection else {
            return Ok(());
        };
        let now = Instant::now();
        let is_recent = |(at, _): &(Instant, u32)| now.duration_since(*at) < MISFITS_WITHIN;
        attached.misfits.retain(is_recent);
        attached.misfits.push_back((now, component));
        let of_it = attached.misfits.iter();
        if of_it.filter(|(_, other)| *other == component).count() <= MISFITS {
            return Ok(());
        }
        let reason = format!("component {component} did not fit {MISFITS} times");
        Err((CloseCode::Misfit, reason))
    }

    /// The browser shows another address, or wants to.
    fn went(&mut self, url: &str) {
        if !self.goes_to(url) {
            self.say(&Down::Navigate {
                kind: Visit::Redirect,
                history: History::Replace,
                url: url.to_owned(),
            });
        }
    }

    /// Tells the page's component of another address, if it is one of its own.
    pub(super) fn goes_to(&mut self, url: &str) -> bool {
        let Some(destination) = self.shared.routes.resolve(url) else {
            return false;
        };
        let Some(root) = self.components.root(0) else {
            return false;
        };
        if root.mount.module != destination.module {
            return false;
        }
        url.clone_into(&mut root.mount.url);
        root.mount.params = destination.params;
        self.host.send(&Command::Params {
            component: 0,
            params: &root.mount.params,
            url,
        });
        true
    }

    pub(crate) fn tell(&mut self, command: &Command<'_>) {
        self.host.send(command);
    }

    /// Says something that counts, as soon as the browser takes it.
    pub(crate) fn say(&mut self, message: &Down) {
        if let Some(stream) = &mut self.stream {
            let message = stream.encoder.encode(message);
            return self.push(message);
        }
        if self.early.len() >= EARLY {
            tracing::warn!(session = %self.id, "what a browser was to hear that has not come is forgotten");
            self.early.pop_front();
        }
        self.early.push_back(message.clone());
    }

    /// Says something that does not count, before all that does.
    pub(super) fn say_first(&mut self, message: &Down) {
        if let Some(attached) = &mut self.connection {
            match Encoder::new().encode(message) {
                Ok(message) => attached.first.push_back(message),
                Err(error) => {
                    tracing::error!(session = %self.id, %error, "a message cannot be written")
                }
            }
        }
    }

    pub(super) fn push(&mut self, message: Result<Bytes, EncodeError>) {
        let Some(stream) = &mut self.stream else {
            return;
        };
        match message {
            Ok(message) => {
                if stream.outbox.push(message, &self.shared.limits) == Err(TooSlow) {
                    stream.too_slow = true;
                }
            }
            Err(error) => {
                // The browser misses something, so it has to get everything.
                tracing::error!(session = %self.id, %error, "a message cannot be written");
                stream.too_slow = true;
            }
        }
    }

    pub(super) fn is_too_slow(&self) -> bool {
        self.stream.as_ref().is_some_and(|stream| stream.too_slow)
    }
}

pub(crate) fn close_code(error: &DecodeError) -> CloseCode {
    error.close_code()
}
