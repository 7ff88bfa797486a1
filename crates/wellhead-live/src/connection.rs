//! A connection to a browser, whatever carries it.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{Sink, SinkExt};
use wellhead_protocol::CloseCode;

/// What goes to a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// A message of the protocol.
    Message(Bytes),
    /// The end, why, and for the log of who reads it more words.
    Close(CloseCode, String),
}

/// The other side is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection is lost")]
pub struct Gone;

/// A connection to a browser: messages come in until it is lost, and go out as it takes them.
pub struct Connection {
    incoming: Pin<Box<dyn Stream<Item = Bytes> + Send>>,
    outgoing: Pin<Box<dyn Sink<Outgoing, Error = Gone> + Send>>,
}

impl Connection {
    /// A connection that is carried by these. Both are dropped when the session is done with it.
    pub fn new(
        incoming: impl Stream<Item = Bytes> + Send + 'static,
        outgoing: impl Sink<Outgoing, Error = Gone> + Send + 'static,
    ) -> Self {
        Self {
            incoming: Box::pin(incoming),
            outgoing: Box::pin(outgoing),
        }
    }

    /// The next message; `None` when the connection is lost.
    pub(crate) fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.incoming.as_mut().poll_next(context)
    }

    /// Gives what `next` has to the browser, as far as it takes it. Ready only if the connection is lost.
    pub(crate) fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        mut next: impl FnMut() -> Option<Bytes>,
    ) -> Poll<Gone> {
        loop {
            if ready!(self.outgoing.as_mut().poll_ready(context)).is_err() {
                return Poll::Ready(Gone);
            }
            let Some(message) = next() else { break };
            if self
                .outgoing
                .as_mut()
                .start_send(Outgoing::Message(message))
                .is_err()
            {
                return Poll::Ready(Gone);
            }
        }
        match self.outgoing.as_mut().poll_flush(context) {
            Poll::Ready(Err(Gone)) => Poll::Ready(Gone),
            Poll::Ready(Ok(())) | Poll::Pending => Poll::Pending,
        }
    }

    /// Ends the connection, beside whatever else is done. A browser that takes nothing is not told why.
    pub(crate) fn close(mut self, code: CloseCode, reason: &str) {
        let end = Outgoing::Close(code, reason.to_owned());
        tokio::spawn(async move {
            let said = self.outgoing.send(end);
            let _ = tokio::time::timeout(std::time::Duration::from_secs(1), said).await;
        });
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}
