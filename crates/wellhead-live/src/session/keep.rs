//! What of a session outlives its task, and how components come to be.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use wellhead_protocol::{Down, Settled};
use wellhead_render::{
    ErrorCode, RenderError,
    live::{Failure, News},
};

use super::{Session, stored_as};
use crate::{Mount, PaintError, components::Root, live::Shared};

/// A session in the store.
#[derive(Serialize, Deserialize)]
struct Kept {
    events: u64,
    roots: Vec<KeptRoot>,
}

#[derive(Serialize, Deserialize)]
struct KeptRoot {
    module: String,
    params: Box<RawValue>,
    url: String,
    /// What the server says of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<Box<RawValue>>,
    /// Absent if it is not plain data: then the component is mounted anew.
    state: Option<String>,
    #[serde(default)]
    ended: bool,
}

/// Has the store forget a session, beside whatever else is done.
pub(crate) fn unstore(shared: &Arc<Shared>, id: String) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        if let Err(error) = shared.store.take(&stored_as(&id)).await {
            tracing::error!(session = id, %error, "the state of a session is still kept");
        }
    });
}

impl Session {
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// What the store keeps.
    pub(super) fn kept(&self) -> Bytes {
        let roots = self.components.roots.iter();
        let kept = Kept {
            events: self.events,
            roots: roots
                .map(|root| KeptRoot {
                    module: root.mount.module.clone(),
                    params: root.mount.params.clone(),
                    url: root.mount.url.clone(),
                    user: root.mount.session.clone(),
                    state: root.saved.clone(),
                    ended: root.has_ended,
                })
                .collect(),
        };
        serde_json::to_vec(&kept)
            .expect("what is kept can be JSON")
            .into()
    }

    /// Puts what is known into the store, beside whatever else is done.
    pub(super) fn store(&self, kept: Bytes) {
        let (shared, id) = (Arc::clone(&self.shared), self.id.clone());
        tokio::spawn(async move {
            let key = stored_as(&id);
            let stored = shared.store.put(&key, kept, shared.limits.keep);
            if let Err(error) = stored.await {
                tracing::error!(session = id, %error, "the state of a session is not kept");
            }
        });
    }

    /// Has the store forget what it keeps, beside whatever else is done.
    pub(crate) fn unstore(&self) {
        unstore(&self.shared, self.id.clone());
    }

    /// Takes over what the store has kept. The components are not mounted yet.
    pub(crate) fn recall(&mut self, kept: &[u8]) {
        let kept: Kept = match serde_json::from_slice(kept) {
            Ok(kept) => kept,
            Err(error) => {
                tracing::error!(session = %self.id, %error, "what was kept cannot be read");
                return;
            }
        };
        self.events = kept.events;
        self.components.roots = kept
            .roots
            .into_iter()
            .map(|kept| {
                let mut root = Root::new(Mount {
                    module: kept.module,
                    params: kept.params,
                    url: kept.url,
                    session: kept.user,
                });
                root.saved = kept.state;
                root.has_ended = kept.ended;
                root
            })
            .collect();
    }

    /// Has a component mounted, or restored if its state is known, and waits for what it shows.
    pub(crate) async fn mount(&mut self, number: usize) -> Result<String, PaintError> {
        let component = u32::try_from(number).expect("pages have few components");
        let Session {
            components, host, ..
        } = self;
        host.send(&components.roots[number].command(component));
        loop {
            let Some(news) = self.news.recv().await else {
                let message = "a live component says more than can be taken";
                return Err(RenderError::new(ErrorCode::OutputLimit, message).into());
            };
            if let News::Lost(error) = news {
                return Err(error.into());
            }
            self.news(news).await;
            let root = &self.components.roots[number];
            if let Some(tree) = &root.tree {
                return Ok(tree.html());
            }
            let failure = self.failure.take();
            if let Some(failure) = failure.filter(|failure| failure.component == component) {
                return Err(paint_error(&root.mount.module, failure));
            }
            if let Some(url) = self.is_sent_to() {
                return Err(PaintError::Redirect { url });
            }
        }
    }

    /// Where components send a browser that is not there yet.
    fn is_sent_to(&mut self) -> Option<String> {
        let navigates = |down: &Down| matches!(down, Down::Navigate { .. });
        let at = self.early.iter().position(navigates)?;
        match self.early.remove(at) {
            Some(Down::Navigate { url, .. }) => Some(url),
            _ => None,
        }
    }

    /// The oldest events are settled by the next message.
    pub(super) fn settle(&mut self, events: &[u64]) -> Settled {
        let oldest = events.iter().zip(&self.unsettled).all(|(a, b)| a == b);
        if oldest && events.len() <= self.unsettled.len() {
            self.unsettled.drain(..events.len());
            return Settled::Oldest(u32::try_from(events.len()).unwrap_or(u32::MAX));
        }
        self.unsettled.retain(|event| !events.contains(event));
        Settled::Events(events.to_vec())
    }
}

fn paint_error(module: &str, failure: Failure) -> PaintError {
    if failure.code == super::REFUSED {
        return PaintError::NotShown {
            module: module.to_owned(),
            message: failure.message,
        };
    }
    PaintError::Failed(failure)
}
