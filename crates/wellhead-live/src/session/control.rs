//! What others ask of a session, and the way to it.

use std::future::poll_fn;

use futures_channel::mpsc;
use tokio::sync::oneshot;
use wellhead_protocol::{CloseCode, Decoder, Up};

use crate::Connection;

/// How many wait, beside one of each who asks.
const WAITING: usize = 4;

/// What others ask of a session.
pub(crate) enum Control {
    /// A browser has come.
    Attach(Box<Attach>),
    /// Put everything into the store and end.
    Drain(oneshot::Sender<()>),
    /// The browser may no longer have it. What is sent along is dropped when the session has ended.
    End(CloseCode, Option<oneshot::Sender<()>>),
}

/// A browser that has come to a session.
pub(crate) struct Attach {
    pub(crate) join: Join,
    /// Gets the browser back if the session has another one that it does not go on with.
    pub(crate) busy: oneshot::Sender<Join>,
}

/// A browser that wants a session.
pub(crate) struct Join {
    pub(crate) connection: Connection,
    pub(crate) decoder: Decoder<Up>,
    pub(crate) components: Vec<Found>,
    pub(crate) resume: Option<wellhead_protocol::Resume>,
}

/// A component as the browser has it.
pub(crate) struct Found {
    pub(crate) number: u32,
    /// How many nodes the browser counts.
    pub(crate) nodes: u32,
    pub(crate) digest: [u8; 8],
}

/// The way to a session.
///
/// Its channel, like the others of a session, is one that takes no memory for messages that do not wait: tokio's have a kilobyte for
/// the next 32, and a server has tens of thousands of sessions.
#[derive(Clone)]
pub(crate) struct Way(mpsc::Sender<Control>);

/// A way, and its end.
pub(crate) fn way() -> (Way, mpsc::Receiver<Control>) {
    let (control, commands) = mpsc::channel(WAITING);
    (Way(control), commands)
}

impl Way {
    /// Asks for something, as soon as there is room. Gives it back if the session has ended.
    pub(crate) async fn send(&mut self, control: Control) -> Result<(), Control> {
        if poll_fn(|context| self.0.poll_ready(context)).await.is_err() {
            return Err(control);
        }
        self.try_send(control)
    }

    /// Asks for something. Gives it back if the session has ended, or is busy.
    pub(crate) fn try_send(&mut self, control: Control) -> Result<(), Control> {
        self.0
            .try_send(control)
            .map_err(mpsc::TrySendError::into_inner)
    }

    /// Whether the session has ended.
    pub(crate) fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}
