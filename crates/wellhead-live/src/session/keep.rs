//! What of a session outlives its task, and how components come to be.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use wellhead_protocol::Settled;
use wellhead_render::{
    ErrorCode, RenderError,
    live::{Command, Failure},
};

use super::{Session, stored_as};
use crate::{
    components::Root,
    live::{PaintError, Shared},
};

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
    /// Absent if it is not plain data: then the component is mounted anew.
    state: Option<String>,
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
                    module: root.module.clone(),
                    params: root.params.clone(),
                    url: root.url.clone(),
                    state: root.saved.clone(),
                })
                .collect(),
        };
        serde_json::to_vec(&kept)
            .expect("what is kept can be JSON")
            .into()
    }

    /// Puts what is known into the store, beside whatever else is done.
    pub(super) fn store(&self) {
        let (shared, id, kept) = (Arc::clone(&self.shared), self.id.clone(), self.kept());
        tokio::spawn(async move {
            let key = stored_as(&id);
            let stored = shared.store.put(&key, kept, shared.limits.keep);
            if let Err(error) = stored.await {
                tracing::error!(session = id, %error, "the state of a session is not kept");
            }
        });
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
                let mut root = Root::new(kept.module, kept.params, kept.url);
                root.saved = kept.state;
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
        let root = &components.roots[number];
        host.send(&Command::Mount {
            component,
            module: &root.module,
            params: &root.params,
            url: &root.url,
            state: root.saved.as_deref(),
        });
        loop {
            let Some(news) = self.news.recv().await else {
                let message = "a live component says more than can be taken";
                return Err(RenderError::new(ErrorCode::OutputLimit, message).into());
            };
            if let wellhead_render::live::News::Lost(error) = news {
                return Err(error.into());
            }
            self.news(news).await;
            let root = &mut self.components.roots[number];
            if let Some(html) = root.paint() {
                return Ok(html);
            }
            if let Some(failure) = self.failure.take() {
                return Err(paint_error(&root.module, failure));
            }
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
    RenderError::new(ErrorCode::Threw, failure.message)
        .with_frames(failure.frames)
        .into()
}
