//! A page as a test sees it.

mod acting;
mod awaited;
mod looking;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};

pub use self::awaited::Awaited;
use super::{
    bindings::Binding,
    document::{At, Document, Place, tags},
    error::Error,
    events::Act,
    state::{Link, State},
    wire::{self, Listening, Shared},
};
use crate::{Identity, Live};

/// How often what may not be sent yet is tried again.
const AGAIN: Duration = Duration::from_millis(20);

/// What a component has pushed to hooks and scripts.
#[derive(Debug, Clone, PartialEq)]
pub struct Pushed {
    /// The component's number.
    pub component: u32,
    /// What it is.
    pub name: String,
    /// The value.
    pub value: Value,
}

/// A page that is open in a browser without a browser. Dropping it closes it.
///
/// Selectors are CSS; each action wants exactly one element. White space in texts is as a reader sees it. An action returns when the
/// server has settled what it sent, so what came of it is on the page; what comes later is waited for with [`wait_for`](Self::wait_for).
pub struct Page {
    shared: Arc<Shared>,
    live: Live,
    identity: Identity,
    patience: Duration,
    listening: Mutex<Option<Listening>>,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

impl Page {
    pub(super) fn new(state: State, live: Live, identity: Identity, patience: Duration) -> Self {
        Self {
            shared: Shared::new(state),
            live,
            identity,
            patience,
            listening: Mutex::new(None),
        }
    }

    fn document(&self) -> Document {
        self.shared.lock().document()
    }

    fn listen(&self, listening: Option<Listening>) {
        let mut now = self
            .listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *now = listening;
    }

    /// Connects, and waits until the page shows what the server has.
    pub(super) async fn join(&self) -> Result<(), Error> {
        let listening = wire::connect(&self.shared, &self.live, self.identity.clone());
        self.listen(Some(listening));
        self.until("the page has not joined", |state| {
            Ok((state.is_joined() && state.is_fresh()).then_some(()))
        })
        .await
    }

    /// Does something with the one element that a selector fits, and waits until what was sent is settled. `handled` is the type of the
    /// event that something has to handle.
    async fn act(
        &self,
        selector: &str,
        handled: Option<&str>,
        does: impl FnOnce(&mut State, &mut Act, Place) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut act = Act::default();
        let done = {
            let mut state = self.shared.lock();
            if let Link::Ended(reason) = &state.link {
                return Err(Error::Disconnected {
                    reason: reason.clone(),
                });
            }
            let document = state.document();
            let at = document.one(selector)?;
            let Some(place) = at.place() else {
                return Ok(());
            };
            let done = does(&mut state, &mut act, place);
            match handled {
                Some(kind) if done.is_ok() && !act.is_handled => Err(unhandled(at, selector, kind)),
                _ => done,
            }
        };
        // What was sent before something failed is settled too, so that the page stands still.
        let settled = self.settled(act.events).await;
        done.and(settled.map(|_| ()))
    }

    /// Waits until events are settled. Returns the last reply.
    async fn settled(&self, events: Vec<u64>) -> Result<Option<Value>, Error> {
        if events.is_empty() {
            return Ok(None);
        }
        let late = "what was done is not settled";
        let outcomes = self
            .until(late, |state| {
                if state.link == Link::Cut {
                    return Ok(Some(Vec::new()));
                }
                state.flush();
                let is_settled = |event: &u64| state.outcomes.contains_key(event);
                if !state.is_flushed() || !events.iter().all(is_settled) {
                    return Ok(None);
                }
                let taken = events
                    .iter()
                    .filter_map(|event| state.outcomes.remove(event));
                Ok(Some(taken.collect()))
            })
            .await?;
        let mut reply = None;
        for outcome in outcomes {
            if let Some(failure) = outcome.error {
                return Err(Error::Failed {
                    handler: outcome.handler,
                    failure,
                });
            }
            reply = outcome.reply.or(reply);
        }
        Ok(reply)
    }

    async fn until<T>(
        &self,
        late: &str,
        holds: impl FnMut(&mut State) -> Result<Option<T>, Error>,
    ) -> Result<T, Error> {
        self.until_within(self.patience, late, holds).await
    }

    /// Waits until the state is such, which is looked at after each message.
    async fn until_within<T>(
        &self,
        most: Duration,
        late: &str,
        mut holds: impl FnMut(&mut State) -> Result<Option<T>, Error>,
    ) -> Result<T, Error> {
        let mut changes = self.shared.changes();
        let end = Instant::now() + most;
        loop {
            changes.mark_unchanged();
            let waits_for_pace = {
                let mut state = self.shared.lock();
                if let Some(found) = holds(&mut state)? {
                    return Ok(found);
                }
                if let Link::Ended(reason) = &state.link {
                    return Err(Error::Disconnected {
                        reason: reason.clone(),
                    });
                }
                !state.is_flushed()
            };
            let changed = async {
                if waits_for_pace {
                    tokio::select! {
                        _ = changes.changed() => {}
                        () = sleep(AGAIN) => {}
                    }
                } else {
                    let _ = changes.changed().await;
                }
            };
            if timeout_at(end, changed).await.is_err() {
                return Err(Error::Late {
                    awaited: late.to_owned(),
                    waited: most,
                    page: self.document().excerpt(),
                });
            }
        }
    }
}

fn unhandled(at: At<'_>, selector: &str, kind: &str) -> Error {
    let near = at.document().select(|other| {
        other
            .attributes()
            .any(|(name, _)| Binding::parse(name).is_some_and(|binding| binding.kind == kind))
    });
    Error::Unhandled {
        selector: selector.to_owned(),
        event: kind.to_owned(),
        element: at.tag(),
        near: tags(&near),
        page: at.document().excerpt(),
    }
}
