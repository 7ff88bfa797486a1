//! The connection of a page: messages are taken as they come, whether a test waits for them or not, as a browser does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bytes::Bytes;
use futures_util::{sink, stream};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::{Duration, MissedTickBehavior, interval},
};
use wellhead_protocol::{CloseCode, Up};

use super::state::{Link, State};
use crate::{Connection, Gone, Identity, Live, Outgoing};

/// How often a page says that it is there. No server expects it more often than it expects it of browsers.
const PULSE: Duration = Duration::from_secs(5);

/// What a page and the task that listens for it have in common.
pub(super) struct Shared {
    state: Mutex<State>,
    changes: watch::Sender<u64>,
}

impl Shared {
    pub(super) fn new(state: State) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(state),
            changes: watch::Sender::new(0),
        })
    }

    /// A test that has panicked has left the state as it was after a whole message or action.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Is told of each message.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn tell(&self) {
        self.changes.send_modify(|count| *count += 1);
    }
}

/// Listens until it is dropped.
pub(super) struct Listening(JoinHandle<()>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Connects, says what joins, and listens.
pub(super) fn connect(shared: &Arc<Shared>, live: &Live, identity: Identity) -> Listening {
    let (send, incoming) = mpsc::unbounded_channel::<Bytes>();
    let (outgoing, frames) = mpsc::unbounded_channel::<Outgoing>();
    let incoming = stream::unfold(incoming, |mut incoming| async move {
        let message = incoming.recv().await?;
        Some((message, incoming))
    });
    let outgoing = sink::unfold(outgoing, |outgoing, frame| async move {
        outgoing.send(frame).map_err(|_| Gone)?;
        Ok::<_, Gone>(outgoing)
    });
    let connection = Connection::new(incoming, outgoing);
    shared.lock().connect(send);
    let live = live.clone();
    tokio::spawn(async move { live.connect(connection, identity).await });
    Listening(tokio::spawn(listen(Arc::downgrade(shared), frames)))
}

async fn listen(shared: Weak<Shared>, mut frames: mpsc::UnboundedReceiver<Outgoing>) {
    let mut pulse = interval(PULSE);
    pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let frame = tokio::select! {
            frame = frames.recv() => frame,
            _ = pulse.tick() => {
                let Some(shared) = shared.upgrade() else { return };
                shared.lock().say(&Up::Heartbeat);
                continue;
            }
        };
        let Some(shared) = shared.upgrade() else {
            return;
        };
        let is_over = match frame {
            Some(Outgoing::Message(bytes)) => {
                let mut state = shared.lock();
                state.heard(&bytes);
                state.wire.is_none()
            }
            Some(Outgoing::Close(code, reason)) => {
                shared.lock().lose(Link::Ended(ending(code, &reason)));
                true
            }
            None => {
                shared.lock().lose(Link::Ended("without a word".into()));
                true
            }
        };
        shared.tell();
        if is_over {
            return;
        }
    }
}

fn ending(code: CloseCode, reason: &str) -> String {
    let meaning = code.meaning();
    if reason.is_empty() {
        format!("{code}: {meaning}")
    } else {
        format!("{code} ({reason}): {meaning}")
    }
}
