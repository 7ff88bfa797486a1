//! Ending the sessions of somebody who has logged out, on all servers.

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::{
    sync::{oneshot, watch},
    task::AbortHandle,
    time::{sleep, timeout},
};
use wellhead_protocol::CloseCode;
use wellhead_store::Message;

use crate::{
    Identity, Live,
    live::Shared,
    session::{Control, Way},
};

/// The topic by which servers tell each other. Its messages are signed, so that what an app broadcasts ends nothing.
const TOPIC: &str = "wellhead/logged-out";
/// What its messages are signed for, and for how long.
const LOGGED_OUT: &str = "logged out";
const GOOD: Duration = Duration::from_secs(60 * 60);
/// How long it is waited for a store, or for sessions that are busy. They end all the same.
const PATIENCE: Duration = Duration::from_secs(5);
/// After how long a store that failed is asked again.
const RETRY: Duration = Duration::from_secs(1);

#[derive(Serialize, Deserialize)]
struct LoggedOut {
    /// Which server says it.
    from: String,
    identity: Identity,
}

impl Live {
    /// Ends all sessions of somebody, who has logged out, say: here, and on all servers on the same store. Their browsers are closed with
    /// [`CloseCode::LoggedOut`], and what was kept of them is forgotten.
    ///
    /// Nobody in particular cannot log out: for an empty identity this does nothing.
    ///
    /// Returns when the sessions on this server have ended, and the other servers are told, or after some seconds. If it is cancelled,
    /// the sessions here end all the same.
    pub async fn disconnect(&self, identity: &Identity) {
        if identity.is_nobody() {
            return;
        }
        let shared = &self.shared;
        let ending = end_all(shared, identity);
        let message = LoggedOut {
            from: shared.name.clone(),
            identity: identity.clone(),
        };
        let text = shared.signer.sign(LOGGED_OUT, &message, GOOD);
        match timeout(PATIENCE, shared.store.publish(TOPIC, text.into())).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(%error, "other servers do not know who has logged out");
            }
            Err(_) => tracing::error!("other servers may not know who has logged out"),
        }
        ending.wait().await;
    }
}

/// Sessions that have been told to end.
struct Ending(Vec<tokio::task::JoinHandle<()>>);

impl Ending {
    async fn wait(self) {
        let ended = timeout(PATIENCE, async {
            for session in self.0 {
                let _ = session.await;
            }
        });
        if ended.await.is_err() {
            tracing::warn!("sessions of somebody who has logged out are still busy");
        }
    }
}

fn end_all(shared: &Shared, identity: &Identity) -> Ending {
    let controls = shared.registry.log_out(identity);
    let end = |mut control: Way| {
        tokio::spawn(async move {
            let (ended, has_ended) = oneshot::channel();
            let _ = control
                .send(Control::End(CloseCode::LoggedOut, Some(ended)))
                .await;
            // Nothing comes: it is dropped.
            let _ = has_ended.await;
        })
    };
    Ending(controls.into_iter().map(end).collect())
}

/// Listens to what other servers say, from the first browser on and until it is dropped.
#[derive(Default)]
pub(crate) struct Listener(Mutex<Option<Listening>>);

struct Listening {
    task: AbortHandle,
    is_ready: watch::Receiver<bool>,
}

impl Listener {
    /// Returns when what others say is heard; when the store does not answer, after some seconds.
    pub(crate) async fn listens(&self, shared: &Arc<Shared>) {
        let mut is_ready = {
            let mut listening = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let listening = listening.get_or_insert_with(|| {
                let (ready, is_ready) = watch::channel(false);
                let task = tokio::spawn(listen(Arc::downgrade(shared), ready)).abort_handle();
                Listening { task, is_ready }
            });
            listening.is_ready.clone()
        };
        if *is_ready.borrow() {
            return;
        }
        if timeout(PATIENCE, is_ready.wait_for(|ready| *ready))
            .await
            .is_err()
        {
            tracing::error!("it is not heard who logs out on other servers");
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let listening = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(listening) = listening {
            listening.task.abort();
        }
    }
}

async fn listen(shared: Weak<Shared>, ready: watch::Sender<bool>) {
    loop {
        let Some(store) = shared.upgrade().map(|shared| Arc::clone(&shared.store)) else {
            return;
        };
        match store.subscribe(TOPIC).await {
            Ok(mut messages) => {
                ready.send_replace(true);
                while let Some(message) = messages.next().await {
                    let Some(shared) = shared.upgrade() else {
                        return;
                    };
                    heard(&shared, &message);
                }
                tracing::error!("the store has ended; who logs out meanwhile is not heard of");
            }
            Err(error) => tracing::error!(%error, "it is not heard who logs out on other servers"),
        }
        sleep(RETRY).await;
    }
}

fn heard(shared: &Shared, Message { bytes, lost }: &Message) {
    if *lost > 0 {
        tracing::error!(lost, "it was not heard who has logged out on other servers");
    }
    let token = std::str::from_utf8(bytes).unwrap_or_default();
    match shared.signer.verify::<LoggedOut>(LOGGED_OUT, token) {
        Ok(LoggedOut { from, .. }) if from == shared.name => {}
        Ok(LoggedOut { identity, .. }) => drop(end_all(shared, &identity)),
        Err(error) => tracing::warn!(%error, "somebody is said to have logged out"),
    }
}
