//! Who is present at topics: as long as the browser is there, and no longer.

use std::time::Duration;

use serde_json::value::RawValue;
use tokio::time::Instant;
use wellhead_render::live::{Command, Member};

use super::Session;
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

    pub(super) async fn track(&mut self, topic: &str, key: &str, about: &RawValue) {
        self.untrack(topic, key).await;
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
            tracked.enter(&self.shared, &self.id).await;
            tracked.tell(&self.shared, &self.id, "join").await;
        }
        self.tracked.push(tracked);
    }

    pub(super) async fn untrack(&mut self, topic: &str, key: &str) {
        let at = self
            .tracked
            .iter()
            .position(|tracked| tracked.topic == topic && tracked.key == key);
        if let Some(at) = at {
            let tracked = self.tracked.swap_remove(at);
            if self.connection.is_some() {
                tracked.exit(&self.shared, &self.id).await;
            }
        }
    }

    /// The browser is there: everybody of this session is present.
    pub(super) async fn all_enter(&mut self) {
        for tracked in &self.tracked {
            tracked.enter(&self.shared, &self.id).await;
            tracked.tell(&self.shared, &self.id, "join").await;
        }
        self.refreshed_at = Instant::now();
    }

    /// The browser is gone.
    pub(super) async fn all_exit(&mut self) {
        for tracked in &self.tracked {
            tracked.exit(&self.shared, &self.id).await;
        }
    }

    pub(super) async fn refresh(&mut self) {
        for tracked in &self.tracked {
            tracked.enter(&self.shared, &self.id).await;
        }
        self.refreshed_at = Instant::now();
    }

    /// Tells the host who is present at a topic that it has begun to listen to.
    pub(super) async fn present(&mut self, topic: &str) {
        match self.shared.store.members(topic).await {
            Ok(members) if members.is_empty() => {}
            Ok(members) => {
                let joins = members
                    .iter()
                    .filter_map(|(_, about)| serde_json::from_slice(about).ok())
                    .collect();
                self.host.send(&Command::Presence {
                    topic,
                    joins,
                    leaves: Vec::new(),
                });
            }
            Err(error) => {
                tracing::error!(session = %self.id, topic, %error, "who is present is not known");
            }
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

    async fn enter(&self, shared: &Shared, session: &str) {
        let member = self.member(session);
        let about = serde_json::to_vec(&member).expect("a member can be JSON");
        let keep = remembered(shared);
        let entered = shared
            .store
            .enter(&self.topic, &member.id, about.into(), keep);
        if let Err(error) = entered.await {
            tracing::error!(session, topic = self.topic, %error, "presence is not noted");
        }
    }

    async fn exit(&self, shared: &Shared, session: &str) {
        let member = self.member(session);
        if let Err(error) = shared.store.exit(&self.topic, &member.id).await {
            tracing::error!(session, topic = self.topic, %error, "presence is still noted");
        }
        self.tell(shared, session, "leave").await;
    }

    /// Tells all that listen to the topic.
    async fn tell(&self, shared: &Shared, session: &str, kind: &str) {
        let member = serde_json::to_string(&self.member(session)).expect("a member can be JSON");
        let message = format!("{} {kind} {member}", super::news::PRESENCE);
        if let Err(error) = shared.store.publish(&self.topic, message.into()).await {
            tracing::error!(session, topic = self.topic, %error, "presence is not told");
        }
    }
}

/// How long the store remembers somebody who is not heard of again.
fn remembered(shared: &Shared) -> Duration {
    shared.limits.heartbeat * 2
}
