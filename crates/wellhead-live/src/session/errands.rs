//! What a session asks of the store: one thing after the other, beside whatever else it does.
//!
//! A store may be on another machine, and slow. Nobody who waits for a frame shall wait for it, and what was asked for first must still
//! happen first: who subscribes and then broadcasts hears of it. So the errands of a session have a task of their own, while
//! there are any.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_channel::mpsc;
use futures_util::{StreamExt, stream::BoxStream};
use tokio::{sync::oneshot, time::timeout};
use wellhead_store::StoreError;

use super::{Topical, reports::Reports, stored_as};
use crate::live::Shared;

/// How many errands wait. A store that is that slow loses what is more.
const WAITING: usize = 1024;
/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Something that the store shall do.
pub(super) enum Errand {
    /// Tell a topic.
    Publish { topic: String, message: Bytes },
    /// Note that somebody is present.
    Enter {
        topic: String,
        member: String,
        about: Bytes,
        keep: Duration,
    },
    /// Somebody is present no more.
    Exit { topic: String, member: String },
    /// Tell the session the messages of a topic until it drops the other end of `gone`, and who is present.
    Subscribe {
        topic: String,
        gone: oneshot::Receiver<()>,
    },
    /// Keep the session.
    Keep(Bytes),
    /// Forget the session.
    Forget,
    /// Tell when all that was asked for before is done.
    Tell(oneshot::Sender<()>),
}

/// A topic that the session has subscribed to.
pub(super) struct Subscribed {
    pub(super) topic: Arc<str>,
    pub(super) messages: BoxStream<'static, Topical>,
    /// Who is present.
    pub(super) members: Vec<(String, Bytes)>,
}

/// The errands of a session. What waits when this is dropped is done all the same.
pub(super) struct Errands {
    shared: Arc<Shared>,
    /// The task that does them, as soon as there was one.
    task: Option<mpsc::Sender<Box<Errand>>>,
    subscriptions: Reports<Box<Subscribed>>,
}

impl Errands {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            task: None,
            // As many wait as the session may subscribe to.
            subscriptions: Reports::default(),
        }
    }

    /// Asks for something. `session` is whose errands these are.
    pub(super) fn ask(&mut self, session: &str, errand: Errand) {
        let task = self.task.get_or_insert_with(|| {
            let (task, errands) = mpsc::channel(WAITING);
            let run = Run {
                shared: Arc::clone(&self.shared),
                session: session.to_owned(),
                subscribed: self.subscriptions.sender(),
            };
            tokio::spawn(run.all(errands));
            task
        });
        if task.try_send(Box::new(errand)).is_err() {
            tracing::error!(
                session,
                most = WAITING,
                "the store is so slow that something asked of it is lost"
            );
        }
    }

    /// Returns when all that was asked for is done, or after so long. Gives whether it is.
    pub(super) async fn done(&mut self, session: &str, wait: Duration) -> bool {
        let told = self.tell(session);
        matches!(timeout(wait, told).await, Ok(Ok(())))
    }

    /// Tells when all that was asked for is done.
    pub(super) fn tell(&mut self, session: &str) -> oneshot::Receiver<()> {
        let (done, is_done) = oneshot::channel();
        self.ask(session, Errand::Tell(done));
        is_done
    }

    /// The next topic that is subscribed to. Cancel-safe.
    pub(super) async fn subscription(&mut self) -> Option<Box<Subscribed>> {
        self.subscriptions.next().await
    }
}

/// Does errands.
struct Run {
    shared: Arc<Shared>,
    session: String,
    subscribed: mpsc::UnboundedSender<Box<Subscribed>>,
}

impl Run {
    async fn all(self, mut errands: mpsc::Receiver<Box<Errand>>) {
        while let Some(errand) = errands.next().await {
            let session = &self.session;
            match timeout(PATIENCE, self.one(*errand)).await {
                Ok(Ok(())) => {}
                Ok(Err((what, error))) => tracing::error!(session, %error, "{what}"),
                Err(_) => tracing::error!(session, "the store does not answer in time"),
            }
        }
    }

    async fn one(&self, errand: Errand) -> Result<(), (&'static str, StoreError)> {
        let store = &self.shared.store;
        match errand {
            Errand::Publish { topic, message } => {
                let told = store.publish(&topic, message).await;
                told.map_err(|error| ("a message of a topic is lost", error))
            }
            Errand::Enter {
                topic,
                member,
                about,
                keep,
            } => {
                let entered = store.enter(&topic, &member, about, keep).await;
                entered.map_err(|error| ("presence is not noted", error))
            }
            Errand::Exit { topic, member } => {
                let gone = store.exit(&topic, &member).await;
                gone.map_err(|error| ("presence is still noted", error))
            }
            Errand::Subscribe { topic, gone } => {
                let subscribed = self.subscribe(&topic, gone).await;
                subscribed.map_err(|error| ("a topic is not subscribed to", error))
            }
            Errand::Keep(kept) => {
                let keep = self.shared.limits.keep;
                let kept = store.put(&stored_as(&self.session), kept, keep).await;
                kept.map_err(|error| ("the state of a session is not kept", error))
            }
            Errand::Forget => {
                let forgotten = store.take(&stored_as(&self.session)).await;
                let forgotten = forgotten.map(|_| ());
                forgotten.map_err(|error| ("the state of a session is still kept", error))
            }
            Errand::Tell(done) => {
                // Who waits may have given up.
                let _ = done.send(());
                Ok(())
            }
        }
    }

    async fn subscribe(&self, topic: &str, gone: oneshot::Receiver<()>) -> Result<(), StoreError> {
        let messages = self.shared.store.subscribe(topic).await?;
        let name: Arc<str> = topic.into();
        let topic_of = Arc::clone(&name);
        let messages = messages.map(move |message| Topical {
            topic: Arc::clone(&topic_of),
            message,
        });
        let members = self.shared.store.members(topic).await;
        let subscribed = Subscribed {
            topic: name,
            messages: messages.take_until(gone).boxed(),
            members: members.unwrap_or_else(|error| {
                tracing::error!(session = self.session, topic, %error, "who is present is not known");
                Vec::new()
            }),
        };
        // The session may have ended.
        let _ = self.subscribed.unbounded_send(Box::new(subscribed));
        Ok(())
    }
}
