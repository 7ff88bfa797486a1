//! What of a session outlives its task, and how components come to be.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout};
use wellhead_protocol::{Down, Settled};
use wellhead_render::{
    ErrorCode, RenderError,
    live::{Command, Failure, News},
};

use super::{Ending, Next, Session, Told, errands::Errand, stored_as};
use crate::{Mount, PaintError, components::Root, live::Shared};

/// How long a session that ends waits for the host, and then for the store.
const PATIENCE: Duration = Duration::from_secs(5);

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
    /// The title that the page has been given, which its HTML then has.
    pub(crate) fn take_title(&mut self) -> Option<String> {
        let mut title = None;
        self.early.retain(|message| match message {
            Down::Title { text } => {
                title = Some(text.clone());
                false
            }
            _ => true,
        });
        title
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// What the store keeps.
    pub(super) fn kept(&self) -> Bytes {
        let roots = self.components.roots.iter();
        let kept = Kept {
            events: self.events - self.before,
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

    /// Puts what is known into the store.
    pub(crate) fn store(&mut self, kept: Bytes) {
        self.errands.ask(&self.id, Errand::Keep(kept));
    }

    /// Has the store forget what it keeps.
    pub(super) fn unstore(&mut self) {
        self.errands.ask(&self.id, Errand::Forget);
    }

    /// Asks the host for the state of all components.
    pub(super) fn ask_for_state(&mut self) {
        self.is_saving = true;
        self.host.send(&Command::Save);
    }

    /// Puts the state of all components into the store, and returns when it is there, or cannot be.
    pub(super) async fn save(&mut self) {
        let told = timeout(PATIENCE, async {
            if self.is_saving {
                // That answer does not know what has happened since.
                self.state_is_told().await;
            }
            self.ask_for_state();
            self.state_is_told().await;
        });
        if told.await.is_err() {
            tracing::warn!(session = %self.id, "the state was not told in time; the last known one is kept");
            self.store(self.kept());
        }
        if !self.errands.done(&self.id, PATIENCE).await {
            tracing::error!(session = %self.id, "the store is slow, and the state of a session may be lost");
        }
    }

    async fn state_is_told(&mut self) {
        while let Some(news) = self.news.next().await {
            if self.news(*news) == Told::State {
                return;
            }
        }
    }

    /// The browser has not come back, so the state goes into the store. Whoever comes meanwhile finds the session as it was.
    pub(super) fn ends(&mut self, now: Instant) -> Next {
        match &self.ending {
            None if self.stream.is_none() => return Next::End,
            None => {
                self.ending = Some(Ending::Asked {
                    until: now + PATIENCE,
                });
                self.ask_for_state();
            }
            Some(Ending::Asked { until }) if now >= *until => {
                tracing::warn!(session = %self.id, "the state was not told in time; the last known one is kept");
                self.store(self.kept());
                self.stores();
            }
            Some(Ending::Storing { until, .. }) if now >= *until => {
                tracing::error!(session = %self.id, "the store is slow, and the state of a session may be lost");
                return Next::End;
            }
            Some(_) => {}
        }
        Next::Wait
    }

    /// The state is on its way into the store, and the session ends when it is there.
    pub(super) fn stores(&mut self) {
        self.ending = Some(Ending::Storing {
            is_stored: self.errands.tell(&self.id),
            until: Instant::now() + PATIENCE,
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

    /// No event has come yet.
    pub(crate) fn forget_events(&mut self) {
        self.events = 0;
        self.before = 0;
    }

    /// Has a component mounted, or restored if its state is known, and waits for what it shows.
    pub(crate) async fn mount(&mut self, number: usize) -> Result<String, PaintError> {
        let component = u32::try_from(number).expect("pages have few components");
        let Session {
            components, host, ..
        } = self;
        host.send(&components.roots[number].command(component));
        loop {
            let Some(news) = self.news.next().await else {
                let message = "a live component says more than can be taken";
                return Err(RenderError::new(ErrorCode::OutputLimit, message).into());
            };
            if let News::Lost(error) = *news {
                return Err(error.into());
            }
            self.news(*news);
            let root = &mut self.components.roots[number];
            if let Some(html) = root.paint() {
                return Ok(html);
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
