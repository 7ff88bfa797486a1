//! Who is present at topics: as long as the browser is there, and no longer.

use std::time::Duration;

use bytes::Bytes;
use serde_json::value::RawValue;
use tokio::time::Instant;
use wellhead_render::live::{Command, Member};

use super::{
    Session,
    errands::{Errand, Errands},
};
use crate::live::Shared;

/// Somebody who is present in this session.
pub(super) struct Tracked {
    topic: String,
    key: String,
    about: Box<RawValue>,
}

impl Session {
    /// When the store has to hear again of who is present.
    pub(super) fn refresh_at(&self) -> Option<Instant> {
        (self.connection.is_some() && !self.tracked.is_empty())
            .then(|| self.refreshed_at + remembered(&self.shared) / 2)
    }

    pub(super) fn track(&mut self, topic: &str, key: &str, about: &RawValue) {
        let known = self
            .tracked
            .iter_mut()
            .find(|tracked| tracked.topic == topic && tracked.key == key);
        if let Some(tracked) = known {
            // Who is there already is told of anew, and keeps its place.
            about.clone_into(&mut tracked.about);
            if self.connection.is_some() {
                tracked.enter(&mut self.errands, &self.shared, &self.id);
                tracked.tell(&mut self.errands, &self.id, "join");
            }
            return;
        }
        if self.tracked.len() >= self.shared.limits.topics {
            let most = self.shared.limits.topics;
            tracing::error!(session = %self.id, topic, key, most, "too many are tracked; this one is not");
            return;
        }
        let tracked = Tracked {
            topic: topic.to_owned(),
            key: key.to_owned(),
            about: about.to_owned(),
        };
        if self.connection.is_some() {
            tracked.enter(&mut self.errands, &self.shared, &self.id);
            tracked.tell(&mut self.errands, &self.id, "join");
        }
        self.tracked.push(tracked);
    }

    pub(super) fn untrack(&mut self, topic: &str, key: &str) {
        let at = self
            .tracked
            .iter()
            .position(|tracked| tracked.topic == topic && tracked.key == key);
        if let Some(at) = at {
            let tracked = self.tracked.swap_remove(at);
            if self.connection.is_some() {
                tracked.exit(&mut self.errands, &self.id);
            }
        }
    }

    /// The browser is there: everybody of this session is present.
    pub(super) fn all_enter(&mut self) {
        for tracked in &self.tracked {
            tracked.enter(&mut self.errands, &self.shared, &self.id);
            tracked.tell(&mut self.errands, &self.id, "join");
        }
        self.refreshed_at = Instant::now();
    }

    /// The browser is gone.
    pub(super) fn all_exit(&mut self) {
        for tracked in &self.tracked {
            tracked.exit(&mut self.errands, &self.id);
        }
    }

    pub(super) fn refresh(&mut self) {
        for tracked in &self.tracked {
            tracked.enter(&mut self.errands, &self.shared, &self.id);
        }
        self.refreshed_at = Instant::now();
    }

    /// Tells the host who is present at a topic that it has begun to listen to.
    pub(super) fn present(&mut self, topic: &str, members: &[(String, Bytes)]) {
        let joins: Vec<Member<'_>> = members
            .iter()
            .filter_map(|(_, about)| serde_json::from_slice(about).ok())
            .collect();
        if !joins.is_empty() {
            self.host.send(&Command::Presence {
                topic,
                joins,
                leaves: Vec::new(),
            });
        }
    }

    /// Somebody came to a topic or went: `message` is whether, a space, and who.
    pub(super) fn came_or_went(&mut self, topic: &str, message: &str) {
        let parsed = message.split_once(' ').and_then(|(kind, member)| {
            Some((kind, serde_json::from_str::<Member<'_>>(member).ok()?))
        });
        let Some((kind, member)) = parsed else {
            tracing::error!(session = %self.id, topic, "a message of presence that cannot be read");
            return;
        };
        let (mut joins, mut leaves) = (Vec::new(), Vec::new());
        if kind == "join" {
            joins.push(member);
        } else {
            leaves.push(member);
        }
        self.host.send(&Command::Presence {
            topic,
            joins,
            leaves,
        });
    }
}

impl Tracked {
    fn member(&self, session: &str) -> Member<'_> {
        Member {
            key: self.key.clone(),
            id: format!("{session}/{}", self.key),
            about: &self.about,
        }
    }

    fn enter(&self, errands: &mut Errands, shared: &Shared, session: &str) {
        let member = self.member(session);
        let about = serde_json::to_vec(&member).expect("a member can be JSON");
        let enter = Errand::Enter {
            topic: self.topic.clone(),
            member: member.id,
            about: about.into(),
            keep: remembered(shared),
        };
        errands.ask(session, enter);
    }

    fn exit(&self, errands: &mut Errands, session: &str) {
        let exit = Errand::Exit {
            topic: self.topic.clone(),
            member: self.member(session).id,
        };
        errands.ask(session, exit);
        self.tell(errands, session, "leave");
    }

    /// Tells all that listen to the topic.
    fn tell(&self, errands: &mut Errands, session: &str, kind: &str) {
        let member = serde_json::to_string(&self.member(session)).expect("a member can be JSON");
        let message = format!("{} {kind} {member}", super::news::PRESENCE);
        let tell = Errand::Publish {
            topic: self.topic.clone(),
            message: message.into(),
        };
        errands.ask(session, tell);
    }
}

/// How long the store remembers somebody who is not heard of again.
fn remembered(shared: &Shared) -> Duration {
    shared.limits.heartbeat * 2
}
